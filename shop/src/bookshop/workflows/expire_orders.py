"""Orders that waited too long for their payment are closed, and their books go back on the shelf.

Stripe never ends a PaymentIntent by itself, so a closed order could be paid for ever: it is asked first, then
made to cancel, and the order follows. A payment that was faster at any of these moments wins.
"""

from collections import Counter
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import open_orders, orders, payments
from bookshop.database import now
from bookshop.orders import Order, State
from bookshop.snapshots import PaymentSnapshot
from bookshop.wiring import Shop
from bookshop.workflows import rounds
from bookshop.workflows.cancel_order import cancel_order
from bookshop.workflows.settle_payment import Cause, settle_payment

log = structlog.get_logger()

# Words for an order that is past its time and not closed.
STILL_PAYING = "still being paid"
AUTHORISED = "authorised, for a person to capture or cancel"


async def expire_orders(shop: Shop) -> Counter[str]:
    """Close the orders that wait for their payment longer than `order_lifetime`, the oldest first.

    What became of how many: their state now, or why they were left as they are. Safe to repeat, and beside
    anything else that happens to them.
    """
    began = now()
    placed_before = began - timedelta(minutes=shop.settings.order_lifetime)

    async def overdue(session: AsyncSession) -> list[Order]:
        return await open_orders.waiting(
            session, placed_before=placed_before, asked_before=began, limit=rounds.BATCH
        )

    told = await rounds.walk(shop, overdue, lambda order: _expire(shop, order))
    if told:
        log.info("orders expired", **told)
    return told


async def _expire(shop: Shop, order: Order) -> str:
    if order.payment_intent_id is not None:
        payment = await payments.read(shop.stripe, order.payment_intent_id)
        async with shop.sessions.begin() as session:
            _, settled = await settle_payment(session, shop.follow_ups, payment, cause=Cause.RECONCILER)
        if settled is not None and settled.state != State.AWAITING_PAYMENT:
            return settled.state
        if reason := to_be_left(payment):
            log.warning("order past its time left open", order=str(order.id), reason=reason)
            return reason
    await cancel_order(shop, order.id, cause=Cause.EXPIRY)
    async with shop.sessions() as session:
        return (await orders.get(session, order.id)).state


def to_be_left(payment: PaymentSnapshot) -> str | None:
    """Why an order that is not paid yet may be paid all the same."""
    if payment.status == "requires_capture":
        return AUTHORISED
    action = payment.next_action
    is_open = action is not None and action.expires_at is not None and action.expires_at > now()
    return STILL_PAYING if is_open else None
