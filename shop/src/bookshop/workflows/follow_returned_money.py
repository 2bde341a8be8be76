"""Refunds and disputes that nobody has told us anything of for long are looked at again.

Stripe's events tell of them, and its list of events keeps them for thirty days. A refund that waits for its
customer and a dispute can take longer than that.
"""

import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import disputes, orders, payment_facts, refunds
from bookshop.database import now
from bookshop.disputes import DISPUTE, Dispute
from bookshop.errors import PaymentsUnavailableError
from bookshop.payment_facts import Kind, Seen
from bookshop.refund_calls import REFUND
from bookshop.refunds import Refund
from bookshop.wiring import Shop
from bookshop.workflows.returned_money import Take, take_dispute, take_refund

log = structlog.get_logger()

# Most refunds arrive within a day, and a bank decides about a dispute in weeks.
QUIET_REFUND = timedelta(hours=6)
QUIET_DISPUTE = timedelta(days=1)

# Note that Stripe was asked.
Note = Callable[[AsyncSession], Awaitable[None]]


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


async def _follow_refund(shop: Shop, refund: Refund) -> bool:
    assert refund.stripe_id is not None, "only what Stripe has made is quiet"  # noqa: S101
    note = partial(refunds.note_looked_at, refund_id=refund.id)
    return await _follow(shop, REFUND, refund.stripe_id, refund.order_id, take=take_refund, note=note)


async def _follow_dispute(shop: Shop, dispute: Dispute) -> bool:
    note = partial(disputes.note_looked_at, dispute_id=dispute.stripe_id)
    return await _follow(shop, DISPUTE, dispute.stripe_id, dispute.order_id, take=take_dispute, note=note)


async def _follow(
    shop: Shop, kind: Kind[Seen], stripe_id: str, order_id: uuid.UUID, *, take: Take[Seen], note: Note
) -> bool:
    found = await payment_facts.read(shop.stripe, kind, stripe_id)
    if found is None:
        return False
    seen, _ = found
    async with shop.sessions.begin() as session:
        order = await orders.locked(session, order_id)
        await take(session, shop.follow_ups, order, seen)
        await note(session)
    return True
