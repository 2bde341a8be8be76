"""What a confirmation sets in motion: authentication if the card wants it, the money, the events."""

from typing import Any

from stripe_sandbox.call import Call
from stripe_sandbox.cards import Authentication, Card
from stripe_sandbox.declines import AUTHENTICATION_REQUIRED
from stripe_sandbox.errors import StripeError, no_such
from stripe_sandbox.events import STRIPE_ITSELF, Cause, emit
from stripe_sandbox.resources import (
    card_details,
    method_options,
    method_payments,
    outcomes,
    payment_methods,
    radar,
    setup_attempts,
    three_d_secure,
)
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
        raise not_allowed(intent, method["type"])
    if method["customer"] is not None and method["customer"] != intent["customer"]:
        raise StripeError(
            f"The payment method supplied ({method['id']}) belongs to a Customer. Please include the "
            "Customer in the `customer` parameter on the PaymentIntent.",
            param="payment_method",
        )
    _, hidden = payment_methods.card_behind(sandbox, method["id"])
    if hidden.get("used") and method["customer"] is None:
        raise payment_methods.used_before()


def not_allowed(intent: StripeObject, kind: str) -> StripeError:
    return StripeError(
        f"The PaymentMethod provided ({kind}) is not allowed for this PaymentIntent. Please attach one of "
        f"these types: {', '.join(intent['payment_method_types'])}.",
        code="payment_intent_incompatible_payment_method",
        param="payment_method",
    )


def check_ready(call: Call, intent: StripeObject, method: StripeObject) -> None:
    """Refuse to confirm when something that the method needs was not said.

    Raises:
        StripeError: the missing parameter.
    """
    check_fits(call.sandbox, intent, method)
    if method["type"] != "card":
        method_payments.check_ready(call, intent, method)


def confirm(call: Call, intent: StripeObject, method: StripeObject) -> None:
    """Try to pay `intent` with `method`; the intent is changed, saved and told about.

    Raises:
        StripeError: 402 when the card is declined, with the intent back in `requires_payment_method`.
    """
    if method["type"] != "card":
        method_payments.start(call, intent, method)
        return
    sandbox, params = call.sandbox, call.params
    card, hidden = payment_methods.card_behind(sandbox, method["id"])
    authenticated = three_d_secure.authenticated_earlier(sandbox, intent, method)
    intent |= {"payment_method": method["id"], "last_payment_error": None, "next_action": None}
    if radar.asks_for_captcha(card, params, from_page=call.key.publishable):
        _ask_for_authentication(call, intent, method, captcha=True)
        return
    if authenticated is None and _must_authenticate(sandbox, intent, card, hidden, params):
        if params.get("off_session") or params.get("error_on_requires_action"):
            raise outcomes.declined(sandbox, intent, method, AUTHENTICATION_REQUIRED, call.cause)
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
    intent = three_d_secure.intent_of(sandbox, source)
    method = sandbox.store.get("payment_method", source["payment_method"])
    if intent is None or method is None:
        raise no_such("source", source_id, "source")
    if source["state"] != "challenge_required" or not three_d_secure.is_current(intent, source_id):
        return intent
    source["state"] = "succeeded" if authenticated else "failed"
    sandbox.store.save("three_d_secure_source", source)
    intent["next_action"] = None
    if intent["object"] == "setup_intent":
        setup_attempts.finish_authentication(sandbox, intent, method, authenticated=authenticated)
        sandbox.store.commit()
        return intent
    if not authenticated:
        _fail_authentication(sandbox, intent, method)
    elif source.get("captcha"):
        _take_money(sandbox, intent, method, None, STRIPE_ITSELF)
    elif intent["confirmation_method"] == "manual":
        intent["status"] = "requires_confirmation"
        sandbox.store.save("payment_intent", intent)
    else:
        card, _ = payment_methods.card_behind(sandbox, method["id"])
        _take_money(sandbox, intent, method, three_d_secure.passed(card), STRIPE_ITSELF)
    sandbox.store.commit()
    return intent


def _must_authenticate(
    sandbox: Sandbox, intent: StripeObject, card: Card, hidden: dict[str, Any], params: dict[str, Any]
) -> bool:
    wants, off_session = card.authentication, bool(params.get("off_session"))
    if wants == Authentication.REQUIRED:
        return True
    if wants == Authentication.FRICTIONLESS:
        # The bank is asked by the page; it then says yes without asking the customer.
        return bool(params.get("use_stripe_sdk")) and not off_session
    if wants == Authentication.REQUIRED_UNLESS_SET_UP:
        return not (off_session and hidden.get("set_up"))
    if wants == Authentication.REQUIRED_ON_SESSION:
        return not off_session
    if wants == Authentication.REQUIRED_IF_ADAPTIVE and sandbox.settings.adaptive_3d_secure:
        return not off_session
    asked = method_options.of(intent, "card").get("request_three_d_secure")
    return asked in ("any", "challenge") and wants == Authentication.SUPPORTED and not off_session


def _ask_for_authentication(
    call: Call, intent: StripeObject, method: StripeObject, *, captcha: bool = False
) -> None:
    intent["status"] = "requires_action"
    intent["next_action"] = three_d_secure.next_action(
        call.sandbox,
        intent,
        method,
        in_page=bool(call.params.get("use_stripe_sdk")) or not call.params.get("return_url"),
        return_url=call.params.get("return_url"),
        captcha=captcha,
    )
    call.sandbox.store.save("payment_intent", intent)
    emit(call.sandbox, "payment_intent.requires_action", intent, call.cause)


def _take_money(
    sandbox: Sandbox, intent: StripeObject, method: StripeObject, result: dict[str, Any] | None, cause: Cause
) -> StripeError | None:
    """Charge the card; give the error when it is declined."""
    card, hidden = payment_methods.card_behind(sandbox, method["id"])
    checks = card_details.checks_made(card, hidden, method)
    method["card"] = method["card"] | {"checks": checks}
    sandbox.store.save("payment_method", method)
    decline = card.decline or radar.refusal(sandbox.settings, card, checks)
    if decline:
        return outcomes.declined(sandbox, intent, method, decline, cause, three_d_secure=result)
    outcomes.paid(sandbox, intent, method, cause, three_d_secure=result)
    return None


def _fail_authentication(sandbox: Sandbox, intent: StripeObject, method: StripeObject) -> None:
    """No bank was asked for money, so no charge failed."""
    error = StripeError(
        NOT_AUTHENTICATED,
        code="payment_intent_authentication_failure",
        objects={"payment_method": dict(method)},
    )
    outcomes.failed(sandbox, intent, error)
