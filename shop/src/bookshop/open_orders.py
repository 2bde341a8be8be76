"""The orders about which Stripe has to be asked: those that wait, and those that were closed too early.

Each query leaves out what Stripe was asked about at `asked_before` or later, whatever came of it, and what
somebody else holds at this moment. The caller notes what it takes as asked about (`orders.note_asked`), so
that a walk in batches reaches every order and comes to its end, and two walks share the work.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from bookshop.orders import CLOSED, UNPAID, Order, State
from bookshop.snapshots import FINAL


async def unsettled(
    session: AsyncSession, *, placed_before: datetime, asked_before: datetime, limit: int
) -> list[Order]:
    """Orders placed before a moment that Stripe may have settled without us, longest unasked first."""
    query = _not_asked_since(asked_before, limit).where(
        Order.state.in_(UNPAID), Order.payment_intent_id.is_not(None), Order.created_at < placed_before
    )
    first = Order.payment_read_at.asc().nulls_first()
    return list(await session.scalars(query.order_by(first, Order.created_at)))


async def waiting(
    session: AsyncSession, *, placed_before: datetime, asked_before: datetime, limit: int
) -> list[Order]:
    """Orders placed before a moment that still wait for their payment, oldest first."""
    query = _not_asked_since(asked_before, limit).where(
        Order.state == State.AWAITING_PAYMENT, Order.created_at < placed_before
    )
    return list(await session.scalars(query.order_by(Order.created_at)))


async def left_open(session: AsyncSession, *, asked_before: datetime, limit: int) -> list[Order]:
    """Closed orders whose PaymentIntent is, as far as we know, not canceled."""
    query = _not_asked_since(asked_before, limit).where(
        Order.state.in_(CLOSED), Order.payment_intent_id.is_not(None), Order.payment_status.not_in(FINAL)
    )
    return list(await session.scalars(query.order_by(Order.payment_read_at.asc().nulls_first())))


async def first_placed(session: AsyncSession) -> datetime | None:
    """When the shop's first order was placed."""
    return await session.scalar(sa.select(sa.func.min(Order.created_at)))


def _not_asked_since(moment: datetime, limit: int) -> sa.Select[Order]:
    was_asked = sa.func.coalesce(Order.payment_read_at >= moment, sa.false())
    return sa.select(Order).where(~was_asked).limit(limit).with_for_update(skip_locked=True)
