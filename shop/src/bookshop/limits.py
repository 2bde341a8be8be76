"""How often one address may place orders and one order may be tried, before it has to wait.

Against card testing (somebody tries stolen cards by the thousand) and hoarding. Each subject has two buckets
that leak at a steady pace, a quick and a slow one: first a minute's wait, later an hour's. They are kept in
PostgreSQL, so they hold for all web servers together; a row is written by one guarded statement, and swept
once it says nothing. Why these numbers: docs/decisions/0013-limits-against-card-testing.md.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bookshop import telemetry
from bookshop.database import Table
from bookshop.orders import Order, State
from bookshop.settings import Settings
from bookshop.stock import Hold, StockHold

Subject = str | uuid.UUID

# So many of an hour's newest orders are looked at, and so many of them are paid unless the shop is besieged:
# of customers who press Pay far more than a quarter finish.
SIEGE_ORDERS = 100
SIEGE_PAID = 25
SIEGE_TIME = timedelta(hours=1)

# Copies of counted books, held for unpaid orders from one address.
HOARD = 50


# How much is let through: the setting ABUSE_LIMITS.
Level = Literal["normal", "tight", "off"]


@dataclass(frozen=True, slots=True)
class Bucket:
    """One attempt leaks out every `pace`; so many fit in at once."""

    pace: timedelta
    most: Mapping[Level, int]


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one subject may do, by a quick and by a slow bucket; `name` is its name in table and metrics."""

    name: str
    quick: Bucket
    slow: Bucket


MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

# An address, for each order placed and each payment declined.
ADDRESS = Allowance(
    "address",
    quick=Bucket(MINUTE, {"normal": 12, "tight": 5}),
    slow=Bucket(HOUR, {"normal": 40, "tight": 6}),
)

# An order, for each time that its payment is opened again: every press of Pay after the first.
OPENINGS = Allowance(
    "openings",
    quick=Bucket(MINUTE, {"normal": 20, "tight": 10}),
    slow=Bucket(HOUR, {"normal": 60, "tight": 30}),
)

# An order, for each payment of it that was declined. Beyond them it is closed.
DECLINES = Allowance(
    "declines",
    quick=Bucket(HOUR, {"normal": 8, "tight": 5}),
    slow=Bucket(HOUR, {"normal": 8, "tight": 5}),
)

# An address, for each wrong password of the shopkeeper's.
SIGN_IN = Allowance(
    "sign-in",
    quick=Bucket(MINUTE, {"normal": 8, "tight": 5}),
    slow=Bucket(HOUR, {"normal": 30, "tight": 10}),
)


class Spending(Table):
    """When a subject's two buckets will have leaked empty, if nothing is added."""

    __tablename__ = "spendings"

    allowance: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    quick_until: Mapped[datetime]
    slow_until: Mapped[datetime]


async def spend(
    session: AsyncSession, settings: Settings, allowance: Allowance, subject: Subject | None, *, at: datetime
) -> timedelta | None:
    """Spend one attempt and give None; or spend nothing and give how long there is none to spend.

    A subject that is not known (None) is not limited. Who stays within the tight limits is let through by one
    statement; beyond them the shop's present level decides.
    """
    if subject is None or settings.abuse_limits == "off":
        return None
    if await _add(session, allowance, subject, "tight", at):
        return None
    level = await present_level(session, settings, subject, at=at)
    if level == "normal" and await _add(session, allowance, subject, level, at):
        return None
    telemetry.limited.labels(allowance.name, level).inc()
    return await _wait(session, allowance, subject, level, at)


async def charge(
    session: AsyncSession, settings: Settings, allowance: Allowance, subject: Subject | None, *, at: datetime
) -> bool:
    """Note an attempt that has happened already; whether it was one too many."""
    if subject is None or settings.abuse_limits == "off":
        return False
    if await spend(session, settings, allowance, subject, at=at) is None:
        return False
    level = await present_level(session, settings, subject, at=at)
    # One more than fits in: what comes next waits a whole pace, and no flood of news makes that for ever.
    full = {
        "quick_until": at + allowance.quick.pace * (allowance.quick.most[level] + 1),
        "slow_until": at + allowance.slow.pace * (allowance.slow.most[level] + 1),
    }
    await session.execute(sa.update(Spending).where(*_is(allowance, subject)).values(full))
    return True


async def present_level(
    session: AsyncSession, settings: Settings, subject: Subject, *, at: datetime
) -> Level:
    """The level for this subject now: the setting's, or tight for a hoarder and while the shop is besieged.

    Besieged is a shop with many new orders of which most are not paid.
    """
    if settings.abuse_limits != "normal":
        return settings.abuse_limits
    if await _is_besieged(session, at) or await _copies_held(session, subject) >= HOARD:
        return "tight"
    return "normal"


def is_overdrawn(allowance: Allowance, subject: sa.ColumnElement[str]) -> sa.Exists:
    """Whether `charge` found an attempt too many for this subject in the last `pace`, at the normal level.

    A tight shop charges for fewer, and its rows look like those of a normal shop before the last attempt.
    """
    full = allowance.slow.pace * allowance.slow.most["normal"]
    return sa.exists().where(
        Spending.allowance == allowance.name,
        Spending.subject == subject,
        Spending.slow_until > sa.func.now() + full,
    )


async def sweep(session: AsyncSession, *, at: datetime) -> int:
    """Delete what has leaked empty and therefore limits nobody; the number of rows."""
    empty = (Spending.quick_until < at, Spending.slow_until < at)
    return len((await session.scalars(sa.delete(Spending).where(*empty).returning(Spending.subject))).all())


async def _is_besieged(session: AsyncSession, at: datetime) -> bool:
    newest = (
        sa.select(Order.state)
        .where(Order.created_at > at - SIEGE_TIME)
        .order_by(Order.created_at.desc())
        .limit(SIEGE_ORDERS)
        .subquery()
    )
    is_good = newest.c.state.in_({State.PAID, State.PROCESSING})
    query = sa.select(sa.func.count(), sa.func.count().filter(is_good)).select_from(newest)
    placed, good = (await session.execute(query)).one()
    return bool(placed == SIEGE_ORDERS and good < SIEGE_PAID)


async def _copies_held(session: AsyncSession, subject: Subject) -> int:
    """Copies of counted books that orders placed from this address keep from others; 0 for other subjects."""
    held = (
        sa.select(sa.func.sum(StockHold.quantity))
        .join(Order, Order.id == StockHold.order_id)
        .where(Order.placed_from == str(subject), StockHold.state == Hold.HELD)
    )
    return await session.scalar(held) or 0


async def _add(
    session: AsyncSession, allowance: Allowance, subject: Subject, level: Level, at: datetime
) -> bool:
    """One guarded statement: of any number at the same time, only as many as fit are added."""
    quick, slow = allowance.quick, allowance.slow
    row = insert(Spending).values(
        allowance=allowance.name,
        subject=str(subject),
        quick_until=at + quick.pace,
        slow_until=at + slow.pace,
    )
    quick_then = sa.func.greatest(Spending.quick_until, at) + quick.pace
    slow_then = sa.func.greatest(Spending.slow_until, at) + slow.pace
    added = row.on_conflict_do_update(
        index_elements=[Spending.allowance, Spending.subject],
        set_={"quick_until": quick_then, "slow_until": slow_then},
        where=sa.and_(
            quick_then <= at + quick.pace * quick.most[level],
            slow_then <= at + slow.pace * slow.most[level],
        ),
    ).returning(Spending.subject)
    return await session.scalar(added) is not None


async def _wait(
    session: AsyncSession, allowance: Allowance, subject: Subject, level: Level, at: datetime
) -> timedelta:
    query = sa.select(Spending.quick_until, Spending.slow_until).where(*_is(allowance, subject))
    quick_until, slow_until = (await session.execute(query)).one()
    quick, slow = allowance.quick, allowance.slow
    waits = (
        quick_until - quick.pace * (quick.most[level] - 1) - at,
        slow_until - slow.pace * (slow.most[level] - 1) - at,
    )
    return max(*waits, timedelta(seconds=1))


def _is(allowance: Allowance, subject: Subject) -> tuple[sa.ColumnElement[bool], ...]:
    return (Spending.allowance == allowance.name, Spending.subject == str(subject))
