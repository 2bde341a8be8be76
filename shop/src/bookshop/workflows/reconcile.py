"""Repair what lost webhooks left behind: by Stripe's list of events, and by every order that is not final."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import listings, open_orders, payments, telemetry
from bookshop.database import now
from bookshop.errors import PaymentsUnavailableError
from bookshop.orders import Order
from bookshop.settlement import Outcome
from bookshop.wiring import Shop
from bookshop.workflows import rounds
from bookshop.workflows.cancel_order import cancel_order
from bookshop.workflows.read_events import BROKEN, LEFT, Reading, read_events
from bookshop.workflows.settle_payment import Cause, settle_payment
from bookshop.workflows.take_event import DUPLICATE, IGNORED

log = structlog.get_logger()

# What is younger is most likely still on its way to us, and its webhook or its page will tell.
SETTLING_TIME = timedelta(seconds=20)

# The events tell what moves; an open order is asked about by itself only this often.
BETWEEN_READS = timedelta(minutes=5)

# Words of an event or an order that was as it should be.
AS_IT_SHOULD_BE = frozenset(
    {IGNORED, DUPLICATE, Outcome.UNCHANGED, Outcome.NOT_OURS, Outcome.UNKNOWN_ORDER, "gone"}
)
# Words of one that is as it was, because it could not be helped.
NOT_MENDED = frozenset({LEFT, BROKEN, rounds.SILENT, rounds.REJECTED})
PUT_AWAY = "closed at Stripe too"


@dataclass(slots=True)
class Report:
    """What a reconciliation found: events that no webhook had brought, and what became of open orders."""

    reading: Reading = field(default_factory=Reading)
    orders: Counter[str] = field(default_factory=Counter)
    is_silent: bool = False

    @property
    def repairs(self) -> Counter[str]:
        """What was mended, by what told of it."""
        found: Counter[str] = Counter()
        for (kind, outcome), count in self.reading.taken.items():
            if outcome not in AS_IT_SHOULD_BE | NOT_MENDED:
                found[f"{kind}: {outcome}"] += count
        for words, count in self.orders.items():
            if words not in AS_IT_SHOULD_BE | NOT_MENDED:
                found[f"order: {words}"] += count
        return found

    @property
    def is_whole(self) -> bool:
        """Whether Stripe answered for everything."""
        return not (self.is_silent or self.reading.left or self.orders[rounds.SILENT])

    def lines(self) -> Iterator[str]:
        """The report in sentences."""
        asked, taken = self.orders.total(), self.reading.taken.total()
        yield f"{taken} events that no webhook had brought; asked Stripe about {asked} open orders"
        if self.reading.forgotten:
            begin, end = (moment.isoformat(timespec="minutes") for moment in self.reading.forgotten)
            yield f"Stripe lists no events from {begin} to {end} any more: its payments were gone through"
        repairs = self.repairs
        yield f"repaired {repairs.total()}"
        for words, count in sorted(repairs.items()):
            yield f"  {count} {words}"
        if broken := sum(count for (_, word), count in self.reading.taken.items() if word == BROKEN):
            yield f"{broken} events could not be understood: the log names them"
        if rejected := self.orders[rounds.REJECTED]:
            yield f"Stripe refuses to tell about {rejected}: `bookshop audit` names them"
        if self.is_silent:
            yield "Stripe does not answer: run this again"
        elif not self.is_whole:
            left = self.reading.left + self.orders[rounds.SILENT]
            yield f"Stripe gave no usable answer about {left} of them: run this again"


async def reconcile(
    shop: Shop,
    *,
    since: datetime | None = None,
    settling: timedelta = SETTLING_TIME,
    between_reads: timedelta = timedelta(0),
) -> Report:
    """Take the events that webhooks lost since the mark, or `since`; then settle every order not final.

    What is younger than `settling`, and orders that Stripe was asked about within `between_reads`, are left
    alone. Safe to run at any time and beside itself.
    """
    report = Report()
    began = now()
    try:
        # The second that has begun belongs to it, too.
        until = await listings.moment(shop.stripe) - settling + timedelta(seconds=1)
        report.reading = await read_events(shop, since=since, until=until)
    except PaymentsUnavailableError:
        report.is_silent = True
        return report
    asked_before = began - between_reads

    async def left_open(session: AsyncSession) -> list[Order]:
        return await open_orders.left_open(session, asked_before=asked_before, limit=rounds.BATCH)

    async def unsettled(session: AsyncSession) -> list[Order]:
        return await open_orders.unsettled(
            session, placed_before=began - settling, asked_before=asked_before, limit=rounds.BATCH
        )

    report.orders += await rounds.walk(shop, left_open, lambda order: _put_away(shop, order))
    report.orders += await rounds.walk(shop, unsettled, lambda order: _ask(shop, order))
    for what, count in report.repairs.items():
        telemetry.repairs.labels(what).inc(count)
    if report.repairs:
        log.warning("reconciler repaired", **report.repairs)
    return report


async def reconcile_by_the_clock(shop: Shop) -> None:
    """What the worker does again and again: nothing while another process is at it."""
    async with rounds.alone(shop, "reconcile") as is_alone:
        if is_alone:
            await reconcile(shop, between_reads=BETWEEN_READS)


async def _put_away(shop: Shop, order: Order) -> str:
    await cancel_order(shop, order.id, cause=Cause.RECONCILER)
    return PUT_AWAY


async def _ask(shop: Shop, order: Order) -> str:
    assert order.payment_intent_id is not None, "orders without a payment are not asked about"  # noqa: S101
    payment = await payments.read(shop.stripe, order.payment_intent_id)
    async with shop.sessions.begin() as session:
        outcome, _ = await settle_payment(session, shop.follow_ups, payment, cause=Cause.RECONCILER)
    return outcome.value
