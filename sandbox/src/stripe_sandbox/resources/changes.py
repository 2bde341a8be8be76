"""Changing an object as Stripe does: what it was before goes along with the event."""

from typing import Any

from stripe_sandbox.call import Call
from stripe_sandbox.events import emit
from stripe_sandbox.store import StripeObject


def apply(call: Call, item: StripeObject, changed: dict[str, Any]) -> StripeObject:
    """Give an object new values and save it; tell of it, with the old ones, if any of them is different."""
    previous = {name: item.get(name) for name, value in changed.items() if item.get(name) != value}
    item |= changed
    kind = item["object"]
    call.sandbox.store.save(kind, item)
    if previous:
        emit(call.sandbox, f"{kind}.updated", item, call.cause, previous)
    return item
