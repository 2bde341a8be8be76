"""Everything that happened to one payment, in order: API requests, events and their deliveries.

Stripe's timestamps are whole seconds, too coarse to order by. But events stand in the store in the order in
which they happened, and each logged request remembers how many events there were when it ended.
"""

from dataclasses import dataclass

from stripe_sandbox.dashboard.belonging import Belonging
from stripe_sandbox.request_log import LoggedRequest
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject


@dataclass(frozen=True, slots=True)
class Happening:
    """An API request, or an event with its deliveries; exactly one of `request` and `event` is there."""

    at: int
    request: LoggedRequest | None = None
    event: StripeObject | None = None
    deliveries: tuple[StripeObject, ...] = ()


def timeline_of(sandbox: Sandbox, belonging: Belonging, intent_id: str) -> list[Happening]:
    """Oldest first. Requests go back as far as the log does, events to the payment's beginning."""
    events = belonging.of("event", intent_id)
    deliveries: dict[str, list[StripeObject]] = {}
    for delivery in belonging.of("delivery", intent_id):
        deliveries.setdefault(delivery["event"], []).append(delivery)
    names = (intent_id, *(source["id"] for source in belonging.of("three_d_secure_source", intent_id)))
    positions = {event["id"]: belonging.event_position(event["id"]) for event in events}
    first_caused: dict[str | None, int] = {}
    for event in events:
        first_caused.setdefault(event["request"]["id"], positions[event["id"]])
    placed = [
        (
            (positions[event["id"]], 1),
            Happening(event["created"], event=event, deliveries=tuple(deliveries.get(event["id"], ()))),
        )
        for event in events
    ]
    for logged in sandbox.requests:
        if _touched(logged, intent_id, names):
            position = first_caused.get(logged.id, logged.events_before)
            placed.append(((position, 0), Happening(logged.created, request=logged)))
    return [happening for _, happening in sorted(placed, key=lambda pair: pair[0])]


def _touched(logged: LoggedRequest, intent_id: str, names: tuple[str, ...]) -> bool:
    """Whether a request named the payment or its challenge, or made a change and was answered with it."""
    named = any(name in logged.path or name in logged.parameters for name in names)
    return named or (logged.method != "GET" and f'"{intent_id}"' in logged.answer)
