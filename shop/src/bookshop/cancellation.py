"""Closing an order while nothing is paid: at its customer's wish, or because it waited too long.

A PaymentIntent that may still be paid is canceled at Stripe first, and the order follows what Stripe says:
only Stripe knows whether the cancellation or the payment came first. `workflows/cancel_order.py` tells the
story; here stand the two decisions, each made under the order's row lock.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import orders, stock
from bookshop.orders import CLOSED, Order, State
from bookshop.snapshots import FINAL


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What has to be asked of Stripe: to cancel this PaymentIntent, under this idempotency key."""

    payment_intent_id: str
    idempotency_key: str


async def begin(session: AsyncSession, order_id: uuid.UUID, *, to: State, cause: str) -> Withdrawal | None:
    """Close an order that has no PaymentIntent, or say which one must be canceled first; None: all is done.

    `to` is the state that a closed order takes.

    Closing without asking is safe: a client secret is handed out only after the PaymentIntent's id was
    written on the order under this same lock (`workflows/open_payment.py`), so that nobody can pay one that
    we do not know. One that is being created meanwhile finds a closed order, and is canceled in its turn.
    """
    order = await orders.locked(session, order_id)
    if order.state in {State.PAID, State.PROCESSING} or order.payment_status == "succeeded":
        refuse(order, to=to)
        return None
    if order.state in CLOSED and (order.payment_intent_id is None or order.payment_status in FINAL):
        return None
    if order.payment_intent_id is None:
        await orders.move(session, order, to, cause=cause)
        await stock.release(session, order.id)
        return None
    order.cancel_attempts += 1
    return Withdrawal(order.payment_intent_id, order.cancellation_key)


def refuse(order: Order, *, to: State) -> None:
    """Note on a locked order that its payment was faster than the wish to cancel it, if a person had it."""
    if to == State.CANCELED:
        order.cancel_refused_by = order.payment_status
