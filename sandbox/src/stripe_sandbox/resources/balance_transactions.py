"""Balance transactions: what a charge or refund did to the account's balance.

https://docs.stripe.com/api/balance_transactions. Simplified: no conversion, so the balance moves in the
charge's own currency, and one fee for every card, by the account's country.
"""

from typing import Any

from stripe_sandbox import cards
from stripe_sandbox.call import Call
from stripe_sandbox.ids import payment_id
from stripe_sandbox.pagination import page
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

_DAY = 24 * 60 * 60
# Basis points of the amount, and a fixed part in minor units, for cards of the account's own country.
_FEES = {"SG": (340, 50), "US": (290, 30), "GB": (150, 20), "HK": (340, 235), "AU": (170, 30)}
_USUAL_FEE = (290, 30)


def retrieve(call: Call) -> StripeObject:
    return call.find("balance_transaction", noun="balance transaction")


def list_all(call: Call) -> StripeObject:
    wanted = {name: call.params[name] for name in ("currency", "source", "type") if name in call.params}
    if "payout" in call.params:
        return page(call, "balance_transaction", lambda _: False)
    return page(
        call, "balance_transaction", lambda item: all(item[name] == value for name, value in wanted.items())
    )


def of_charge(sandbox: Sandbox, charge: StripeObject, card: cards.Card) -> StripeObject:
    """The money that a captured charge brings, less Stripe's fee."""
    basis_points, fixed = _FEES.get(sandbox.account.country, _USUAL_FEE)
    amount = charge["amount_captured"]
    fee = min(amount, round(amount * basis_points / 10_000) + fixed)
    return _save(sandbox, charge, amount, fee, "charge", available_at_once=card.bypasses_pending)


def of_refund(sandbox: Sandbox, refund: StripeObject, *, failed: bool = False) -> StripeObject:
    """The money that a refund takes, or brings back when it failed; fees stay with Stripe."""
    amount = refund["amount"] if failed else -refund["amount"]
    return _save(sandbox, refund, amount, 0, "refund_failure" if failed else "refund", available_at_once=True)


def _save(
    sandbox: Sandbox,
    source: StripeObject,
    amount: int,
    fee: int,
    kind: str,
    *,
    available_at_once: bool,
) -> StripeObject:
    now = sandbox.now()
    fees: list[dict[str, Any]] = []
    if fee:
        fees.append(
            {
                "amount": fee,
                "application": None,
                "currency": source["currency"],
                "description": "Stripe processing fees",
                "type": "stripe_fee",
            }
        )
    transaction = {
        "id": payment_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now if available_at_once else now + 2 * _DAY,
        "balance_type": "payments",
        "created": now,
        "currency": source["currency"],
        "description": source.get("description"),
        "exchange_rate": None,
        "fee": fee,
        "fee_details": fees,
        "net": amount - fee,
        "reporting_category": kind,
        "source": source["id"],
        "status": "available" if available_at_once else "pending",
        "type": kind,
    }
    sandbox.store.save("balance_transaction", transaction)
    return transaction
