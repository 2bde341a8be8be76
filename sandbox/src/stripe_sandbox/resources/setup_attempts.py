"""What confirming a SetupIntent sets in motion, and the record of it, a SetupAttempt.

https://docs.stripe.com/api/setup_attempts, https://docs.stripe.com/payments/save-and-reuse.
"""

from typing import Any

from stripe_sandbox.call import Call
from stripe_sandbox.cards import Authentication
from stripe_sandbox.errors import StripeError
from stripe_sandbox.events import STRIPE_ITSELF, Cause, emit
from stripe_sandbox.ids import plain_id
from stripe_sandbox.pagination import page
from stripe_sandbox.resources import mandates, payment_methods, three_d_secure
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

_ALWAYS_ASKED = (Authentication.REQUIRED, Authentication.REQUIRED_UNLESS_SET_UP)
_NOT_AUTHENTICATED = (
    "The latest attempt to set up the payment method has failed because authentication failed. Provide a "
    "PaymentMethod and confirm again."
)


def list_all(call: Call) -> StripeObject:
    """The attempts of one SetupIntent, newest first."""
    call.find("setup_intent", call.params["setup_intent"], "setup_intent")
    return page(call, "setup_attempt", by=("setup_intent",))


def check_ready(call: Call, method: StripeObject) -> None:
    """Refuse to confirm when something that the method needs was not said.

    Raises:
        StripeError: a debit without `mandate_data`.
    """
    if method["type"] == "sepa_debit":
        mandates.check_accepted(call)


def confirm(call: Call, intent: StripeObject, method: StripeObject) -> None:
    """Try to save `method`; the intent is changed, saved and told about.

    Raises:
        StripeError: 402 when the card's bank refuses, with the intent back in `requires_payment_method`.
    """
    sandbox, params = call.sandbox, call.params
    intent |= {"payment_method": method["id"], "last_setup_error": None, "next_action": None}
    if _must_authenticate(sandbox, intent, method, in_page=bool(params.get("use_stripe_sdk"))):
        intent["status"] = "requires_action"
        intent["next_action"] = three_d_secure.next_action(
            sandbox,
            intent,
            method,
            in_page=bool(params.get("use_stripe_sdk")) or not params.get("return_url"),
            return_url=params.get("return_url"),
        )
        _record(sandbox, intent, method, "requires_action")
        sandbox.store.save("setup_intent", intent)
        emit(sandbox, "setup_intent.requires_action", intent, call.cause)
        return
    if method["type"] == "sepa_debit":
        intent["mandate"] = mandates.accept(call, intent | {"setup_future_usage": intent["usage"]}, method)[
            "id"
        ]
    refused = _save_method(sandbox, intent, method, None, call.cause)
    if refused:
        raise refused


def finish_authentication(
    sandbox: Sandbox, intent: StripeObject, method: StripeObject, *, authenticated: bool
) -> None:
    """The customer completed or failed the challenge."""
    if authenticated:
        card, _ = payment_methods.card_behind(sandbox, method["id"])
        _save_method(sandbox, intent, method, three_d_secure.passed(card), STRIPE_ITSELF)
        return
    error = StripeError(
        _NOT_AUTHENTICATED,
        code="setup_intent_authentication_failure",
        objects={"payment_method": dict(method)},
    )
    _fail(sandbox, intent, method, error, STRIPE_ITSELF)


def _must_authenticate(
    sandbox: Sandbox, intent: StripeObject, method: StripeObject, *, in_page: bool
) -> bool:
    if method["type"] != "card":
        return False
    card, _ = payment_methods.card_behind(sandbox, method["id"])
    if card.authentication in _ALWAYS_ASKED:
        return True
    if card.authentication == Authentication.FRICTIONLESS:
        return in_page
    asked = intent["payment_method_options"].get("card", {}).get("request_three_d_secure")
    return asked in ("any", "challenge") and card.authentication == Authentication.SUPPORTED


def _save_method(
    sandbox: Sandbox,
    intent: StripeObject,
    method: StripeObject,
    authentication: dict[str, Any] | None,
    cause: Cause,
) -> StripeError | None:
    """Ask the card's bank; give its refusal."""
    try:
        payment_methods.check_attachable(sandbox, method, intent["customer"])
    except StripeError as error:
        if error.type != "card_error":
            raise
        error.objects["payment_method"] = dict(method)
        _fail(sandbox, intent, method, error, cause)
        error.objects["setup_intent"] = dict(intent)
        return error
    payment_methods.remember(sandbox, method["id"], set_up=True)
    intent |= {"status": "succeeded", "next_action": None}
    _record(sandbox, intent, method, "succeeded", authentication)
    sandbox.store.save("setup_intent", intent)
    if intent["customer"] and method["customer"] is None:
        payment_methods.attach_to(sandbox, method, intent["customer"], cause)
    emit(sandbox, "setup_intent.succeeded", intent, cause)
    return None


def _fail(
    sandbox: Sandbox, intent: StripeObject, method: StripeObject, error: StripeError, cause: Cause
) -> None:
    intent |= {
        "last_setup_error": error.fields(),
        "next_action": None,
        "payment_method": None,
        "status": "requires_payment_method",
    }
    attempt = _record(sandbox, intent, method, "failed")
    sandbox.store.save("setup_attempt", attempt | {"setup_error": intent["last_setup_error"]})
    sandbox.store.save("setup_intent", intent)
    emit(sandbox, "setup_intent.setup_failed", intent, cause)


def _record(
    sandbox: Sandbox,
    intent: StripeObject,
    method: StripeObject,
    status: str,
    authentication: dict[str, Any] | None = None,
) -> StripeObject:
    """The attempt that is under way, or a new one, in its new state."""
    before = sandbox.store.get("setup_attempt", intent["latest_attempt"] or "")
    going_on = before if before and before["status"] == "requires_action" else None
    attempt: StripeObject = going_on or {
        "id": plain_id("setatt"),
        "object": "setup_attempt",
        "application": None,
        "created": sandbox.now(),
        "customer": intent["customer"],
        "customer_account": None,
        "flow_directions": None,
        "livemode": False,
        "on_behalf_of": None,
        "payment_method": method["id"],
        "setup_error": None,
        "setup_intent": intent["id"],
        "usage": intent["usage"],
    }
    attempt |= {"payment_method_details": _details(method, authentication), "status": status}
    intent["latest_attempt"] = attempt["id"]
    sandbox.store.save("setup_attempt", attempt)
    return attempt


def _details(method: StripeObject, authentication: dict[str, Any] | None) -> dict[str, Any]:
    kind = method["type"]
    if kind != "card":
        return {kind: {}, "type": kind}
    shown = (
        "brand",
        "checks",
        "country",
        "exp_month",
        "exp_year",
        "fingerprint",
        "funding",
        "last4",
        "wallet",
    )
    card = {name: method["card"].get(name) for name in shown}
    network = method["card"]["networks"]["available"][0]
    return {"card": card | {"network": network, "three_d_secure": authentication}, "type": "card"}
