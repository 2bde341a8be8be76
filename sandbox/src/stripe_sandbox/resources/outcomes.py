"""How an attempt to pay ends: the charge it leaves, the state it puts the intent in, the events it sends."""

from typing import Any

from stripe_sandbox.declines import Decline
from stripe_sandbox.errors import StripeError
from stripe_sandbox.events import STRIPE_ITSELF, Cause, emit
from stripe_sandbox.resources import (
    charges,
    dispute_courses,
    holds,
    intent_states,
    method_options,
    payment_methods,
    reviews,
)
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject


def paid(
    sandbox: Sandbox,
    intent: StripeObject,
    method: StripeObject,
    cause: Cause,
    *,
    three_d_secure: dict[str, Any] | None = None,
) -> None:
    """The money is there, or held."""
    charge = charges.make(sandbox, intent, method, three_d_secure, None)
    _finish(sandbox, intent, method, charge, cause)


def processing(
    sandbox: Sandbox, intent: StripeObject, method: StripeObject, cause: Cause, *, mandate: str | None = None
) -> None:
    """A bank has been asked and will answer later."""
    charge = charges.make(sandbox, intent, method, None, None, pending=True, mandate=mandate)
    intent |= {"latest_charge": charge["id"], "status": "processing", "next_action": None}
    sandbox.store.save("payment_intent", intent)
    emit(sandbox, "payment_intent.processing", intent, cause)
    emit(sandbox, "charge.pending", charge, cause)


def arrived(
    sandbox: Sandbox, intent: StripeObject, method: StripeObject, charge: StripeObject, cause: Cause
) -> None:
    """The bank said yes to a pending charge."""
    charge |= {"paid": True, "status": "succeeded"}
    _finish(sandbox, intent, method, charge, cause)


def bounced(
    sandbox: Sandbox, intent: StripeObject, method: StripeObject, charge: StripeObject, decline: Decline
) -> None:
    """The bank said no to a pending charge."""
    charge |= {
        "amount_captured": 0,
        "captured": False,
        "failure_code": decline.code,
        "failure_message": decline.message,
        "status": "failed",
    }
    sandbox.store.save("charge", charge)
    error = StripeError(
        decline.message,
        status=402,
        type="card_error",
        code="payment_intent_payment_attempt_failed",
        objects={"charge": charge["id"], "decline_code": decline.code, "payment_method": dict(method)},
    )
    emit(sandbox, "charge.failed", charge)
    failed(sandbox, intent, error)


def declined(
    sandbox: Sandbox,
    intent: StripeObject,
    method: StripeObject,
    decline: Decline,
    cause: Cause,
    *,
    three_d_secure: dict[str, Any] | None = None,
) -> StripeError:
    """Bank or wallet refuses; gives the error that the request is answered with."""
    charge = refused_charge(sandbox, intent, method, decline, cause, three_d_secure=three_d_secure)
    error = payment_methods.declined(decline, {"charge": charge["id"], "payment_method": dict(method)})
    failed(sandbox, intent, error, cause)
    error.objects["payment_intent"] = dict(intent)
    return error


def refused_charge(
    sandbox: Sandbox,
    intent: StripeObject,
    method: StripeObject,
    decline: Decline,
    cause: Cause = STRIPE_ITSELF,
    *,
    three_d_secure: dict[str, Any] | None = None,
) -> StripeObject:
    """The failed charge that a refusal leaves."""
    charge = charges.make(sandbox, intent, method, three_d_secure, decline)
    intent["latest_charge"] = charge["id"]
    emit(sandbox, "charge.failed", charge, cause)
    return charge


def failed(sandbox: Sandbox, intent: StripeObject, error: StripeError, cause: Cause = STRIPE_ITSELF) -> None:
    """The attempt is over and the intent waits for another method."""
    intent |= {
        "last_payment_error": error.fields(),
        "payment_method": None,
        "status": "requires_payment_method",
        "next_action": None,
    }
    sandbox.store.save("payment_intent", intent)
    emit(sandbox, "payment_intent.payment_failed", intent, cause)


def _finish(
    sandbox: Sandbox, intent: StripeObject, method: StripeObject, charge: StripeObject, cause: Cause
) -> None:
    held = intent_states.is_held(intent, method["type"])
    intent |= {
        "latest_charge": charge["id"],
        "status": "requires_capture" if held else "succeeded",
        "amount_capturable": intent["amount"] if held else 0,
        "amount_received": 0 if held else intent["amount"],
        "next_action": None,
    }
    _remember_method(sandbox, intent, method, cause)
    reviews.open_if_risky(sandbox, intent, charge, cause)
    sandbox.store.save("charge", charge)
    sandbox.store.save("payment_intent", intent)
    emit(sandbox, "charge.succeeded", charge, cause)
    emit(
        sandbox,
        "payment_intent.amount_capturable_updated" if held else "payment_intent.succeeded",
        intent,
        cause,
    )
    if held:
        holds.lapse_later(sandbox, charge)
    else:
        charges.settle_later(sandbox, charge)
        dispute_courses.come_later(sandbox, charge)


def _remember_method(sandbox: Sandbox, intent: StripeObject, method: StripeObject, cause: Cause) -> None:
    """Save the method for later use, when the intent, or its options for this method, ask for it."""
    options = method_options.of(intent, method["type"])
    usage = options.get("setup_future_usage") or intent["setup_future_usage"]
    if usage and usage != "none":
        payment_methods.remember(sandbox, method["id"], set_up=True)
        if intent["customer"] and method["customer"] is None:
            payment_methods.attach_to(sandbox, method, intent["customer"], cause)
    if method["customer"] is None:
        payment_methods.remember(sandbox, method["id"], used=True)
