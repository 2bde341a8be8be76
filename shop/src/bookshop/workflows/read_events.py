"""Stripe's own list of events, read from where the last reading ended: what webhooks lost is found here."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from bookshop import events, listings, open_orders
from bookshop.database import TROUBLE
from bookshop.errors import PaymentsUnavailableError
from bookshop.payments import VerifiedEvent
from bookshop.stripe_calls import RejectedError
from bookshop.wiring import Shop
from bookshop.workflows import rounds
from bookshop.workflows.read_objects import read_objects
from bookshop.workflows.settle_payment import Cause
from bookshop.workflows.take_event import STORIES, take_event

log = structlog.get_logger()

# How long Stripe lists an event (docs.stripe.com/api/events).
LISTED_FOR = timedelta(days=30)

# Events are read by so much time at once, oldest first, and the mark moves after each: a long silence is
# made up for in bounded memory, and a reading that dies half way has not been in vain.
WINDOW = timedelta(hours=1)

# Read twice: an event may turn up in the list a little after the moment it is dated, and clocks be set.
OVERLAP = timedelta(minutes=5)

# Words for an event that was not taken: Stripe has to be asked again; or we have to be mended, and then
# `bookshop reconcile --since` takes it.
LEFT = "left for the next time"
BROKEN = "not understood"


@dataclass(slots=True)
class Reading:
    """What a reading of the list came to: (type, outcome) of each event that was not recorded before.

    `left` are events that could not be taken now; they are read again next time. `forgotten` are the bounds
    of a time whose events Stripe lists no more.
    """

    taken: Counter[tuple[str, str]] = field(default_factory=Counter)
    left: int = 0
    forgotten: tuple[datetime, datetime] | None = None


async def read_events(shop: Shop, *, since: datetime | None, until: datetime) -> Reading:
    """Take every event of ours that Stripe lists between the mark, or `since`, and `until`, by its clock.

    Safe to repeat, and beside itself and the webhook door: each event is recorded once.

    Raises:
        PaymentsUnavailableError: the list itself could not be read; what was taken before stays so.
    """
    async with shop.sessions() as session:
        mark = await events.mark(session)
        first = await open_orders.first_placed(session)
    start = since or (min(mark, until) - OVERLAP if mark else (first or until) - listings.CLOCKS_APART)
    if since is None and mark is not None and mark > until + OVERLAP:
        start = await _set_back(shop, mark, until)
    reading = Reading()
    oldest = until - LISTED_FOR
    if start < oldest:
        reading.forgotten = (start, oldest)
        log.warning("stripe lists no events of this time any more", since=start.isoformat())
        reading.taken += await read_objects(shop, since=start, until=until)
        start = oldest
    # A reading that begins after the mark leaves a gap behind it, which the next one has to close.
    moves_mark = mark is None or start <= mark or reading.forgotten is not None
    for begin, end in _windows(start, until):
        listed = await listings.events(shop.stripe, list(STORIES), since=begin, until=end)
        await _take(shop, reading, listed)
        if moves_mark and not reading.left:
            async with shop.sessions.begin() as session:
                await events.move_mark(session, end)
    return reading


async def _set_back(shop: Shop, mark: datetime, until: datetime) -> datetime:
    """From when to read again: a host of Stripe's was ahead of the others, and took the mark with it.

    What happened since, by the right time, lies before the mark: as much as that is read once more.
    """
    log.warning("the mark was ahead of stripe's clock", seconds=(mark - until).total_seconds())
    async with shop.sessions.begin() as session:
        await events.set_mark_back(session, until)
    return until - (mark - until) - OVERLAP


async def _take(shop: Shop, reading: Reading, listed: Sequence[dict[str, Any]]) -> None:
    """Take what is not recorded yet of a list, newest first: oldest first for each payment."""
    async with shop.sessions() as session:
        recorded = await events.recorded(session, [event["id"] for event in listed])
    stories: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in reversed(listed):
        if event["id"] not in recorded:
            stories[_subject(event)].append(event)
    for outcomes in await rounds.abreast(list(stories.values()), lambda story: _take_story(shop, story)):
        reading.taken.update(outcomes)
        reading.left += sum(outcome == LEFT for _, outcome in outcomes)


async def _take_story(shop: Shop, story: list[dict[str, Any]]) -> list[tuple[str, str]]:
    outcomes = []
    for event in story:
        verified = VerifiedEvent(event["id"], event["type"], event["created"], event["livemode"], event)
        outcomes.append((verified.type, await _outcome(shop, verified)))
    return outcomes


async def _outcome(shop: Shop, event: VerifiedEvent) -> str:
    try:
        return await take_event(shop, event, cause=Cause.RECONCILER)
    except RejectedError as error:
        log.error("stripe tells nothing about an event", stripe_event=event.id, reason=str(error))  # noqa: TRY400
        return rounds.REJECTED
    except PaymentsUnavailableError:
        return LEFT
    except TROUBLE:
        raise
    except Exception:
        # A mistake of ours about one event must not keep it from all that come after it.
        log.exception("an event could not be taken", stripe_event=event.id, event_type=event.type)
        return BROKEN


def _subject(event: dict[str, Any]) -> str:
    """The PaymentIntent that an event is about, as far as its object tells."""
    about = event["data"]["object"]
    return str(about.get("payment_intent") or about.get("id") or uuid.uuid4())


def _windows(start: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    while start < until:
        end = min(start + WINDOW, until)
        yield start, end
        start = end
