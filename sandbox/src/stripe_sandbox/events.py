"""Events: what happened, with a snapshot of the object, kept and sent to every endpoint that wants it.

Shape and meaning: https://docs.stripe.com/api/events/object.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from stripe_sandbox.ids import payment_id, plain_id
from stripe_sandbox.store import StripeObject

if TYPE_CHECKING:
    from stripe_sandbox.sandbox import Sandbox

KEPT_SECONDS = 30 * 24 * 60 * 60
"""How long an event can be asked for (https://docs.stripe.com/api/events)."""

_OF_PAYMENTS = frozenset({"payment_intent", "charge", "refund", "dispute"})


class Cause(NamedTuple):
    """The API request behind an event; both fields are null when Stripe itself acted."""

    id: str | None
    idempotency_key: str | None


STRIPE_ITSELF = Cause(None, None)


def emit(
    sandbox: "Sandbox",
    type: str,  # noqa: A002  the field's own name
    value: StripeObject,
    cause: Cause = STRIPE_ITSELF,
    previous_attributes: dict[str, Any] | None = None,
) -> StripeObject:
    """Record that something happened to `value` as it is now, and hand the event to the webhooks."""
    data: dict[str, Any] = {"object": dict(value)}
    if previous_attributes is not None:
        data["previous_attributes"] = previous_attributes
    event = {
        "id": payment_id("evt") if value["object"] in _OF_PAYMENTS else plain_id("evt"),
        "object": "event",
        "api_version": sandbox.account.api_version,
        "created": sandbox.now(),
        "data": data,
        "livemode": False,
        "pending_webhooks": 0,
        "request": {"id": cause.id, "idempotency_key": cause.idempotency_key},
        "type": type,
    }
    sandbox.webhooks.send(event)
    sandbox.store.save("event", event)
    return event
