"""Stripe: PaymentIntents opened, read and canceled, and its signed events verified.

The only module that imports `stripe`. What leaves it are small values of ours; what the SDK raises becomes
`PaymentsUnavailableError` (nothing known to be charged, try again) or `UnsignedEventError`.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import aiohttp
import stripe
import structlog
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from stripe import StripeClient
from stripe.params import PaymentIntentCreateParams

from bookshop import telemetry
from bookshop.errors import PaymentsUnavailableError, UnsignedEventError
from bookshop.money import Money
from bookshop.settings import Settings
from bookshop.snapshots import ORDER_METADATA, PaymentSnapshot, snapshot

# Seconds a signature may be old, or dated in the future: the SDK checks the past only.
SIGNATURE_TOLERANCE = 300

# Seconds for a whole call and for reaching Stripe's host. The customer is waiting and the SDK tries three
# times, so a Stripe that says nothing costs at most some 17 seconds.
CALL_TIMEOUT = 5
CONNECT_TIMEOUT = 1

# Idempotency keys for one PaymentIntent, and how far Stripe's clock may be from ours when we look for it.
KEYS = 3
CLOCKS_APART = timedelta(hours=1)

# Stripe's codes for a cancellation that comes too late (docs.stripe.com/error-codes).
TOO_LATE = frozenset({"payment_intent_unexpected_state", "payment_intent_invalid_cancellation_state"})

log = structlog.get_logger()


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


class _Http(stripe.AIOHTTPClient):
    """The SDK's own, which lets an answer that breaks off in the middle escape as aiohttp's error."""

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """One request; a broken answer is a lost one, which the SDK asks for again under the same key.

        Raises:
            stripe.APIConnectionError: no whole answer.
        """
        try:
            return await super().request_async(method, url, headers, post_data)
        except (aiohttp.ClientError, TimeoutError) as error:
            self._handle_request_error(error)


@dataclass(frozen=True, slots=True)
class StripeConnection:
    """The SDK's client for one event loop, and the HTTP session that has to be closed with it."""

    client: StripeClient
    http: stripe.AIOHTTPClient

    async def close(self) -> None:
        """Give back the connections to Stripe."""
        await self.http.close_async()  # type: ignore[no-untyped-call]


def connect(settings: Settings) -> StripeConnection:
    """A connection to Stripe's API at `stripe_api_base`.

    aiohttp because it costs a ninth of httpx's CPU time a call; retries because a `StripeClient` does none
    unless told. A call without an idempotency key gets one from the SDK, stable across its own retries.
    """
    http = _Http(timeout=aiohttp.ClientTimeout(total=CALL_TIMEOUT, sock_connect=CONNECT_TIMEOUT))
    client = StripeClient(
        settings.stripe_secret_key.get_secret_value(),
        base_addresses={"api": settings.stripe_api_base},
        max_network_retries=2,
        http_client=http,
    )
    return StripeConnection(client, http)


async def open_intent(
    stripe_api: StripeConnection,
    *,
    total: Money,
    order_id: str,
    idempotency_key: str,
    description: str,
    placed_at: datetime,
) -> PaymentSnapshot:
    """Create the PaymentIntent of an order, or get the same one back.

    The parameters of one idempotency key never change: a retry after a lost answer finds the same intent.
    A failure of Stripe's own is kept under the key too, and repeated for a day whether Stripe had acted or
    not (docs.stripe.com/api/idempotent_requests): then we look whether it had, before the next key is used.

    Raises:
        PaymentsUnavailableError: no usable answer; calling again with the same key is safe.
    """
    params: PaymentIntentCreateParams = {
        "amount": total.amount,
        "currency": total.currency,
        "automatic_payment_methods": {"enabled": True},
        "description": description,
        "metadata": {ORDER_METADATA: order_id},
    }
    try:
        for number in range(1, KEYS + 1):
            key = idempotency_key if number == 1 else f"{idempotency_key}:{number}"
            try:
                made = await stripe_api.client.v1.payment_intents.create_async(
                    params, {"idempotency_key": key}
                )
                return snapshot(made.to_dict())
            except stripe.APIError as error:
                if not _is_kept(error) or number == KEYS:
                    raise
            if found := await _opened(stripe_api, order_id, placed_at):
                return found
    except stripe.StripeError as error:
        raise unavailable(error, "opening") from error
    raise AssertionError("the last key answers or raises")


def _is_kept(error: stripe.APIError) -> bool:
    headers: Mapping[str, str] = error.headers or {}
    return headers.get("Idempotent-Replayed") == "true"


async def _opened(stripe_api: StripeConnection, order_id: str, placed_at: datetime) -> PaymentSnapshot | None:
    """The order's PaymentIntent, read from Stripe's list, which unlike its search is never behind."""
    since = int((placed_at - CLOCKS_APART).timestamp())
    listed = await stripe_api.client.v1.payment_intents.list_async({"created": {"gte": since}, "limit": 100})
    async for intent in listed.auto_paging_iter():
        if (found := snapshot(intent.to_dict())).order_id == order_id:
            return found
    return None


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
        intent = await stripe_api.client.v1.payment_intents.update_async(
            payment_intent_id, {"amount": total.amount}
        )
    except stripe.InvalidRequestError as error:
        if error.code != "payment_intent_unexpected_state":
            raise unavailable(error, "changing") from error
        return await read(stripe_api, payment_intent_id)
    except stripe.StripeError as error:
        raise unavailable(error, "changing") from error
    return snapshot(intent.to_dict())


async def read(stripe_api: StripeConnection, payment_intent_id: str) -> PaymentSnapshot:
    """What Stripe says about a PaymentIntent now, with the method it was paid with.

    Raises:
        PaymentsUnavailableError: no usable answer.
    """
    try:
        intent = await stripe_api.client.v1.payment_intents.retrieve_async(
            payment_intent_id, {"expand": ["latest_charge", "payment_method"]}
        )
    except stripe.StripeError as error:
        raise unavailable(error, "reading") from error
    return snapshot(intent.to_dict())


async def cancel(
    stripe_api: StripeConnection,
    payment_intent_id: str,
    *,
    reason: Literal["requested_by_customer", "abandoned"],
    idempotency_key: str,
) -> PaymentSnapshot:
    """Cancel a PaymentIntent; what Stripe says of it afterwards, canceled or not.

    It is not canceled when the customer's payment was faster: only Stripe knows which of the two came first.

    Raises:
        PaymentsUnavailableError: no usable answer; it may be canceled or not.
    """
    try:
        intent = await stripe_api.client.v1.payment_intents.cancel_async(
            payment_intent_id,
            {"cancellation_reason": reason, "expand": ["latest_charge", "payment_method"]},
            {"idempotency_key": idempotency_key},
        )
    except stripe.InvalidRequestError as error:
        if error.code not in TOO_LATE:
            raise unavailable(error, "canceling") from error
        return await read(stripe_api, payment_intent_id)
    except stripe.StripeError as error:
        raise unavailable(error, "canceling") from error
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


def unavailable(error: stripe.StripeError, doing: str) -> PaymentsUnavailableError:
    """What a failed call to Stripe becomes for its callers, logged and counted."""
    telemetry.stripe_failures.labels(doing).inc()
    log.warning(
        "stripe call failed",
        doing=doing,
        error=type(error).__name__,
        code=error.code,
        http_status=error.http_status,
        stripe_request_id=error.request_id,
    )
    return PaymentsUnavailableError(f"{doing} a PaymentIntent failed: {type(error).__name__}")
