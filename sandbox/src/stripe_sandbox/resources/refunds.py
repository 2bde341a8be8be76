"""Refunds of captured money. https://docs.stripe.com/api/refunds.

What becomes of one stands in refund_courses.py.
"""

from typing import Any

from stripe_sandbox import errors
from stripe_sandbox.call import Call
from stripe_sandbox.currencies import written
from stripe_sandbox.errors import StripeError
from stripe_sandbox.events import emit
from stripe_sandbox.ids import payment_id
from stripe_sandbox.metadata import merged
from stripe_sandbox.methods import BY_TYPE
from stripe_sandbox.pagination import page
from stripe_sandbox.resources import disputes, fraud_warnings, refund_courses, reviews
from stripe_sandbox.store import StripeObject

_DAY = 24 * 60 * 60


def create(call: Call) -> StripeObject:
    params, sandbox = call.params, call.sandbox
    if params.get("origin") or params.get("customer"):
        raise errors.not_imitated("refunds from a customer's cash balance")
    charge = _charge(call)
    amount = _amount(call, charge)
    refund: StripeObject = {
        "id": payment_id(
            "re" if BY_TYPE[charge["payment_method_details"]["type"]].charge_prefix == "ch" else "pyr"
        ),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": sandbox.now(),
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "metadata": merged(None, params.get("metadata")),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": None,
        "transfer_reversal": None,
    } | _instructions(call, charge)
    before = {name: charge[name] for name in ("amount_refunded", "refunded", "fraud_details")}
    if params.get("reason") == "fraudulent":
        charge["fraud_details"] = charge["fraud_details"] | {"user_report": "fraudulent"}
    refund_courses.begin(sandbox, refund, charge)
    emit(sandbox, "refund.created", refund, call.cause)
    changed = {name: value for name, value in before.items() if charge[name] != value}
    emit(sandbox, "charge.refunded", charge, call.cause, changed)
    if charge["refunded"]:
        fraud_warnings.over(sandbox, charge)
        as_fraud = params.get("reason") == "fraudulent"
        reviews.close_of(sandbox, charge, "refunded_as_fraud" if as_fraud else "refunded", call.cause)
    return refund


def retrieve(call: Call) -> StripeObject:
    return call.find("refund")


def list_all(call: Call) -> StripeObject:
    return page(call, "refund", by=("charge", "payment_intent"))


def update(call: Call) -> StripeObject:
    refund = call.find("refund")
    before = refund["metadata"]
    refund["metadata"] = merged(before, call.params.get("metadata"))
    call.sandbox.store.save("refund", refund)
    if refund["metadata"] != before:
        refund_courses.tell_updated(call.sandbox, refund, {"metadata": before}, call.cause)
    return refund


def cancel(call: Call) -> StripeObject:
    """Only a refund that waits for its customer; a card's can be canceled in Stripe's Dashboard alone."""
    refund = call.find("refund")
    _check_waits(refund, "canceled")
    refund_courses.give_up(call.sandbox, refund, refund_courses.BY_SHOP, call.cause)
    return refund


def expire(call: Call) -> StripeObject:
    """A helper for tests: the customer's time to answer is over at once."""
    refund = call.find("refund")
    _check_waits(refund, "expired")
    refund_courses.give_up(call.sandbox, refund, refund_courses.TOO_LATE, call.cause)
    return refund


def _check_waits(refund: StripeObject, becomes: str) -> None:
    if refund["status"] != "requires_action":
        raise StripeError(
            f"This refund cannot be {becomes} because it has a status of {refund['status']}. Only a refund "
            f"with one of the following statuses may be {becomes}: requires_action.",
        )


def _instructions(call: Call, charge: StripeObject) -> dict[str, Any]:
    """Where the customer is asked for an account, if the refund needs one.

    Raises:
        StripeError: an address that is none, or none at all where one is needed.
    """
    email = call.params.get("instructions_email")
    errors.check_email(email, "instructions_email")
    if not email and call.sandbox.control.refunds == "asks_customer":
        email = charge["billing_details"]["email"] or charge["receipt_email"]
        if not email:
            raise errors.missing_parameter("instructions_email")
    return {"instructions_email": email} if email else {}


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
