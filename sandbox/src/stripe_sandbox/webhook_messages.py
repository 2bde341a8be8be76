"""What a webhook is made of: endpoint, delivery, payload in the endpoint's version, signature.

Source: https://docs.stripe.com/webhooks/signature, https://docs.stripe.com/api/webhook_endpoints/object.
"""

import hashlib
import hmac
from typing import TYPE_CHECKING

import orjson

from stripe_sandbox import versions
from stripe_sandbox.ids import alphanumeric, plain_id
from stripe_sandbox.store import Store, StripeObject

if TYPE_CHECKING:
    from stripe_sandbox.sandbox import Sandbox


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """The `Stripe-Signature` header: HMAC-SHA256 of `timestamp.body`, keyed with the whole `whsec_…`."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


def wants(endpoint: StripeObject, event_type: str) -> bool:
    """Tell whether an endpoint is enabled and subscribed to a type."""
    enabled = endpoint["enabled_events"]
    return endpoint["status"] == "enabled" and ("*" in enabled or event_type in enabled)


def payload(event: StripeObject, version: str, store: Store) -> bytes:
    """An event as its receiver sees it: indented JSON in the endpoint's API version."""
    seen = event | {"api_version": version}
    seen["data"] = event["data"] | {"object": versions.render(event["data"]["object"], version, store)}
    return orjson.dumps(seen, option=orjson.OPT_INDENT_2)


def new_endpoint(
    sandbox: "Sandbox", *, url: str, enabled_events: list[str], description: str | None
) -> StripeObject:
    """A WebhookEndpoint in Stripe's shape, without its secret, not yet saved."""
    return {
        "id": plain_id("we"),
        "object": "webhook_endpoint",
        "api_version": None,
        "application": None,
        "created": sandbox.now(),
        "description": description,
        "enabled_events": enabled_events,
        "livemode": False,
        "metadata": {},
        "status": "enabled",
        "url": url,
    }


def new_secret() -> str:
    return f"whsec_{alphanumeric(32)}"


def new_delivery(
    sandbox: "Sandbox", event: StripeObject, endpoint: StripeObject, status: str
) -> StripeObject:
    """A delivery.

    `status`: pending, succeeded, failed (given up), lost (swallowed for a test), stopped (endpoint gone).
    """
    about = event["data"]["object"]
    return {
        "id": plain_id("del"),
        "event": event["id"],
        "type": event["type"],
        "endpoint": endpoint["id"],
        "url": endpoint["url"],
        "about": about.get("payment_intent") or about.get("id") or "",
        "created": sandbox.now(),
        "status": status,
        "request_body": None,
        "attempts": [],
        "next_attempt": None,
    }
