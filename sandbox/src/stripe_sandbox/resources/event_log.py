"""Events: one, or a list by type, time and delivery. https://docs.stripe.com/api/events."""

from stripe_sandbox import errors
from stripe_sandbox.call import Call
from stripe_sandbox.events import KEPT_SECONDS
from stripe_sandbox.pagination import page
from stripe_sandbox.store import StripeObject

_MOST_TYPES = 20


def retrieve(call: Call) -> StripeObject:
    event = call.find("event")
    if event["created"] < _oldest(call):
        raise errors.no_such("event", call.id)
    return event


def list_all(call: Call) -> StripeObject:
    one, several = call.params.get("type"), call.params.get("types")
    if one and several:
        raise errors.exclusive_parameters("type", "types")
    if several and len(several) > _MOST_TYPES:
        raise errors.invalid_parameter(f"You may pass up to {_MOST_TYPES} types.", "types")
    patterns = several or ([one] if one else [])
    delivered = call.params.get("delivery_success")
    oldest = _oldest(call)
    return page(
        call,
        "event",
        lambda event: (
            event["created"] >= oldest
            and (not patterns or any(_matches(event["type"], pattern) for pattern in patterns))
            and delivered in (None, event["pending_webhooks"] == 0)
        ),
    )


def _oldest(call: Call) -> int:
    return call.sandbox.now() - KEPT_SECONDS


def _matches(event_type: str, pattern: str) -> bool:
    """`charge.*` stands for every type below `charge`."""
    return event_type == pattern or (pattern.endswith("*") and event_type.startswith(pattern[:-1]))
