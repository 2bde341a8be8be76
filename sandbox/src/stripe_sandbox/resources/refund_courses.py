"""The course of a refund: how it begins, and what becomes of it later.

https://docs.stripe.com/refunds, https://docs.stripe.com/testing.

    succeeded ──────────────────────────────▶ (failed)      cards; the bank may send it back
    pending (processing) ──later──▶ succeeded | failed      other methods, and one test card
    pending (insufficient_funds) ──released──▶ succeeded    cards, while the balance does not cover it
    requires_action ──the customer answers──▶ succeeded
          └── canceled by the shop, or by Stripe when the customer has not answered in 45 days

Stripe's Dashboard cancels a card's refund too, for half an hour.

The last two, and failures of methods other than cards, are switched on with `PUT /_sandbox/refunds`: no test
card brings them about. What a refund will do is kept beside it as a `refund_plan`.
"""

from typing import Any

from stripe_sandbox.errors import StripeError
from stripe_sandbox.events import STRIPE_ITSELF, Cause, emit
from stripe_sandbox.ids import alphanumeric
from stripe_sandbox.methods import BY_TYPE
from stripe_sandbox.resources import balance_transactions, payment_methods
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

SUCCEED, FAIL, WAIT = "succeed", "fail", "wait"
BY_SHOP, TOO_LATE = "merchant_request", "unknown"
"""The `failure_reason` of a refund that was canceled."""

_PLAN = "refund_plan"
# https://docs.stripe.com/payments/customer-balance/refunding
_SECONDS_TO_ANSWER = 45 * 24 * 60 * 60
# https://docs.stripe.com/testing
_CANCELABLE_SECONDS = 30 * 60
# A refund sent moments before its charge is charged back fails; one sent minutes before was seen to stay.
_FRESH_SECONDS = 60
_REFERRED = ("klarna", "p24")
_PLAIN = ("alipay", "eps", "grabpay", "paynow", "wechat_pay")


def begin(sandbox: Sandbox, refund: StripeObject, charge: StripeObject) -> None:
    """Give a new refund its first state, the money's move, and its plan; the caller tells about it."""
    kind = charge["payment_method_details"]["type"]
    status, plan = _course(sandbox, charge, kind)
    refund["status"] = status
    if status == "requires_action":
        _ask_customer(sandbox, refund)
    elif status == "pending":
        waits = plan is not None and plan.get("for_balance")
        refund["pending_reason"] = "insufficient_funds" if waits else "processing"
    refund["destination_details"] = _destination(kind, pending=status != "succeeded")
    if not plan or not plan.get("for_balance"):
        _move_money(sandbox, refund)
    sandbox.store.save("refund", refund)
    _change_refunded(sandbox, charge, refund["amount"])
    if plan:
        sandbox.store.save(_PLAN, {"id": refund["id"]} | plan)
        _plan_step(sandbox, refund["id"])


def take_up(sandbox: Sandbox) -> None:
    """Plan again what a stopped sandbox had planned."""
    for plan in list(sandbox.store.oldest_first(_PLAN)):
        _plan_step(sandbox, plan["id"])


def waiting(sandbox: Sandbox) -> list[StripeObject]:
    """The refunds that wait for the balance or for their customers."""
    plans = list(sandbox.store.oldest_first(_PLAN))
    found = [sandbox.store.get("refund", plan["id"]) for plan in plans if plan["then"] == WAIT]
    return [refund for refund in found if refund is not None]


def release(sandbox: Sandbox) -> int:
    """The balance is filled up and every customer asked has answered: say how many refunds went on."""
    refunds = waiting(sandbox)
    for refund in refunds:
        _succeed(sandbox, refund)
    sandbox.store.commit()
    return len(refunds)


def give_up(sandbox: Sandbox, refund: StripeObject, reason: str, cause: Cause = STRIPE_ITSELF) -> None:
    """Cancel a refund that waits for its customer; `reason` is the `failure_reason` that it then shows."""
    _undo(sandbox, refund)
    refund["failure_reason"] = reason
    _change(sandbox, refund, "canceled", cause)


def cancel_by_hand(sandbox: Sandbox, refund: StripeObject) -> None:
    """Cancel as Stripe's Dashboard can: a card's refund for half an hour in test mode, whatever the API says.

    Raises:
        StripeError: another method's, a later one, or one that is over.
    """
    fresh = sandbox.now() <= refund["created"] + _CANCELABLE_SECONDS
    by_card = refund["destination_details"]["type"] == "card" and refund["status"] in ("pending", "succeeded")
    if not (refund["status"] == "requires_action" or (by_card and fresh)):
        raise StripeError(
            "Only a card's refund of the last 30 minutes can be canceled, or one that waits for its customer."
        )
    give_up(sandbox, refund, BY_SHOP)
    sandbox.store.commit()


def fail_fresh(sandbox: Sandbox, charge: StripeObject) -> None:
    """A charge is charged back: what was being refunded of it comes to nothing."""
    since = sandbox.now() - _FRESH_SECONDS
    for refund in sandbox.store.related("refund", "charge", charge["id"]):
        if refund["status"] == "pending" or (refund["status"] == "succeeded" and refund["created"] >= since):
            _fail(sandbox, refund, "charge_for_pending_refund_disputed")


def _change_refunded(sandbox: Sandbox, charge: StripeObject, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    sandbox.store.save("charge", charge)


def tell_updated(
    sandbox: Sandbox, refund: StripeObject, previous: dict[str, Any], cause: Cause = STRIPE_ITSELF
) -> None:
    emit(sandbox, "refund.updated", refund, cause, previous)
    emit(sandbox, "charge.refund.updated", refund, cause, previous)


def _course(sandbox: Sandbox, charge: StripeObject, kind: str) -> tuple[str, dict[str, Any] | None]:
    """The first state of a charge's refund, and the plan for what follows, if anything does."""
    card, _ = payment_methods.card_behind(sandbox, charge["payment_method"])
    usual = card.refund if kind == "card" else "pending" if BY_TYPE[kind].refunds_later else "succeeded"
    first = "succeeded" if usual == "failed" else usual
    switch, reason = sandbox.control.refunds, sandbox.control.refund_failure
    if switch == "asks_customer":
        due = sandbox.now() + _SECONDS_TO_ANSWER
        return "requires_action", {"then": WAIT, "due": due, "reason": TOO_LATE}
    if switch == "insufficient_balance":
        if kind == "card":
            return "pending", {"then": WAIT, "due": None, "reason": None, "for_balance": True}
        return "pending", {"then": FAIL, "due": None, "reason": "insufficient_funds"}
    if switch == "fails" or usual == "failed":
        by_bank = "expired_or_canceled_card" if usual == "failed" else reason
        return first, {"then": FAIL, "due": None, "reason": by_bank}
    return first, {"then": SUCCEED, "due": None, "reason": None} if first == "pending" else None


def _plan_step(sandbox: Sandbox, refund_id: str) -> None:
    plan = sandbox.store.get(_PLAN, refund_id)
    if plan is None:
        return
    if plan["then"] != WAIT:
        sandbox.later(sandbox.settling_seconds, _finish, sandbox, refund_id)
    elif plan["due"] is not None:
        sandbox.later(max(plan["due"] - sandbox.now(), 0), _finish, sandbox, refund_id)


def _finish(sandbox: Sandbox, refund_id: str) -> None:
    plan, refund = sandbox.store.get(_PLAN, refund_id), sandbox.store.get("refund", refund_id)
    if plan is None or refund is None:
        return
    if plan["then"] == SUCCEED:
        _succeed(sandbox, refund)
    elif plan["then"] == WAIT:
        give_up(sandbox, refund, plan["reason"])
    else:
        _fail(sandbox, refund, plan["reason"])


def _succeed(sandbox: Sandbox, refund: StripeObject) -> None:
    if refund["balance_transaction"] is None:
        _move_money(sandbox, refund)
    if refund["destination_details"]["type"] == "card":
        refund["destination_details"] = _arrived()
    _change(sandbox, refund, "succeeded")


def _fail(sandbox: Sandbox, refund: StripeObject, reason: str) -> None:
    _undo(sandbox, refund)
    refund["failure_reason"] = reason
    _change(sandbox, refund, "failed")


def _undo(sandbox: Sandbox, refund: StripeObject) -> None:
    """The money did not reach the customer: it is back on the balance, and can be refunded again."""
    if refund["balance_transaction"] is not None:
        back = balance_transactions.of_refund(sandbox, refund, failed=True)
        refund["failure_balance_transaction"] = back["id"]
    charge = sandbox.store.get("charge", refund["charge"])
    if charge is not None:
        _change_refunded(sandbox, charge, -refund["amount"])


def _change(sandbox: Sandbox, refund: StripeObject, status: str, cause: Cause = STRIPE_ITSELF) -> None:
    before, refund["status"] = refund["status"], status
    for name in ("pending_reason", "next_action"):
        refund.pop(name, None)
    sandbox.store.save("refund", refund)
    sandbox.store.remove(_PLAN, refund["id"])
    if status == "failed":
        emit(sandbox, "refund.failed", refund, cause)
    tell_updated(sandbox, refund, {"status": before}, cause)


def _ask_customer(sandbox: Sandbox, refund: StripeObject) -> None:
    """The customer gets an e-mail that asks for an account to pay to."""
    asked = {
        "email_sent": {"email_sent_at": sandbox.now(), "email_sent_to": refund["instructions_email"]},
        "expires_at": sandbox.now() + _SECONDS_TO_ANSWER,
    }
    refund["next_action"] = {"display_details": asked, "type": "display_details"}


def _move_money(sandbox: Sandbox, refund: StripeObject) -> None:
    refund["balance_transaction"] = balance_transactions.of_refund(sandbox, refund)["id"]


def _destination(kind: str, *, pending: bool) -> dict[str, Any]:
    if kind in _REFERRED:
        return {"type": kind, kind: {"reference": None, "reference_status": "pending"}}
    if kind in _PLAIN:
        return {"type": kind, kind: {}}
    if kind != "card":
        return {"type": kind}
    card = {
        "type": "pending" if pending else "refund",
        "reference_status": "pending",
        "reference_type": "acquirer_reference_number",
    }
    return {"card": card, "type": "card"}


def _arrived() -> dict[str, Any]:
    card = {
        "type": "refund",
        "reference": alphanumeric(23),
        "reference_status": "available",
        "reference_type": "acquirer_reference_number",
    }
    return {"card": card, "type": "card"}
