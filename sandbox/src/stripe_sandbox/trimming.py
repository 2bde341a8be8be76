"""What nothing can ask for any more goes, so that a sandbox that runs for weeks, and its file, stay small.

Bounds, by the sandbox's clock:

- events: 30 days, as long as Stripe's own API gives them (https://docs.stripe.com/api/events)
- deliveries that are over: the newest `KEPT_DELIVERIES`, and none older than their event
- challenges and payment attempts of intents that succeeded or were canceled: a day
- idempotency keys: a day (idempotency.py); requests: the newest 500, in memory alone (request_log.py)

Payments, customers and whatever else the API lists without an end stay until a reset.
"""

from collections.abc import Callable
from itertools import takewhile

from stripe_sandbox.events import KEPT_SECONDS
from stripe_sandbox.resources import three_d_secure
from stripe_sandbox.resources.intent_states import FINAL
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

SECONDS_BETWEEN = 60
KEPT_DELIVERIES = 5_000
_DAY = 24 * 60 * 60


def trim(sandbox: Sandbox) -> None:
    """Forget what is beyond the bounds above, in memory and in the file."""
    now = sandbox.now()
    # Oldest first: the walk ends at the first that stays, however many there are.
    old = takewhile(lambda event: event["created"] < now - KEPT_SECONDS, sandbox.store.oldest_first("event"))
    gone = _remove(sandbox, "event", [event["id"] for event in old])
    for logged in sandbox.requests:
        logged.events_before = max(logged.events_before - gone, 0)
    over = [
        delivery for delivery in sandbox.store.oldest_first("delivery") if delivery["status"] != "pending"
    ]
    beyond = {delivery["id"] for delivery in over[: max(len(over) - KEPT_DELIVERIES, 0)]}
    _forget(
        sandbox,
        "delivery",
        lambda delivery: delivery["id"] in beyond or sandbox.store.get("event", delivery["event"]) is None,
    )
    for kind in ("three_d_secure_source", "payment_attempt"):
        _forget(sandbox, kind, lambda item: item["created"] < now - _DAY and _is_over(sandbox, item))
    sandbox.store.commit()


def _forget(sandbox: Sandbox, kind: str, unwanted: Callable[[StripeObject], bool]) -> None:
    _remove(sandbox, kind, [item["id"] for item in sandbox.store.oldest_first(kind) if unwanted(item)])


def _remove(sandbox: Sandbox, kind: str, identifiers: list[str]) -> int:
    for identifier in identifiers:
        sandbox.store.remove(kind, identifier)
    return len(identifiers)


def _is_over(sandbox: Sandbox, item: StripeObject) -> bool:
    intent = three_d_secure.intent_of(sandbox, item)
    return intent is None or intent["status"] in FINAL
