"""Stripe: PaymentIntents opened, read and canceled, and its signed events verified.

What leaves this module are small values of ours; what the SDK raises becomes `PaymentsUnavailableError`
(nothing known to be charged, try again; see `stripe_calls.py`) or `UnsignedEventError`.
"""

import json
import time
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import stripe
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bookshop.errors import UnsignedEventError
from bookshop.money import Money
from bookshop.snapshots import ORDER_METADATA, PaymentSnapshot, snapshot
from bookshop.stripe_calls import RefusedError, StripeConnection, ask

# Seconds a signature may be old, or dated in the future: the SDK checks the past only.
SIGNATURE_TOLERANCE = 300

# Stripe's codes for a cancellation that comes too late (docs.stripe.com/error-codes).
TOO_LATE = frozenset({"payment_intent_unexpected_state", "payment_intent_invalid_cancellation_state"})

# What is read with a PaymentIntent: the method it was paid with, and what Stripe kept of it.
EXPANDED = ["latest_charge.balance_transaction", "payment_method"]

# Stripe's words for why a PaymentIntent is canceled (docs.stripe.com/api/payment_intents/cancel).
CancellationReason = Literal["requested_by_customer", "abandoned", "fraudulent"]


@dataclass(frozen=True, slots=True)
class VerifiedEvent:
    """An event that Stripe signed for us. `payload` is the whole event object."""

    id: str
    type: str
    created: int
    livemode: bool
    payload: dict[str, Any]

    @property
    def object(self) -> dict[str, Any]:
        """The event's object as it was when the event was made; it may be stale by now."""
        found: dict[str, Any] = self.payload["data"]["object"]
        return found


# Stripe's identifiers and type names: printable ASCII without blanks, so that any table can hold them.
_Name = Annotated[str, StringConstraints(pattern=r"^[!-~]+$", max_length=255)]


class _EventData(BaseModel):
    object: dict[str, Any]


class _Envelope(BaseModel):
    """What every event has, before anything is believed about its object (docs.stripe.com/api/events)."""

    model_config = ConfigDict(strict=True)

    id: _Name
    type: _Name
    created: int = Field(ge=0, lt=2**40)
    livemode: bool
    data: _EventData


async def open_intent(
    stripe_api: StripeConnection, *, total: Money, order_id: str, idempotency_key: str, description: str
) -> PaymentSnapshot:
    """Create the PaymentIntent for one attempt of one order, or get the same one back.

    The parameters of one idempotency key never change: a retry after a lost answer finds the same intent.

    Raises:
        KeySpentError: Stripe failed, perhaps for ever under this key; `listings.find_intent` tells more.
        PaymentsUnavailableError: no usable answer; calling again with the same key is safe.
    """
    intent = await ask(
        stripe_api,
        "opening",
        lambda: stripe_api.client.v1.payment_intents.create_async(
            {
                "amount": total.amount,
                "currency": total.currency,
                "automatic_payment_methods": {"enabled": True},
                "description": description,
                "metadata": {ORDER_METADATA: order_id},
            },
            {"idempotency_key": idempotency_key},
        ),
    )
    return snapshot(intent.to_dict())


async def change_amount(
    stripe_api: StripeConnection, payment_intent_id: str, total: Money
) -> PaymentSnapshot:
    """Let a PaymentIntent that is not paid ask for this amount; one that moved on meanwhile comes as it is.

    What a bank was asked to approve is void with it (the intent goes back to `requires_confirmation`). Each
    call has a key of its own, which the SDK keeps over its retries: an amount set twice is the same amount,
    but a key that came again when an amount goes up, down and up would be answered from the first time.

    Raises:
        PaymentsUnavailableError: no usable answer; calling again is safe.
    """
    try:
        intent = await ask(
            stripe_api,
            "changing",
            lambda: stripe_api.client.v1.payment_intents.update_async(
                payment_intent_id, {"amount": total.amount}
            ),
            expected=frozenset({"payment_intent_unexpected_state"}),
        )
    except RefusedError:
        return await read(stripe_api, payment_intent_id)
    return snapshot(intent.to_dict())


async def read(stripe_api: StripeConnection, payment_intent_id: str) -> PaymentSnapshot:
    """What Stripe says about a PaymentIntent now, with the method it was paid with.

    Raises:
        PaymentsUnavailableError: no usable answer.
    """
    intent = await ask(
        stripe_api,
        "reading",
        lambda: stripe_api.client.v1.payment_intents.retrieve_async(payment_intent_id, {"expand": EXPANDED}),
    )
    return snapshot(intent.to_dict())


async def cancel(
    stripe_api: StripeConnection,
    payment_intent_id: str,
    *,
    reason: CancellationReason,
    idempotency_key: str,
) -> PaymentSnapshot:
    """Cancel a PaymentIntent; what Stripe says of it afterwards, canceled or not.

    It is not canceled when the customer's payment was faster: only Stripe knows which of the two came first.

    Raises:
        PaymentsUnavailableError: no usable answer; it may be canceled or not.
    """
    try:
        intent = await ask(
            stripe_api,
            "canceling",
            lambda: stripe_api.client.v1.payment_intents.cancel_async(
                payment_intent_id,
                {"cancellation_reason": reason, "expand": EXPANDED},
                {"idempotency_key": idempotency_key},
            ),
            expected=TOO_LATE,
        )
    except RefusedError:
        return await read(stripe_api, payment_intent_id)
    return snapshot(intent.to_dict())


def verify_event(body: bytes, signature: str | None, secrets: tuple[str, ...]) -> VerifiedEvent:
    """The event in a raw webhook body, if one of our secrets signed it within the last five minutes.

    Raises:
        UnsignedEventError: anything else, including bodies made to break a parser.
    """
    if not signature:
        raise UnsignedEventError("no Stripe-Signature header")
    try:
        text = body.decode("utf-8")
        if not any(_signed(text, signature, secret) for secret in secrets):
            raise UnsignedEventError("no secret of ours signed this")
        payload = json.loads(text)
        envelope = _Envelope.model_validate(payload)
    except (ValueError, TypeError, RecursionError) as error:
        raise UnsignedEventError("not an event") from error
    return VerifiedEvent(envelope.id, envelope.type, envelope.created, envelope.livemode, payload)


def _signed(body: str, signature: str, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret, tolerance=SIGNATURE_TOLERANCE)
    except stripe.SignatureVerificationError:
        return False
    signed_at = next(int(part[2:]) for part in signature.split(",") if part.startswith("t="))
    return signed_at <= time.time() + SIGNATURE_TOLERANCE
