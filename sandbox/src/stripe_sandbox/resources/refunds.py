"""Refunds of captured money. https://docs.stripe.com/api/refunds."""

from typing import Any

from stripe_sandbox import errors
from stripe_sandbox.call import Call
from stripe_sandbox.currencies import written
from stripe_sandbox.errors import StripeError
from stripe_sandbox.events import STRIPE_ITSELF, emit
from stripe_sandbox.ids import alphanumeric, payment_id
from stripe_sandbox.metadata import merged
from stripe_sandbox.methods import BY_TYPE
from stripe_sandbox.pagination import page
from stripe_sandbox.resources import balance_transactions, disputes, payment_methods
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

_DAY = 24 * 60 * 60
_REFERRED = ("klarna", "p24")
_PLAIN = ("alipay", "eps", "grabpay", "paynow", "wechat_pay")


def create(call: Call) -> StripeObject:
    params = call.params
    if params.get("origin") or params.get("customer"):
        raise errors.not_imitated("refunds from a customer's cash balance")
    charge = _charge(call)
    amount = _amount(call, charge)
    sandbox = call.sandbox
    kind = charge["payment_method_details"]["type"]
    pending = _course(sandbox, charge) == "pending"
    refund: StripeObject = {
        "id": payment_id("re" if BY_TYPE[kind].charge_prefix == "ch" else "pyr"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": sandbox.now(),
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "destination_details": _destination(kind, pending=pending),
        "metadata": merged(None, params.get("metadata")),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if pending else "succeeded",
        "transfer_reversal": None,
    }
    if pending:
        refund["pending_reason"] = "processing"
    refund["balance_transaction"] = balance_transactions.of_refund(sandbox, refund)["id"]
    sandbox.store.save("refund", refund)
    _change_refunded(sandbox, charge, amount)
    emit(sandbox, "refund.created", refund, call.cause)
    emit(
        sandbox,
        "charge.refunded",
        charge,
        call.cause,
        {"amount_refunded": charge["amount_refunded"] - amount},
    )
    finish_later(sandbox, refund)
    return refund


def retrieve(call: Call) -> StripeObject:
    return call.find("refund")


def list_all(call: Call) -> StripeObject:
    wanted = {name: call.params[name] for name in ("charge", "payment_intent") if name in call.params}
    return page(call, "refund", lambda refund: all(refund[name] == value for name, value in wanted.items()))


def update(call: Call) -> StripeObject:
    refund = call.find("refund")
    before = refund["metadata"]
    refund["metadata"] = merged(before, call.params.get("metadata"))
    call.sandbox.store.save("refund", refund)
    if refund["metadata"] != before:
        _tell_updated(call.sandbox, refund, {"metadata": before})
    return refund


def cancel(call: Call) -> StripeObject:
    """Only a refund in `requires_action` can be canceled, and a card's never is."""
    refund = call.find("refund")
    raise StripeError(
        f"You cannot cancel this refund because it has a status of {refund['status']}. Only a refund with "
        "one of the following statuses may be canceled: requires_action.",
        code="payment_method_unexpected_state" if refund["status"] == "canceled" else None,
    )


def finish_later(sandbox: Sandbox, refund: StripeObject) -> None:
    """Refunds of most methods, and of two test cards, change after a while (https://docs.stripe.com/testing)."""
    charge = sandbox.store.get("charge", refund["charge"])
    if charge and _course(sandbox, charge) != "succeeded":
        sandbox.later(sandbox.settling_seconds, _finish, sandbox, refund["id"])


def finish_unfinished(sandbox: Sandbox) -> None:
    """Take up what a stopped sandbox left undecided."""
    for refund in list(sandbox.store.oldest_first("refund")):
        charge = sandbox.store.get("charge", refund["charge"])
        course = _course(sandbox, charge) if charge else ""
        if refund["status"] == course == "pending" or (refund["status"], course) == ("succeeded", "failed"):
            finish_later(sandbox, refund)


def _course(sandbox: Sandbox, charge: StripeObject) -> str:
    """How refunds of a charge go: `succeeded` at once, `pending` first, or `failed` after a success."""
    kind = charge["payment_method_details"]["type"]
    if kind != "card":
        return "pending" if BY_TYPE[kind].refunds_later else "succeeded"
    card, _ = payment_methods.card_behind(sandbox, charge["payment_method"])
    return card.refund


def _charge(call: Call) -> StripeObject:
    charge_id, intent_id = call.params.get("charge"), call.params.get("payment_intent")
    if charge_id and intent_id:
        raise errors.exclusive_parameters("charge", "payment_intent")
    if not charge_id and not intent_id:
        raise StripeError(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
        )
    if intent_id:
        intent = call.find("payment_intent", intent_id, "payment_intent")
        charge_id = intent["latest_charge"]
        charge = call.sandbox.store.get("charge", charge_id) if charge_id else None
        if charge is None or charge["status"] != "succeeded":
            raise StripeError(
                f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.",
                param="payment_intent",
            )
    else:
        charge = call.find("charge", charge_id, "charge")
    if charge["status"] != "succeeded" or not charge["captured"]:
        raise StripeError(
            f"Charge {charge['id']} cannot be refunded: it was not captured. Cancel its PaymentIntent to "
            "release it.",
            code="charge_not_refundable",
        )
    method = BY_TYPE[charge["payment_method_details"]["type"]]
    if method.refund_days is not None and call.sandbox.now() > charge["created"] + method.refund_days * _DAY:
        raise StripeError(
            f"Charge {charge['id']} can no longer be refunded: {method.label} payments can be refunded for "
            f"{method.refund_days} days.",
            code="charge_not_refundable",
        )
    return charge


def _amount(call: Call, charge: StripeObject) -> int:
    disputes.check_refundable(call.sandbox, charge)
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left == 0:
        raise StripeError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = int(call.params.get("amount", left))
    if amount < 1:
        raise errors.invalid_parameter("Invalid positive integer", "amount", "parameter_invalid_integer")
    if amount > left:
        currency = charge["currency"]
        raise StripeError(
            f"Refund amount ({written(amount, currency)}) is greater than unrefunded amount on charge "
            f"({written(left, currency)})",
            param="amount",
        )
    return amount


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


def _change_refunded(sandbox: Sandbox, charge: StripeObject, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    sandbox.store.save("charge", charge)


def _finish(sandbox: Sandbox, refund_id: str) -> None:
    refund = sandbox.store.get("refund", refund_id)
    charge = sandbox.store.get("charge", refund["charge"]) if refund else None
    if refund is None or charge is None:
        return
    kind = charge["payment_method_details"]["type"]
    if refund["status"] == "pending":
        refund["status"] = "succeeded"
        if kind == "card":
            refund["destination_details"] = _arrived()
        refund.pop("pending_reason", None)
        sandbox.store.save("refund", refund)
        _tell_updated(sandbox, refund, {"status": "pending"})
        return
    refund |= {
        "status": "failed",
        "failure_reason": "expired_or_canceled_card",
        "failure_balance_transaction": balance_transactions.of_refund(sandbox, refund, failed=True)["id"],
    }
    sandbox.store.save("refund", refund)
    _change_refunded(sandbox, charge, -refund["amount"])
    emit(sandbox, "refund.failed", refund)
    _tell_updated(sandbox, refund, {"status": "succeeded"})


def _arrived() -> dict[str, Any]:
    card = {
        "type": "refund",
        "reference": alphanumeric(23),
        "reference_status": "available",
        "reference_type": "acquirer_reference_number",
    }
    return {"card": card, "type": "card"}


def _tell_updated(sandbox: Sandbox, refund: StripeObject, previous: dict[str, Any]) -> None:
    emit(sandbox, "refund.updated", refund, STRIPE_ITSELF, previous)
    emit(sandbox, "charge.refund.updated", refund, STRIPE_ITSELF, previous)
