"""SetupIntents: saving a payment method for later without taking money now.

https://docs.stripe.com/api/setup_intents. What follows a confirmation stands in setup_attempts.py.

    requires_payment_method ──▶ requires_confirmation ──confirm──▶ requires_action ──▶ succeeded
            ▲                                                            │
            └───────────── declined or not authenticated ◀───────────────┘
    canceled, from every state but succeeded
"""

from typing import Any

from stripe_sandbox import errors, methods
from stripe_sandbox.call import Call
from stripe_sandbox.errors import StripeError
from stripe_sandbox.events import emit
from stripe_sandbox.ids import alphanumeric, plain_id
from stripe_sandbox.metadata import merged
from stripe_sandbox.pagination import page
from stripe_sandbox.resources import (
    confirmation_tokens,
    intent_calls,
    intent_fields,
    payment_methods,
    setup_attempts,
)
from stripe_sandbox.store import StripeObject

_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
_ONLY_WITH_CONFIRM = ("confirmation_token", "mandate_data", "return_url", "use_stripe_sdk")
_NOT_IMITATED = (
    "attach_to_self",
    "customer_account",
    "flow_directions",
    "on_behalf_of",
    "payment_method_configuration",
    "single_use",
)
# Those that are saved without leaving the page.
IMITATED = ("card", "link", "sepa_debit")
_EMPTY = dict.fromkeys(
    (
        "application",
        "cancellation_reason",
        "customer",
        "customer_account",
        "description",
        "flow_directions",
        "last_setup_error",
        "latest_attempt",
        "managed_payments",
        "mandate",
        "next_action",
        "on_behalf_of",
        "payment_method",
        "single_use_mandate",
    )
)


def create(call: Call) -> StripeObject:
    params = call.params
    if params.get("confirm"):
        confirmation_tokens.apply(call)
    intent_calls.check_only_with_confirm(call, "SetupIntent", _ONLY_WITH_CONFIRM)
    _refuse_not_imitated(params)
    intent = _new(call)
    method = _named_method(call, intent)
    if params.get("confirm"):
        intent_calls.check_return_url(call, intent)
        if method is None:
            raise _missing_method(intent)
        setup_attempts.check_ready(call, method)
    if method is not None:
        intent |= {"payment_method": method["id"], "status": "requires_confirmation"}
    call.sandbox.store.save("setup_intent", intent)
    emit(call.sandbox, "setup_intent.created", intent, call.cause)
    if params.get("confirm") and method is not None:
        confirmation_tokens.spend(call, intent)
        setup_attempts.confirm(call, intent, method)
    return intent


def retrieve(call: Call) -> StripeObject:
    intent = call.find("setup_intent", param="intent")
    intent_calls.check_client_secret(call, intent)
    return intent


def list_all(call: Call) -> StripeObject:
    return page(call, "setup_intent", by=("customer", "payment_method"))


def update(call: Call) -> StripeObject:
    intent = call.find("setup_intent", param="intent")
    _refuse_not_imitated(call.params)
    if not {"description", "expand", "metadata"}.issuperset(call.params):
        _check_open(intent, "updated", "update")
    changed = _changed(call, intent)
    method = _named_method(call, intent | changed)
    if method is not None:
        changed |= {"payment_method": method["id"], "status": "requires_confirmation", "next_action": None}
    intent.update(changed)
    call.sandbox.store.save("setup_intent", intent)
    return intent


def confirm(call: Call) -> StripeObject:
    intent = call.find("setup_intent", param="intent")
    intent_calls.check_client_secret(call, intent)
    _check_open(intent, "confirmed", "confirm")
    confirmation_tokens.apply(call)
    changed = _changed(call, intent)
    intent_calls.check_return_url(call, intent)
    method = _named_method(call, intent | changed)
    if method is None:
        if intent["payment_method"] is None:
            raise _missing_method(intent)
        method = call.find("payment_method", intent["payment_method"], "payment_method", "PaymentMethod")
    setup_attempts.check_ready(call, method)
    intent.update(changed)
    confirmation_tokens.spend(call, intent)
    setup_attempts.confirm(call, intent, method)
    return intent


def cancel(call: Call) -> StripeObject:
    intent = call.find("setup_intent", param="intent")
    _check_open(intent, "canceled", "cancel")
    intent |= {
        "status": "canceled",
        "cancellation_reason": call.params.get("cancellation_reason"),
        "next_action": None,
    }
    call.sandbox.store.save("setup_intent", intent)
    emit(call.sandbox, "setup_intent.canceled", intent, call.cause)
    return intent


def _new(call: Call) -> StripeObject:
    params = call.params
    identifier = plain_id("seti")
    automatic = intent_fields.automatic_methods(call)
    intent: StripeObject = _EMPTY | {
        "id": identifier,
        "object": "setup_intent",
        "allowed_payment_method_types": None,
        "automatic_payment_methods": automatic,
        "client_secret": f"{identifier}_secret_{alphanumeric(25)}",
        "created": call.sandbox.now(),
        "excluded_payment_method_types": None,
        "livemode": False,
        "metadata": {},
        "payment_method_configuration_details": intent_fields.CONFIGURATION if automatic else None,
        "payment_method_options": {},
        "payment_method_types": [],
        "status": "requires_payment_method",
        "usage": params.get("usage", "off_session"),
    }
    return intent | _changed(call, intent)


def _changed(call: Call, intent: StripeObject) -> dict[str, Any]:
    params = call.params
    fields: dict[str, Any] = {}
    if "description" in params:
        fields["description"] = params["description"] or None
    if "metadata" in params:
        fields["metadata"] = merged(intent["metadata"], params["metadata"])
    if "customer" in params:
        fields["customer"] = call.find("customer", params["customer"], "customer")["id"]
    for name in ("allowed_payment_method_types", "excluded_payment_method_types"):
        if name in params:
            fields[name] = params[name] or None
    types = _types(call, intent | fields)
    card = {"mandate_options": None, "network": None, "request_three_d_secure": "automatic"}
    before = intent["payment_method_options"].get("card", card)
    given = (params.get("payment_method_options") or {}).get("card") or {}
    shown = before | {name: given[name] for name in ("network", "request_three_d_secure") if name in given}
    return fields | {
        "payment_method_types": types,
        "payment_method_options": {"card": shown} if "card" in types else {},
    }


def _types(call: Call, intent: StripeObject) -> list[str]:
    """The methods that can be saved: those allowed, of this account's country, for this later use."""
    automatic = intent["automatic_payment_methods"]
    allowed = intent["allowed_payment_method_types"]
    if not allowed and not (automatic and automatic["enabled"]):
        allowed = call.params.get("payment_method_types") or intent["payment_method_types"] or ["card"]
    excluded = intent["excluded_payment_method_types"] or ()
    fitting = [
        kind
        for kind in IMITATED
        if (countries := methods.BY_TYPE[kind].countries) is None or call.sandbox.account.country in countries
    ]
    types = [kind for kind in fitting if (not allowed or kind in allowed) and kind not in excluded]
    if not types:
        raise StripeError(
            "No valid payment method types for this SetupIntent: stripe-sandbox saves "
            f"{', '.join(fitting)} here, and you allow none of them.",
            param="allowed_payment_method_types",
        )
    return types


def _named_method(call: Call, intent: StripeObject) -> StripeObject | None:
    method = payment_methods.named(call)
    if method is None:
        return None
    if method["type"] not in intent["payment_method_types"]:
        raise StripeError(
            f"The PaymentMethod provided ({method['type']}) is not allowed for this SetupIntent. Please "
            f"attach one of these types: {', '.join(intent['payment_method_types'])}.",
            code="setup_intent_invalid_parameter",
            param="payment_method",
        )
    if method["customer"] not in (None, intent["customer"]):
        raise StripeError(
            f"The payment method supplied ({method['id']}) belongs to a Customer. Please include the "
            "Customer in the `customer` parameter on the SetupIntent.",
            param="payment_method",
        )
    return method


def _refuse_not_imitated(params: dict[str, Any]) -> None:
    for name in _NOT_IMITATED:
        if params.get(name):
            raise errors.not_imitated(f"a SetupIntent's {name}")


def _check_open(intent: StripeObject, done: str, verb: str) -> None:
    if intent["status"] in _OPEN:
        return
    raise StripeError(
        f"You cannot {verb} this SetupIntent because it has a status of {intent['status']}. Only a "
        f"SetupIntent with one of the following statuses may be {done}: {', '.join(_OPEN)}.",
        code="setup_intent_unexpected_state",
        objects={"setup_intent": dict(intent)},
    )


def _missing_method(intent: StripeObject) -> StripeError:
    return StripeError(
        "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent "
        "with a payment method and then confirm it again.",
        code="setup_intent_unexpected_state",
        objects={"setup_intent": dict(intent)},
    )
