"""What a confirmation sets in motion: authentication if the card wants it, the money, the events."""

from typing import Any

from stripe_sandbox import cards
from stripe_sandbox.call import Call
from stripe_sandbox.cards import Authentication, Card, Decline
from stripe_sandbox.errors import StripeError, no_such
from stripe_sandbox.events import STRIPE_ITSELF, Cause, emit
from stripe_sandbox.resources import charges, payment_methods, three_d_secure
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

NOT_AUTHENTICATED = (
    "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new "
    "PaymentMethod to attempt to fulfill this PaymentIntent again."
)


def check_fits(sandbox: Sandbox, intent: StripeObject, method: StripeObject) -> None:
    """Refuse a PaymentMethod that this intent cannot take.

    Raises:
        StripeError: a type not on the intent's list, another customer's method, or one used up.
    """
    if method["type"] not in intent["payment_method_types"]:
        raise StripeError(
            f"The PaymentMethod provided ({method['type']}) is not allowed for this PaymentIntent. Please "
            f"attach one of these types: {', '.join(intent['payment_method_types'])}.",
            code="payment_intent_incompatible_payment_method",
            param="payment_method",
        )
    if method["customer"] is not None and method["customer"] != intent["customer"]:
        raise StripeError(
            f"The payment method supplied ({method['id']}) belongs to a Customer. Please include the "
            "Customer in the `customer` parameter on the PaymentIntent.",
            param="payment_method",
        )
    _, hidden = payment_methods.card_behind(sandbox, method["id"])
    if hidden.get("used") and method["customer"] is None:
        raise payment_methods.used_before()


def confirm(call: Call, intent: StripeObject, method: StripeObject) -> None:
    """Try to pay `intent` with `method`; the intent is changed, saved and told about.

    Raises:
        StripeError: 402 when the card is declined, with the intent back in `requires_payment_method`.
    """
    sandbox, params = call.sandbox, call.params
    card, hidden = payment_methods.card_behind(sandbox, method["id"])
    authenticated = three_d_secure.authenticated_earlier(sandbox, intent, method)
    intent |= {"payment_method": method["id"], "last_payment_error": None, "next_action": None}
    if authenticated is None and _must_authenticate(intent, card, hidden, params):
        if params.get("off_session") or params.get("error_on_requires_action"):
            raise _decline(
                sandbox, intent, method, cards.AUTHENTICATION_REQUIRED, result=None, cause=call.cause
            )
        _ask_for_authentication(call, intent, method)
        return
    result = authenticated or three_d_secure.result_without_challenge(card, intent)
    declined = _take_money(sandbox, intent, method, result, call.cause)
    if declined:
        raise declined


def finish_authentication(sandbox: Sandbox, source_id: str, authenticated: bool) -> StripeObject:  # noqa: FBT001  others call it so
    """The customer completed or failed the challenge: move the intent on, once, and give it.

    Raises:
        StripeError: no such challenge. A challenge that is over already changes nothing.
    """
    source = sandbox.store.get("three_d_secure_source", source_id)
    if source is None:
        raise no_such("source", source_id, "source")
    intent = sandbox.store.get("payment_intent", source["payment_intent"])
    method = sandbox.store.get("payment_method", source["payment_method"])
    if intent is None or method is None:
        raise no_such("source", source_id, "source")
    if source["state"] != "challenge_required" or not three_d_secure.is_current(intent, source_id):
        return intent
    source["state"] = "succeeded" if authenticated else "failed"
    sandbox.store.save("three_d_secure_source", source)
    intent["next_action"] = None
    if not authenticated:
        _fail_authentication(sandbox, intent, method)
    elif intent["confirmation_method"] == "manual":
        intent["status"] = "requires_confirmation"
        sandbox.store.save("payment_intent", intent)
    else:
        card, _ = payment_methods.card_behind(sandbox, method["id"])
        _take_money(sandbox, intent, method, three_d_secure.passed(card), STRIPE_ITSELF)
    sandbox.store.commit()
    return intent


def _must_authenticate(
    intent: StripeObject, card: Card, hidden: dict[str, Any], params: dict[str, Any]
) -> bool:
    wants, off_session = card.authentication, bool(params.get("off_session"))
    if wants == Authentication.REQUIRED:
        return True
    if wants == Authentication.FRICTIONLESS:
        # The bank is asked by the page; it then says yes without asking the customer.
        return bool(params.get("use_stripe_sdk")) and not off_session
    if wants == Authentication.REQUIRED_UNLESS_SET_UP:
        return not hidden.get("set_up")
    if wants == Authentication.REQUIRED_ON_SESSION:
        return not off_session
    asked = (intent["payment_method_options"] or {}).get("card", {}).get("request_three_d_secure")
    return asked in ("any", "challenge") and wants == Authentication.SUPPORTED and not off_session


def _ask_for_authentication(call: Call, intent: StripeObject, method: StripeObject) -> None:
    intent["status"] = "requires_action"
    intent["next_action"] = three_d_secure.next_action(
        call.sandbox,
        intent,
        method,
        in_page=bool(call.params.get("use_stripe_sdk")) or not call.params.get("return_url"),
        return_url=call.params.get("return_url"),
    )
    call.sandbox.store.save("payment_intent", intent)
    emit(call.sandbox, "payment_intent.requires_action", intent, call.cause)


def _take_money(
    sandbox: Sandbox, intent: StripeObject, method: StripeObject, result: dict[str, Any] | None, cause: Cause
) -> StripeError | None:
    """Charge the card; give the error when it is declined."""
    card, _ = payment_methods.card_behind(sandbox, method["id"])
    if card.decline:
        return _decline(sandbox, intent, method, card.decline, result=result, cause=cause)
    charge = charges.make(sandbox, intent, method, result, None)
    held = intent["capture_method"] == "manual"
    intent |= {
        "latest_charge": charge["id"],
        "status": "requires_capture" if held else "succeeded",
        "amount_capturable": intent["amount"] if held else 0,
        "amount_received": 0 if held else intent["amount"],
        "next_action": None,
    }
    _remember_method(sandbox, intent, method, cause)
    sandbox.store.save("payment_intent", intent)
    emit(sandbox, "charge.succeeded", charge, cause)
    emit(
        sandbox,
        "payment_intent.amount_capturable_updated" if held else "payment_intent.succeeded",
        intent,
        cause,
    )
    if not held:
        charges.settle_later(sandbox, charge)
    return None


def _remember_method(sandbox: Sandbox, intent: StripeObject, method: StripeObject, cause: Cause) -> None:
    if intent["setup_future_usage"]:
        payment_methods.remember(sandbox, method["id"], set_up=True)
        if intent["customer"] and method["customer"] is None:
            payment_methods.attach_to(sandbox, method, intent["customer"], cause)
    if method["customer"] is None:
        payment_methods.remember(sandbox, method["id"], used=True)


def _decline(
    sandbox: Sandbox,
    intent: StripeObject,
    method: StripeObject,
    decline: Decline,
    *,
    result: dict[str, Any] | None,
    cause: Cause,
) -> StripeError:
    charge = charges.make(sandbox, intent, method, result, decline)
    error = payment_methods.declined(decline, {"charge": charge["id"], "payment_method": dict(method)})
    intent |= {
        "latest_charge": charge["id"],
        "last_payment_error": error.fields(),
        "payment_method": None,
        "status": "requires_payment_method",
        "next_action": None,
    }
    sandbox.store.save("payment_intent", intent)
    emit(sandbox, "charge.failed", charge, cause)
    emit(sandbox, "payment_intent.payment_failed", intent, cause)
    error.objects["payment_intent"] = dict(intent)
    return error


def _fail_authentication(sandbox: Sandbox, intent: StripeObject, method: StripeObject) -> None:
    """No bank was asked for money, so no charge failed."""
    error = StripeError(
        NOT_AUTHENTICATED,
        code="payment_intent_authentication_failure",
        objects={"payment_method": dict(method)},
    )
    intent |= {
        "last_payment_error": error.fields(),
        "payment_method": None,
        "status": "requires_payment_method",
    }
    sandbox.store.save("payment_intent", intent)
    emit(sandbox, "payment_intent.payment_failed", intent, STRIPE_ITSELF)
