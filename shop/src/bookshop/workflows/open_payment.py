"""The payment of an order, opened for its page: one PaymentIntent, which asks for the order's total.

An order's total changes in one way: another address with another rate. The PaymentIntent is changed first,
and the order follows. Whoever dies in between leaves a PaymentIntent that the next press brings back to the
order, and no client secret leaves this file while the two differ.
"""

import uuid

import structlog

from bookshop import listings, orders, payments, placing, settlement
from bookshop.database import now
from bookshop.orders import CLOSED, Order, State
from bookshop.placing import AlreadyPlaced, Placed, Readdressed, TotalChanged
from bookshop.snapshots import PaymentSnapshot
from bookshop.stripe_calls import KEYS_ARE_KEPT, KeySpentError
from bookshop.wiring import Shop
from bookshop.workflows.cancel_order import put_away
from bookshop.workflows.settle_payment import Cause, settle_payment

log = structlog.get_logger()


async def open_payment(shop: Shop, order: Order) -> PaymentSnapshot | TotalChanged | AlreadyPlaced:
    """Create the order's PaymentIntent, or read it where there is one, and settle the order by it.

    Raises:
        PaymentsUnavailableError: Stripe does not answer; trying again is safe.
    """
    payment = await _created_or_read(shop, order)
    if payment.total != order.money and payment.can_change:
        log.warning(
            "payment intent brought back to its order", order=str(order.id), payment_intent=payment.id
        )
        payment = await payments.change_amount(shop.stripe, payment.id, order.money)
    if order.payment_intent_id is None and await _adopted(shop, payment):
        return payment
    async with shop.sessions.begin() as session:
        _, settled = await settle_payment(session, shop.follow_ups, payment, cause=Cause.CHECKOUT)
    settled = settled or order
    if settled.state != State.AWAITING_PAYMENT:
        if settled.state in CLOSED and not payment.is_final:
            await put_away(shop, order.id, cause=Cause.CHECKOUT)
        return AlreadyPlaced(settled)
    if settled.payment_intent_id != payment.id:
        return await _put_second_away(shop, settled.id, payment)
    if settled.money != payment.total:
        # Another window changed the address while this one waited for Stripe; or another amount was paid.
        return TotalChanged(settled.money, settled.shipping) if payment.can_change else AlreadyPlaced(settled)
    return payment


async def change_total(shop: Shop, change: Readdressed) -> Placed | TotalChanged | AlreadyPlaced:
    """Send the order to an address with another rate: the PaymentIntent first, then the order.

    Raises:
        PaymentsUnavailableError: Stripe does not answer; the order is as it was and trying again is safe.
    """
    opened = await open_payment(shop, change.order)
    if not isinstance(opened, PaymentSnapshot):
        return opened
    payment = await payments.change_amount(shop.stripe, opened.id, change.total)
    if payment.total != change.total:
        # It was paid, or is being paid, since we looked.
        again = await open_payment(shop, change.order)
        return AlreadyPlaced(change.order) if isinstance(again, PaymentSnapshot) else again
    async with shop.sessions.begin() as session:
        return await placing.take_new_rate(session, change)


async def _put_second_away(
    shop: Shop, order_id: uuid.UUID, second: PaymentSnapshot
) -> PaymentSnapshot | TotalChanged | AlreadyPlaced:
    """Two presses have opened a payment each, under two keys: the order has one, the other one is closed."""
    log.error("second payment of one order", order=str(order_id), payment_intent=second.id)
    await payments.cancel(
        shop.stripe, second.id, reason="abandoned", idempotency_key=f"{second.id}:cancel-second"
    )
    async with shop.sessions() as session:
        order = await orders.get(session, order_id)
    return await open_payment(shop, order)


async def _adopted(shop: Shop, payment: PaymentSnapshot) -> bool:
    async with shop.checkouts.take(), shop.engine.connect() as connection:
        return await settlement.adopt(connection, payment)


async def _created_or_read(shop: Shop, order: Order) -> PaymentSnapshot:
    if order.payment_intent_id is not None:
        return await payments.read(shop.stripe, order.payment_intent_id)
    if (order.opening_since or order.created_at) < now() - KEYS_ARE_KEPT:
        return await _found_or_new(shop, order)
    try:
        return await _opened(shop, order)
    except KeySpentError:
        log.warning("stripe failed to open a payment", order=str(order.id), opening=order.opening)
        return await _found_or_new(shop, order)


async def _found_or_new(shop: Shop, order: Order) -> PaymentSnapshot:
    """What Stripe made under a key that tells us nothing more, or one more try under the next key."""
    found = await listings.find_intent(shop.stripe, str(order.id), since=order.created_at)
    if found is not None:
        return found
    async with shop.sessions.begin() as session:
        order = await orders.next_opening(session, order.id, spent=order.opening)
    if order.payment_intent_id is not None:
        return await payments.read(shop.stripe, order.payment_intent_id)
    return await _opened(shop, order)


async def _opened(shop: Shop, order: Order) -> PaymentSnapshot:
    return await payments.open_intent(
        shop.stripe,
        total=order.money,
        order_id=str(order.id),
        idempotency_key=order.idempotency_key,
        description=order.description,
    )
