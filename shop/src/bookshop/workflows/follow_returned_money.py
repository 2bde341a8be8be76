"""Refunds and disputes that nobody has told us anything of for long are looked at again.

Stripe's events tell of them, and its list of events keeps them for thirty days. A refund that waits for its
customer and a dispute can take longer than that.
"""

import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import disputes, orders, refund_calls, refunds
from bookshop.database import now
from bookshop.errors import PaymentsUnavailableError
from bookshop.orders import Order
from bookshop.refunds import UNDONE
from bookshop.wiring import Shop
from bookshop.workflows.returned_money import take_dispute, take_refund

log = structlog.get_logger()

# Most refunds arrive within a day, and a bank decides about a dispute in weeks.
QUIET_REFUND = timedelta(hours=6)
QUIET_DISPUTE = timedelta(days=1)


async def follow_returned_money(shop: Shop) -> int:
    """Look at what has been quiet, and say how much was looked at; safe to repeat at any time.

    What cannot be read now comes first the next time.
    """
    async with shop.sessions() as session:
        waiting = await refunds.quiet(session, since=now() - QUIET_REFUND)
        disputed = await disputes.quiet(session, since=now() - QUIET_DISPUTE)
    looked_at = 0
    try:
        for refund in waiting:
            looked_at += await _follow_refund(shop, refund)
        for dispute in disputed:
            looked_at += await _follow_dispute(shop, dispute)
    except PaymentsUnavailableError:
        log.warning("quiet refunds and disputes wait", looked_at=looked_at)
    return looked_at


async def _follow_refund(shop: Shop, refund: refunds.Refund) -> bool:
    assert refund.stripe_id is not None, "only what Stripe has made is quiet"  # noqa: S101
    found = await refund_calls.read(shop.stripe, refund.stripe_id)
    if found is None:
        return False
    seen, _ = found

    async def take(session: AsyncSession, order: Order) -> None:
        await take_refund(session, shop.follow_ups, order, seen)
        if seen.state not in UNDONE:
            await refunds.note_looked_at(session, refund.id)

    await _with_order(shop, refund.order_id, take)
    return True


async def _follow_dispute(shop: Shop, dispute: disputes.Dispute) -> bool:
    found = await disputes.read(shop.stripe, dispute.stripe_id)
    if found is None:
        return False
    seen, _ = found

    async def take(session: AsyncSession, order: Order) -> None:
        await take_dispute(session, order, seen)
        await disputes.note_looked_at(session, dispute.stripe_id)

    await _with_order(shop, dispute.order_id, take)
    return True


async def _with_order(
    shop: Shop, order_id: uuid.UUID, act: Callable[[AsyncSession, Order], Awaitable[None]]
) -> None:
    async with shop.sessions.begin() as session:
        order = await orders.locked(session, order_id)
        await act(session, order)
