"""Orders, PaymentIntents and signed events for tests; everything that a test does not name is ordinary."""

import hmac
import json
import secrets
import time
import uuid
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from bookshop.money import Money
from bookshop.orders import Order, OrderLine, State
from bookshop.settings import Settings
from bookshop.snapshots import ORDER_METADATA, PaymentSnapshot

SECRET_KEY = "sk_test_51QmProofOfTheShop00"
PUBLISHABLE_KEY = "pk_test_51QmProofOfTheShop00"
WEBHOOK_SECRET = "whsec_4f0c1b6a2d9e8f7a6b5c4d3e2f1a0b9c"


def settings(**changes: Any) -> Settings:
    """Settings that would start a shop in test mode, read from nothing but these values."""
    values = {
        "database_url": "postgresql://shop@localhost/shop",
        "stripe_secret_key": SECRET_KEY,
        "stripe_publishable_key": PUBLISHABLE_KEY,
        "stripe_webhook_secret": WEBHOOK_SECRET,
    }
    return Settings(_env_file=None, **(values | changes))


def order(**changes: Any) -> Order:
    """An order of one book for S$23.00 that waits for the payment of its PaymentIntent."""
    line = OrderLine(
        position=0,
        book_id=1,
        slug="the-art-of-doing-science-and-engineering",
        title="The Art of Doing Science and Engineering",
        quantity=1,
        unit_amount=2300,
    )
    values: dict[str, Any] = {
        "id": uuid.uuid4(),
        "token": secrets.token_urlsafe(16),
        "checkout_key": secrets.token_urlsafe(24),
        "email": "ada@example.com",
        "currency": "sgd",
        "locale": "en",
        "total": 2300,
        "state": State.AWAITING_PAYMENT,
        "payment_intent_id": "pi_ours",
        "created_at": datetime(2026, 11, 22, tzinfo=UTC),
        "lines": [line],
    }
    return Order(**(values | changes))


def payment(order: object, /, *, status: str = "succeeded", **changes: Any) -> PaymentSnapshot:
    """What Stripe says about the PaymentIntent `pi_ours` of an order for S$23.00."""
    received = 2300 if status == "succeeded" else 0
    values: dict[str, Any] = {
        "id": "pi_ours",
        "status": status,
        "total": Money(2300, "sgd"),
        "received": Money(received, "sgd"),
        "order_id": str(order),
    }
    return PaymentSnapshot(**(values | changes))


def intent(order_id: object, **changes: Any) -> dict[str, Any]:
    """A PaymentIntent in Stripe's JSON, paid in full unless `changes` say otherwise."""
    values = {
        "id": f"pi_{secrets.token_hex(12)}",
        "object": "payment_intent",
        "amount": 2300,
        "amount_received": 2300,
        "currency": "sgd",
        "status": "succeeded",
        "metadata": {ORDER_METADATA: str(order_id)},
        "latest_charge": None,
        "last_payment_error": None,
        "livemode": False,
    }
    return values | changes


def event(stripe_object: dict[str, Any], kind: str = "payment_intent.succeeded", **changes: Any) -> bytes:
    """The raw body of an event about an object."""
    values = {
        "id": f"evt_{secrets.token_hex(12)}",
        "object": "event",
        "type": kind,
        "created": int(time.time()),
        "livemode": False,
        "data": {"object": stripe_object},
    }
    return json.dumps(values | changes).encode()


def signature(body: bytes, secret: str = WEBHOOK_SECRET, *, age: int = 0, scheme: str = "v1") -> str:
    """A `Stripe-Signature` header (docs.stripe.com/webhooks/signature), `age` seconds old."""
    signed_at = int(time.time()) - age
    mac = hmac.new(secret.encode(), b"%d." % signed_at + body, sha256).hexdigest()
    return f"t={signed_at},{scheme}={mac}"
