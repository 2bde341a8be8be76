"""The balance: what the account's transactions add up to. https://docs.stripe.com/api/balance.

Without payouts, so that money becomes available and stays.
"""

from collections import Counter

from stripe_sandbox.call import Call
from stripe_sandbox.resources import balance_transactions
from stripe_sandbox.store import StripeObject


def retrieve(call: Call) -> StripeObject:
    """Available and pending money by currency, in minor units; the account's own currency always shows."""
    home = call.sandbox.account.default_currency
    available: Counter[str] = Counter({home: 0})
    pending: Counter[str] = Counter({home: 0})
    balance_transactions.make_available(call.sandbox)
    for transaction in call.sandbox.store.oldest_first("balance_transaction"):
        side = available if transaction["status"] == "available" else pending
        side[transaction["currency"]] += transaction["net"]
    return {
        "object": "balance",
        "available": _by_currency(available),
        "livemode": False,
        "pending": _by_currency(pending),
        "refund_and_dispute_prefunding": {"available": [], "pending": []},
    }


def _by_currency(amounts: Counter[str]) -> list[StripeObject]:
    return [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in sorted(amounts.items())
    ]
