"""ConfirmationTokens: what a customer chose and typed, for the server to confirm with. One use, 12 hours.

https://docs.stripe.com/payments/finalize-payments-on-the-server, https://docs.stripe.com/api/confirmation_tokens.
"""

from typing import Any

from stripe_sandbox import errors
from stripe_sandbox.call import Call
from stripe_sandbox.errors import StripeError
from stripe_sandbox.ids import plain_id
from stripe_sandbox.resources import payment_methods
from stripe_sandbox.resources.intent_fields import shipping
from stripe_sandbox.store import StripeObject

_SECONDS = 12 * 60 * 60
_EXCLUSIVE = ("payment_method", "payment_method_data")


def create(call: Call) -> StripeObject:
    """Stripe.js's call; servers have the test helper.

    Raises:
        StripeError: 403 for a secret key, 402 or 400 for what is wrong with the payment details.
    """
    if not call.key.publishable:
        raise StripeError(
            "ConfirmationTokens are created with a publishable key, from the page. For tests on a server use "
            "POST /v1/test_helpers/confirmation_tokens.",
            status=403,
        )
    return _create(call, from_page=True)


def create_in_test(call: Call) -> StripeObject:
    return _create(call, from_page=False)


def retrieve(call: Call) -> StripeObject:
    return call.find("confirmation_token", noun="confirmation_token")


def apply(call: Call) -> None:
    """Let a token that the request names stand for what it holds; what the request says itself prevails.

    Raises:
        StripeError: an unknown, used or expired token, or one beside a payment method.
    """
    named = call.params.get("confirmation_token")
    if not named:
        return
    for other in _EXCLUSIVE:
        if call.params.get(other):
            raise errors.exclusive_parameters("confirmation_token", other)
    token = call.find("confirmation_token", named, "confirmation_token")
    hidden = _hidden(call, token)
    if token["payment_intent"] or token["setup_intent"]:
        raise StripeError(
            f"The confirmation token {named} has already been used. Create another one.",
            code="token_already_used",
            param="confirmation_token",
        )
    if call.sandbox.now() > token["expires_at"]:
        raise StripeError(
            f"The confirmation token {named} has expired. Create another one.", param="confirmation_token"
        )
    held = {
        "payment_method": hidden["payment_method"],
        "return_url": token["return_url"],
        "setup_future_usage": token["setup_future_usage"],
        "shipping": hidden["shipping"],
        "mandate_data": token["mandate_data"],
        "use_stripe_sdk": token["use_stripe_sdk"] or None,
    }
    call.params = {name: value for name, value in held.items() if value is not None} | call.params


def spend(call: Call, intent: StripeObject) -> None:
    """The request's token, if any, now belongs to the intent."""
    token = call.sandbox.store.get("confirmation_token", call.params.get("confirmation_token") or "")
    if token:
        token[intent["object"]] = intent["id"]
        call.sandbox.store.save("confirmation_token", token)


def _create(call: Call, *, from_page: bool) -> StripeObject:
    sandbox, params = call.sandbox, call.params
    method = _method(call)
    now = sandbox.now()
    debit = from_page and method["type"] == "sepa_debit"
    token: StripeObject = {
        "id": plain_id("ctoken"),
        "object": "confirmation_token",
        "created": now,
        "expires_at": now + _SECONDS,
        "livemode": False,
        "mandate_data": _agreed_in_page() if debit else None,
        "metadata": {},
        "payment_intent": None,
        "payment_method_options": None,
        "payment_method_preview": _preview(method),
        "return_url": params.get("return_url"),
        "setup_future_usage": params.get("setup_future_usage"),
        "setup_intent": None,
        "shipping": _shipping(params.get("shipping")),
        "use_stripe_sdk": from_page,
    }
    sandbox.store.save("confirmation_token", token)
    hidden = {"id": token["id"], "payment_method": method["id"], "shipping": params.get("shipping")}
    sandbox.store.save("confirmation_token_contents", hidden)
    return token


def _method(call: Call) -> StripeObject:
    method = payment_methods.named(call)
    if method is None:
        raise errors.missing_parameter("payment_method_data")
    return method


def _preview(method: StripeObject) -> dict[str, Any]:
    kind = method["type"]
    shown = ("allow_redisplay", "billing_details", "customer", "customer_account", kind, "type")
    return {name: method[name] for name in shown}


def _agreed_in_page() -> dict[str, Any]:
    """The page showed the mandate's words; a browser's address and name are not looked at here."""
    online = {"ip_address": None, "user_agent": None}
    return {"customer_acceptance": {"online": online, "type": "online"}}


def _shipping(given: dict[str, Any] | None) -> dict[str, Any] | None:
    whole = shipping(given)
    return {name: whole[name] for name in ("address", "name", "phone")} if whole else None


def _hidden(call: Call, token: StripeObject) -> StripeObject:
    hidden = call.sandbox.store.get("confirmation_token_contents", token["id"])
    if hidden is None:
        raise LookupError(f"{token['id']} holds nothing")
    return hidden
