"""Stripe's events as they arrived: each recorded once, with what became of it."""

import re
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bookshop.database import Table, now
from bookshop.payments import VerifiedEvent

# Where a PaymentIntent's client secret stands in an event; whoever reads the table must not get it.
CLIENT_SECRET = "client_secret"  # noqa: S105  the name of a field
# A client secret in the middle of other text, such as the address of a redirect.
SECRET_INSIDE = re.compile(r"_secret_[0-9A-Za-z]+")


class StripeEvent(Table):
    """One verified event, written in the same commit as its effects."""

    __tablename__ = "stripe_events"

    id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(index=True)
    created: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(default=now, index=True)
    outcome: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)


class EventMark(Table):
    """How far Stripe's list of events has been read: one row, Stripe's time."""

    __tablename__ = "event_mark"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    read_until: Mapped[datetime]


IS_RECORDED = sa.select(sa.exists().where(StripeEvent.id == sa.bindparam("event_id")))

RECORD = (
    insert(StripeEvent.__table__)
    .values(
        id=sa.bindparam("id"),
        type=sa.bindparam("type"),
        created=sa.func.to_timestamp(sa.bindparam("created_at")),
        outcome=sa.bindparam("outcome"),
        payload=sa.bindparam("payload"),
    )
    .on_conflict_do_nothing(index_elements=[StripeEvent.id])
    .returning(StripeEvent.id)
)


async def is_recorded(session: AsyncSession, event_id: str) -> bool:
    """Whether this event has been handled before."""
    return await session.scalar(IS_RECORDED, {"event_id": event_id}) or False


async def recorded(session: AsyncSession, event_ids: list[str]) -> set[str]:
    """Those of these events that have been handled before."""
    return set(await session.scalars(sa.select(StripeEvent.id).where(StripeEvent.id.in_(event_ids))))


async def record(session: AsyncSession, event: VerifiedEvent, outcome: str) -> bool:
    """Write the event down with what became of it; False where it is there already.

    The last statement of the transaction that did what the event calls for: of several that arrive together
    the later ones wait here for the first one's commit, and then have to roll back.
    """
    values = {
        "id": event.id,
        "type": event.type,
        "created_at": event.created,
        "outcome": outcome,
        "payload": _storable(event.payload),
    }
    return (await session.scalar(RECORD, values)) is not None


async def mark(session: AsyncSession) -> datetime | None:
    """Up to when Stripe's list of events has been read, by Stripe's clock; None before the first time."""
    return await session.scalar(sa.select(EventMark.read_until))


async def move_mark(session: AsyncSession, read_until: datetime) -> None:
    """Note that every event up to this moment has been taken; several readers never move it back."""
    row = insert(EventMark).values(id=1, read_until=read_until)
    later = sa.func.greatest(EventMark.read_until, row.excluded.read_until)
    await session.execute(
        row.on_conflict_do_update(index_elements=[EventMark.id], set_={"read_until": later})
    )


async def set_mark_back(session: AsyncSession, read_until: datetime) -> None:
    """Note that what came after this moment is not known to have been taken."""
    await session.execute(sa.update(EventMark).values(read_until=read_until))


def _storable(value: Any) -> Any:
    """The payload without client secrets, in text that PostgreSQL's jsonb can hold."""
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items() if key != CLIENT_SECRET}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return _text(value) if isinstance(value, str) else value


def _text(value: str) -> str:
    """Without NUL and half surrogate pairs, which jsonb refuses, and without secrets inside addresses."""
    whole = value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return SECRET_INSIDE.sub("_secret_[hidden]", whole)
