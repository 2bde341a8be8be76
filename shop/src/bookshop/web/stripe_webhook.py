"""Stripe's door: verify, record once, settle, and say 2xx only for what is durable."""

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bookshop import events, payments, snapshots, telemetry
from bookshop.payments import VerifiedEvent
from bookshop.web.bodies import read_bytes
from bookshop.wiring import Shop
from bookshop.workflows.settle_payment import Cause, settle_payment

log = structlog.get_logger()

# Bytes; a PaymentIntent's events are below 20 kB.
LARGEST_EVENT = 1_048_576

# The events that can move an order. All others are recorded and ignored, `payment_intent.created` among them:
# it tells of something that we have just done.
NEWS = frozenset(
    {
        "payment_intent.amount_capturable_updated",
        "payment_intent.canceled",
        "payment_intent.partially_funded",
        "payment_intent.payment_failed",
        "payment_intent.processing",
        "payment_intent.requires_action",
        "payment_intent.succeeded",
    }
)


async def receive(request: Request) -> Response:
    """Take one event. A 4xx or 5xx answer makes Stripe send it again later.

    Raises:
        UnsignedEventError: not signed for us (400).
        PaymentsUnavailableError: the event needs a fresh look at Stripe and that failed (503).
    """
    shop: Shop = request.app.state.shop
    body = await read_bytes(request, limit=LARGEST_EVENT)
    secrets = tuple(secret.get_secret_value() for secret in shop.settings.stripe_webhook_secret)
    event = payments.verify_event(body, request.headers.get("stripe-signature"), secrets)
    structlog.contextvars.bind_contextvars(stripe_event=event.id, event_type=event.type)
    outcome = await handle(shop, event)
    telemetry.webhook_events.labels(event.type, outcome).inc()
    return JSONResponse({"received": True, "outcome": outcome})


async def handle(shop: Shop, event: VerifiedEvent) -> str:
    """Record the event and do what it calls for, in one commit; what became of it, in a word."""
    if event.livemode != shop.settings.live:
        log.error("event of the other mode", livemode=event.livemode)
    async with shop.sessions() as session:
        if await events.is_recorded(session, event.id):
            return "duplicate"
    payment = await _news(shop, event) if event.livemode == shop.settings.live else None
    async with shop.sessions.begin() as session:
        if not await events.record(session, event):
            return "duplicate"
        if payment is None:
            outcome = "ignored"
        else:
            result, _ = await settle_payment(
                session, shop.follow_ups, payment, cause=Cause.WEBHOOK, detail=f"{event.type} {event.id}"
            )
            outcome = result.value
        await events.conclude(session, event.id, outcome)
    return outcome


async def _news(shop: Shop, event: VerifiedEvent) -> snapshots.PaymentSnapshot | None:
    """The PaymentIntent an event is about, read again unless its state is final: a payload may be stale."""
    if event.type not in NEWS or event.object.get("object") != "payment_intent":
        return None
    payment = snapshots.snapshot(event.object)
    if payment.order_id is None or payment.is_final:
        return payment
    return await payments.read(shop.stripe, payment.id)
