"""The states of a PaymentIntent, the moves between them, and how Stripe words a move that it refuses.

https://docs.stripe.com/payments/paymentintents/lifecycle

    requires_payment_method ──method──▶ requires_confirmation
            │    ▲                            │
            │    └── declined or ─────────────┤ confirm
            │        not authenticated        ▼
            └──────── confirm ──────▶ requires_action (3-D Secure, a bank's page, a code to scan)
                                              │ authenticated, authorised
                        ┌─────────────────────┤──────────▶ processing (debits, delayed results)
                        ▼                     ▼                 │ later
                   succeeded ◀──capture── requires_capture      ├─▶ succeeded
                                                                └─▶ requires_payment_method

`canceled` is reached from every state but `succeeded` and `canceled` itself, from `processing` by debits
only. With `confirmation_method=manual` an authenticated intent waits in `requires_confirmation` for the
server.
"""

from stripe_sandbox.errors import StripeError
from stripe_sandbox.resources import method_options
from stripe_sandbox.store import StripeObject

UPDATABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
CONFIRMABLE = UPDATABLE
CAPTURABLE = ("requires_capture",)
CANCELABLE = (
    "requires_payment_method",
    "requires_capture",
    "requires_confirmation",
    "requires_action",
    "processing",
)
FINAL = ("succeeded", "canceled")


def is_held(intent: StripeObject, kind: str) -> bool:
    """Tell whether money paid by a method waits for its capture, by its own option or the intent's."""
    return "manual" in (method_options.of(intent, kind).get("capture_method"), intent["capture_method"])


def check_updatable(intent: StripeObject) -> None:
    if intent["status"] not in UPDATABLE:
        raise _unexpected(
            intent,
            f"This PaymentIntent could not be updated because it has a status of {intent['status']}. Only a "
            f"PaymentIntent with one of the following statuses may be updated: {', '.join(UPDATABLE)}.",
        )


def check_confirmable(intent: StripeObject) -> None:
    if intent["status"] == "succeeded":
        raise _unexpected(
            intent,
            "You cannot confirm this PaymentIntent because it has already succeeded after being previously "
            "confirmed.",
        )
    if intent["status"] not in CONFIRMABLE:
        raise _unexpected(
            intent,
            f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}. Only a "
            f"PaymentIntent with one of the following statuses may be confirmed: {', '.join(CONFIRMABLE)}.",
        )


def check_capturable(intent: StripeObject) -> None:
    if intent["status"] not in CAPTURABLE:
        raise _unexpected(
            intent,
            f"This PaymentIntent could not be captured because it has a status of {intent['status']}. Only a "
            f"PaymentIntent with one of the following statuses may be captured: {', '.join(CAPTURABLE)}.",
        )


def check_cancelable(intent: StripeObject) -> None:
    if intent["status"] not in CANCELABLE:
        raise _unexpected(
            intent,
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. Only a "
            f"PaymentIntent with one of the following statuses may be canceled: {', '.join(CANCELABLE)}.",
        )


def missing_method(intent: StripeObject) -> StripeError:
    return _unexpected(
        intent,
        "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update "
        "the PaymentIntent with a payment method and then confirm it again, or confirm it again directly "
        "with a payment method or ConfirmationToken.",
    )


def _unexpected(intent: StripeObject, message: str) -> StripeError:
    return StripeError(
        message, code="payment_intent_unexpected_state", objects={"payment_intent": dict(intent)}
    )
