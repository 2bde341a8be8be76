"""What a publishable key with a client secret may see.

Source: the fields marked for publishable keys in https://docs.stripe.com/api/payment_intents/object.
"""

from stripe_sandbox.store import StripeObject

_SEEN_OF_INTENT = frozenset({
    "id", "object", "amount", "automatic_payment_methods", "canceled_at", "cancellation_reason",
    "capture_method", "client_secret", "confirmation_method", "created", "currency", "description",
    "last_payment_error", "livemode", "next_action", "payment_method", "payment_method_types", "processing",
    "receipt_email", "setup_future_usage",
    "shipping", "status",
})  # fmt: skip
_SEEN_OF_SETUP = frozenset({
    "id", "object", "automatic_payment_methods", "cancellation_reason", "client_secret", "created",
    "description", "last_setup_error", "livemode", "next_action", "payment_method", "payment_method_types",
    "status", "usage",
})  # fmt: skip
_SEEN = {"payment_intent": _SEEN_OF_INTENT, "setup_intent": _SEEN_OF_SETUP}


def publishable_view(value: StripeObject) -> StripeObject:
    """An intent without what only the account's owner may see; other objects stay as they are."""
    seen = _SEEN.get(str(value.get("object")))
    return {name: item for name, item in value.items() if name in seen} if seen else value
