"""PaymentIntents: what the API lets a shop and its page do with one.

https://docs.stripe.com/api/payment_intents.
What follows a confirmation stands in attempts.py, which move is allowed when in intent_states.py.
"""

from typing import Any

from stripe_sandbox import errors, methods
from stripe_sandbox.call import Call
from stripe_sandbox.currencies import check_amount
from stripe_sandbox.errors import StripeError
from stripe_sandbox.events import emit
from stripe_sandbox.metadata import merged
from stripe_sandbox.pagination import page
from stripe_sandbox.resources import (
    attempts,
    charges,
    confirmation_tokens,
    dispute_courses,
    holds,
    intent_calls,
    intent_fields,
    intent_states,
    method_payments,
    payment_methods,
)
from stripe_sandbox.store import StripeObject

finish_authentication = attempts.finish_authentication

_ONLY_WITH_CONFIRM = (
    "confirmation_token", "error_on_requires_action", "mandate", "mandate_data", "off_session", "return_url",
    "use_stripe_sdk",
)  # fmt: skip
_ALWAYS_UPDATABLE = frozenset(
    {"description", "expand", "metadata", "receipt_email", "shipping", "transfer_group"}
)


def create(call: Call) -> StripeObject:
    if call.params.get("confirm"):
        confirmation_tokens.apply(call)
    params = call.params
    intent_fields.refuse_not_imitated(params)
    currency = params["currency"].lower()
    check_amount(
        params["amount"],
        currency,
        methods.least_of(
            params.get("allowed_payment_method_types") or params.get("payment_method_types"), currency
        ),
    )
    intent_calls.check_only_with_confirm(call, "PaymentIntent", _ONLY_WITH_CONFIRM)
    intent = intent_fields.new(call)
    method = _named_method(call, intent)
    if params.get("confirm"):
        intent_calls.check_return_url(call, intent)
        if method is None:
            raise intent_states.missing_method(intent)
        attempts.check_ready(call, intent, method)
    if method is not None:
        intent["payment_method"] = method["id"]
        intent["status"] = "requires_confirmation"
    call.sandbox.store.save("payment_intent", intent)
    emit(call.sandbox, "payment_intent.created", intent, call.cause)
    if params.get("confirm") and method is not None:
        confirmation_tokens.spend(call, intent)
        attempts.confirm(call, intent, method)
    return intent


def retrieve(call: Call) -> StripeObject:
    intent = call.find("payment_intent", param="intent")
    intent_calls.check_client_secret(call, intent)
    return intent


def list_all(call: Call) -> StripeObject:
    return page(call, "payment_intent", by=("customer",))


def update(call: Call) -> StripeObject:
    intent = call.find("payment_intent", param="intent")
    params = call.params
    intent_fields.refuse_not_imitated(params)
    if not _ALWAYS_UPDATABLE.issuperset(params):
        intent_states.check_updatable(intent)
    asked = {"amount": intent["amount"], "currency": intent["currency"]} | params
    amount, currency = asked["amount"], asked["currency"].lower()
    allowed = params.get("allowed_payment_method_types", intent["allowed_payment_method_types"])
    check_amount(amount, currency, methods.least_of(allowed, currency))
    changed = intent_fields.changed(call, intent)
    if (amount, currency) != (intent["amount"], intent["currency"]) and intent["status"] == "requires_action":
        # The bank was asked about another amount.
        changed |= {"status": "requires_confirmation", "next_action": None}
    if params.get("payment_method") == "":
        changed |= {"payment_method": None, "status": "requires_payment_method", "next_action": None}
    else:
        method = _named_method(call, intent | changed)
        if method is not None:
            changed |= {
                "payment_method": method["id"],
                "status": "requires_confirmation",
                "next_action": None,
                "last_payment_error": None,
            }
    intent.update(changed | {"amount": amount, "currency": currency})
    call.sandbox.store.save("payment_intent", intent)
    return intent


def confirm(call: Call) -> StripeObject:
    intent = call.find("payment_intent", param="intent")
    intent_calls.check_client_secret(call, intent)
    if call.key.publishable:
        intent_fields.check_page_may_confirm(call, intent)
    intent_fields.refuse_not_imitated(call.params)
    intent_states.check_confirmable(intent)
    confirmation_tokens.apply(call)
    changed = intent_fields.changed(call, intent)
    intent_calls.check_return_url(call, intent)
    method = _named_method(call, intent | changed)
    if method is None:
        if intent["payment_method"] is None:
            raise intent_states.missing_method(intent)
        method = call.find("payment_method", intent["payment_method"], "payment_method", "PaymentMethod")
    attempts.check_ready(call, intent | changed, method)
    intent.update(changed)
    confirmation_tokens.spend(call, intent)
    attempts.confirm(call, intent, method)
    return intent


def capture(call: Call) -> StripeObject:
    intent = call.find("payment_intent", param="intent")
    intent_states.check_capturable(intent)
    intent_fields.refuse_not_imitated(call.params)
    if call.params.get("final_capture") is False:
        raise errors.not_imitated("capturing one PaymentIntent several times")
    amount: int = intent["amount_capturable"]
    if "amount_to_capture" in call.params:
        amount = call.params["amount_to_capture"]
    if not 1 <= amount <= intent["amount_capturable"]:
        raise StripeError(
            "The remaining amount of this PaymentIntent that can be captured is less than the requested "
            "amount_to_capture"
            if amount > 0
            else "Invalid positive integer",
            code="amount_too_large" if amount > 0 else "parameter_invalid_integer",
            param="amount_to_capture",
        )
    charge = call.find("charge", intent["latest_charge"])
    charge |= {"captured": True, "amount_captured": amount}
    intent |= {
        "status": "succeeded",
        "amount_received": amount,
        "amount_capturable": 0,
        "metadata": merged(intent["metadata"], call.params.get("metadata")),
    }
    call.sandbox.store.save("charge", charge)
    call.sandbox.store.save("payment_intent", intent)
    emit(call.sandbox, "charge.captured", charge, call.cause)
    emit(call.sandbox, "payment_intent.succeeded", intent, call.cause)
    charges.settle_later(call.sandbox, charge)
    dispute_courses.come_later(call.sandbox, charge)
    return intent


def cancel(call: Call) -> StripeObject:
    intent = call.find("payment_intent", param="intent")
    intent_states.check_cancelable(intent)
    if intent["status"] == "processing":
        method_payments.recall(call, intent)
    holds.cancel(call.sandbox, intent, call.params.get("cancellation_reason"), call.cause)
    return intent


def _named_method(call: Call, intent: dict[str, Any]) -> StripeObject | None:
    """The PaymentMethod that the request names or describes, fit for this intent."""
    kind = str((call.params.get("payment_method_data") or {}).get("type"))
    described = not call.params.get("payment_method") and kind in methods.BY_TYPE
    if described and kind not in intent["payment_method_types"]:
        raise attempts.not_allowed(intent, kind)
    method = payment_methods.named(call)
    if method is None:
        return None
    attempts.check_fits(call.sandbox, intent, method)
    return method
