"""Balance transactions: what a charge or refund did to the account's balance.

https://docs.stripe.com/api/balance_transactions. Simplified: no conversion, so the balance moves in the
charge's own currency, and one fee for every method, by the account's country.
"""

from itertools import takewhile
from typing import Any

from stripe_sandbox.call import Call
from stripe_sandbox.ids import payment_id
from stripe_sandbox.pagination import page
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

_DAY = 24 * 60 * 60
# Money of methods other than cards goes under other types.
_TYPES_OF_PY = {"charge": "payment", "refund": "payment_refund", "refund_failure": "payment_failure_refund"}
_CATEGORIES = {
    "adjustment": "dispute",
    "payment": "charge",
    "payment_failure_refund": "refund_failure",
    "payment_refund": "refund",
}
# Basis points of the amount, and a fixed part in minor units, for cards of the account's own country.
_FEES = {"SG": (340, 50), "US": (290, 30), "GB": (150, 20), "HK": (340, 235), "AU": (170, 30)}
_USUAL_FEE = (290, 30)
_DISPUTE_FEE = 1500


def retrieve(call: Call) -> StripeObject:
    make_available(call.sandbox)
    return call.find("balance_transaction", noun="balance transaction")


def list_all(call: Call) -> StripeObject:
    make_available(call.sandbox)
    if "payout" in call.params:
        return page(call, "balance_transaction", lambda _: False)
    return page(call, "balance_transaction", by=("source", "type", "currency"))


def make_available(sandbox: Sandbox) -> None:
    """Let money that has waited long enough be available; it is looked at only when somebody asks."""
    now = sandbox.now()
    # All wait equally long: unless the clock was set back, those due are the oldest.
    pending = sandbox.store.related_oldest_first("balance_transaction", "status", "pending")
    first = takewhile if sandbox.store.in_order_of_time("balance_transaction") else filter
    for transaction in list(first(lambda one: one["available_on"] <= now, pending)):
        transaction["status"] = "available"
        sandbox.store.save("balance_transaction", transaction)


def of_charge(sandbox: Sandbox, charge: StripeObject, *, available_at_once: bool) -> StripeObject:
    """The money that a captured charge brings, less Stripe's fee."""
    basis_points, fixed = _FEES.get(sandbox.account.country, _USUAL_FEE)
    amount = charge["amount_captured"]
    fee = min(amount, round(amount * basis_points / 10_000) + fixed)
    return _save(sandbox, charge, amount, fee, "charge", available_at_once=available_at_once)


def of_refund(sandbox: Sandbox, refund: StripeObject, *, failed: bool = False) -> StripeObject:
    """The money that a refund takes, or brings back when it failed; fees stay with Stripe."""
    amount = refund["amount"] if failed else -refund["amount"]
    return _save(sandbox, refund, amount, 0, "refund_failure" if failed else "refund", available_at_once=True)


def of_dispute(
    sandbox: Sandbox, dispute: StripeObject, amount: int, *, with_fee: bool = True
) -> StripeObject:
    """The money that a dispute takes (`amount` below zero), or gives back when it is won, with its fee.

    https://docs.stripe.com/testing says that a won dispute credits the fee too.
    """
    fee = (_DISPUTE_FEE if amount < 0 else -_DISPUTE_FEE) if with_fee else 0
    return _save(sandbox, dispute, amount, fee, "adjustment", available_at_once=True)


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
    if source["id"].startswith("py"):
        kind = _TYPES_OF_PY[kind]
    fees: list[dict[str, Any]] = []
    if fee:
        fees.append(
            {
                "amount": fee,
                "application": None,
                "currency": source["currency"],
                "description": "Dispute fee" if kind == "adjustment" else "Stripe processing fees",
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
        "reporting_category": _CATEGORIES.get(kind, kind),
        "source": source["id"],
        "status": "available" if available_at_once else "pending",
        "type": kind,
    }
    sandbox.store.save("balance_transaction", transaction)
    return transaction
