"""Stripe's door: verify, record once, settle, and say 2xx only for what is durable."""

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bookshop import payments, telemetry
from bookshop.web.bodies import read_bytes
from bookshop.wiring import Shop
from bookshop.workflows.settle_payment import Cause
from bookshop.workflows.take_event import take_event

# Bytes; a PaymentIntent's events are below 20 kB.
LARGEST_EVENT = 1_048_576


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
    outcome = await take_event(shop, event, cause=Cause.WEBHOOK)
    telemetry.webhook_events.labels(event.type, outcome).inc()
    return JSONResponse({"received": True, "outcome": outcome})
