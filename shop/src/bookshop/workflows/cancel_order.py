"""An order is given up: its PaymentIntent is canceled at Stripe, and the order follows."""

import uuid

import structlog

from bookshop import cancellation, orders, payments
from bookshop.errors import PaymentsUnavailableError
from bookshop.orders import State
from bookshop.payments import CancellationReason
from bookshop.snapshots import ABANDONED, TAKEN
from bookshop.wiring import Shop
from bookshop.workflows.settle_payment import Cause, settle_payment

log = structlog.get_logger()


# What Stripe is told, where it is not the customer's wish.
REASONS: dict[Cause, CancellationReason] = {Cause.EXPIRY: ABANDONED, Cause.DECLINES: "fraudulent"}


async def cancel_order(shop: Shop, order_id: uuid.UUID, *, cause: Cause) -> None:
    """Cancel an unpaid order, or settle it by what Stripe says when its payment was faster.

    Safe to repeat, and beside anything else that happens to the order. Also puts away a PaymentIntent that
    came into being while its order was closed.

    Raises:
        PaymentsUnavailableError: Stripe gave no usable answer; the order is as it was.
    """
    async with shop.sessions.begin() as session:
        to = State.EXPIRED if cause == Cause.EXPIRY else State.CANCELED
        withdrawal = await cancellation.begin(session, order_id, to=to, cause=cause)
    if withdrawal is None:
        return
    payment = await payments.cancel(
        shop.stripe,
        withdrawal.payment_intent_id,
        reason=REASONS.get(cause, "requested_by_customer"),
        idempotency_key=withdrawal.idempotency_key,
    )
    async with shop.sessions.begin() as session:
        _, order = await settle_payment(session, shop.follow_ups, payment, cause=cause)
        if order is not None and payment.status in TAKEN:
            cancellation.refuse(order, to=to)
    if payment.status not in {*TAKEN, "canceled"}:
        raise PaymentsUnavailableError(f"canceling a PaymentIntent left it {payment.status}")


async def put_away(shop: Shop, order_id: uuid.UUID, *, cause: Cause) -> bool:
    """Cancel what a closed order left open at Stripe; when that fails now, the reconciler does it later."""
    try:
        await cancel_order(shop, order_id, cause=cause)
    except PaymentsUnavailableError:
        log.warning("a closed order's payment could not be canceled yet", order=str(order_id))
        async with shop.sessions.begin() as session:
            await orders.note_asked(session, order_id)
        return False
    return True
