"""Everything that happened to one payment, in order: API requests, events and their deliveries.

Stripe's timestamps are whole seconds, too coarse to order by. But events stand in the store in the order in
which they happened, and each logged request remembers how many events there were when it ended.
"""

from dataclasses import dataclass

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


def timeline_of(sandbox: Sandbox, intent_id: str) -> list[Happening]:
    """Oldest first. Requests go back as far as the log does, events to the payment's beginning."""
    events = [
        (position, event)
        for position, event in enumerate(sandbox.store.oldest_first("event"))
        if concerns(event, intent_id)
    ]
    deliveries = deliveries_about(sandbox, intent_id)
    names = (intent_id, *(source["id"] for source in challenges_of(sandbox, intent_id)))
    first_caused: dict[str | None, int] = {}
    for position, event in events:
        first_caused.setdefault(event["request"]["id"], position)
    placed = [
        (
            (position, 1),
            Happening(event["created"], event=event, deliveries=tuple(deliveries.get(event["id"], ()))),
        )
        for position, event in events
    ]
    for logged in sandbox.requests:
        if _touched(logged, intent_id, names):
            position = first_caused.get(logged.id, logged.events_before)
            placed.append(((position, 0), Happening(logged.created, request=logged)))
    return [happening for _, happening in sorted(placed, key=lambda pair: pair[0])]


def concerns(event: StripeObject, intent_id: str) -> bool:
    """Whether an event tells about this PaymentIntent or something of its own, such as its charge."""
    about = event["data"]["object"]
    return intent_id in (about.get("id"), about.get("payment_intent"))


def deliveries_about(sandbox: Sandbox, intent_id: str) -> dict[str, list[StripeObject]]:
    """A payment's deliveries by event, oldest first."""
    found: dict[str, list[StripeObject]] = {}
    for delivery in sandbox.store.oldest_first("delivery"):
        if delivery["about"] == intent_id:
            found.setdefault(delivery["event"], []).append(delivery)
    return found


def challenges_of(sandbox: Sandbox, intent_id: str) -> list[StripeObject]:
    """The payment's 3-D Secure challenges, oldest first; `state` says how each ended."""
    sources = sandbox.store.oldest_first("three_d_secure_source")
    return [source for source in sources if source["payment_intent"] == intent_id]


def _touched(logged: LoggedRequest, intent_id: str, names: tuple[str, ...]) -> bool:
    """Whether a request named the payment or its challenge, or made a change and was answered with it."""
    named = any(name in logged.path or name in logged.parameters for name in names)
    return named or (logged.method != "GET" and f'"{intent_id}"' in logged.answer)
