"""The shopkeeper gives money back: a part of a payment, all of it, or all of it and the order with it."""

import uuid
from enum import StrEnum

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import orders, refunds, stock
from bookshop.database import now
from bookshop.money import Money
from bookshop.orders import CLOSED, Order, State
from bookshop.refunds import Refund, Refusal, TooMuchBack
from bookshop.wiring import Shop
from bookshop.workflows.cancel_order import cancel_order
from bookshop.workflows.settle_payment import Cause

log = structlog.get_logger()

BY_HAND = "by the shopkeeper"


class CalledOff(StrEnum):
    """What became of an order that was to be called off."""

    CANCELED = "canceled"
    REFUNDED = "refunded"
    MOVING = "its money is moving"


async def refund_by_hand(
    shop: Shop, order_id: uuid.UUID, amount: Money | None, *, reason: str = "", key: uuid.UUID | None = None
) -> Refund | Refusal:
    """Owe the customer so much of the order's payment, None for all that is left.

    Asked for again under the same `key` it is the same refund.
    """
    cause = f"{BY_HAND}: {reason}" if reason else BY_HAND
    async with shop.sessions.begin() as session:
        order = await orders.locked(session, order_id)
        return await _owe(session, shop, order, amount, cause=cause, refund_id=key)


async def call_off(shop: Shop, order_id: uuid.UUID) -> CalledOff | Refusal:
    """Cancel an order that is not sent yet: one that is paid, or is paid meanwhile, gets its money back.

    Safe to repeat.

    Raises:
        PaymentsUnavailableError: Stripe did not say whether an unpaid order can be canceled.
    """
    async with shop.sessions() as session:
        is_paid = (await orders.get(session, order_id)).state == State.PAID
    if not is_paid:
        await cancel_order(shop, order_id, cause=Cause.SHOPKEEPER)
    async with shop.sessions.begin() as session:
        order = await orders.locked(session, order_id)
        if order.state in CLOSED:
            return CalledOff.CANCELED
        if order.state != State.PAID:
            return CalledOff.MOVING
        if order.called_off_at is not None:
            return CalledOff.REFUNDED
        owed = await _owe(session, shop, order, None, cause=f"called off {BY_HAND}")
        if not isinstance(owed, Refund) and owed != _nothing_left(order):
            return owed
        order.called_off_at, order.cancel_refused_by = now(), None
        await stock.take_back(session, order.id)
    log.info("order called off", order=str(order_id))
    return CalledOff.REFUNDED


async def _owe(
    session: AsyncSession,
    shop: Shop,
    order: Order,
    amount: Money | None,
    *,
    cause: str,
    refund_id: uuid.UUID | None = None,
) -> Refund | Refusal:
    if order.state != State.PAID or order.payment_intent_id is None:
        return _nothing_left(order)
    refund = await refunds.request(
        session, order, order.payment_intent_id, amount, cause=cause, refund_id=refund_id
    )
    if isinstance(refund, Refund):
        await shop.follow_ups.refund_order(session, refund.id)
        log.info("refund asked for", order=str(order.id), refund=str(refund.id), amount=refund.amount)
    return refund


def _nothing_left(order: Order) -> TooMuchBack:
    return TooMuchBack(Money(0, order.currency))
