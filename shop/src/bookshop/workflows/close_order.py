"""An order on which card after card is declined is closed: nobody tries stolen cards on it any longer."""

import uuid
from enum import StrEnum
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import limits, orders
from bookshop.database import now
from bookshop.errors import PaymentsUnavailableError
from bookshop.orders import State
from bookshop.snapshots import PaymentSnapshot
from bookshop.wiring import Shop
from bookshop.workflows import until_done
from bookshop.workflows.cancel_order import cancel_order
from bookshop.workflows.follow_ups import CLOSE_ORDER
from bookshop.workflows.settle_payment import Cause

log = structlog.get_logger()


class Attempt(StrEnum):
    """What became of one try."""

    CLOSED = "closed"
    LATER = until_done.LATER


async def count_decline(session: AsyncSession, shop: Shop, payment: PaymentSnapshot) -> None:
    """Count one declined card against its order and the address that placed it; beyond the order's, close it.

    The caller commits, and has settled the order in this session.
    """
    order = await orders.by_payment_intent(session, payment.id)
    if order is None or order.state != State.AWAITING_PAYMENT:
        return
    at = now()
    # The address alone closes nothing: its other customers would pay for what one of them does.
    await limits.charge(session, shop.settings, limits.ADDRESS, order.placed_from, at=at)
    if await limits.charge(session, shop.settings, limits.DECLINES, order.id, at=at):
        log.warning("declined too often", order=str(order.id), payment_intent=payment.id)
        await shop.follow_ups.close_order(session, order.id)


def register(shop: Shop) -> None:
    """Let this process run the workflow; it survives the process and goes on where it stopped."""
    until_done.register(CLOSE_ORDER, step="cancel_payment", attempt=partial(try_to_close, shop))


async def try_to_close(shop: Shop, order_id: uuid.UUID) -> Attempt:
    """Cancel the order's PaymentIntent, and so the order, unless a payment of it was taken meanwhile."""
    async with shop.sessions() as session:
        order = await orders.get(session, order_id)
    if order.state != State.AWAITING_PAYMENT:
        return Attempt.CLOSED
    try:
        await cancel_order(shop, order_id, cause=Cause.DECLINES)
    except PaymentsUnavailableError:
        log.warning("closing waits for Stripe", order=str(order_id))
        return Attempt.LATER
    return Attempt.CLOSED
