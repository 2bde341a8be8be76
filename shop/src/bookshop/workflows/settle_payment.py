"""News of a PaymentIntent, whoever brings it: the order settled and its follow-ups owed, in one commit."""

from enum import StrEnum

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import orders, payments, settlement, telemetry
from bookshop.errors import PaymentsUnavailableError
from bookshop.orders import Order
from bookshop.settlement import Outcome
from bookshop.snapshots import PaymentSnapshot
from bookshop.wiring import Shop
from bookshop.workflows.follow_ups import FollowUps

log = structlog.get_logger()


class Cause(StrEnum):
    """Who brought the news; it stands in the order's history and in the metrics."""

    WEBHOOK = "webhook"
    ORDER_PAGE = "order page"
    CHECKOUT = "checkout"
    RECONCILER = "reconciler"
    CUSTOMER = "canceled by the customer"
    SHOPKEEPER = "canceled by the shopkeeper"
    EXPIRY = "waited too long"
    CART = "cart ordered again"
    DECLINES = "declined too often"


async def settle_payment(
    session: AsyncSession, follow_ups: FollowUps, payment: PaymentSnapshot, *, cause: Cause, detail: str = ""
) -> tuple[Outcome, Order | None]:
    """Settle the order that a PaymentIntent belongs to. The caller commits; see `settlement.settle`."""
    settled = await settlement.settle(session, payment, cause=f"{cause} {detail}".strip())
    outcome, order = settled.outcome, settled.order
    telemetry.settlements.labels(cause, outcome).inc()
    if outcome is Outcome.PAID and order is not None:
        await follow_ups.deliver_confirmation(session, order.id)
    if settled.refund is not None:
        await follow_ups.refund_order(session, settled.refund.id)
    if outcome is not Outcome.UNCHANGED:
        level = log.error if outcome in {Outcome.FLAGGED, Outcome.UNKNOWN_ORDER} else log.info
        level(
            "payment settled",
            outcome=outcome.value,
            cause=cause.value,
            payment_intent=payment.id,
            payment_status=payment.status,
            order=str(order.id) if order else payment.order_id,
            reason=order.review_reason if order else None,
        )
    return outcome, order


async def ask_stripe(shop: Shop, order: Order, *, cause: Cause) -> tuple[Outcome, Order]:
    """Settle the order by Stripe's present word, or leave it as it is where Stripe does not answer.

    Either way the order counts as asked about, so that neither a page that follows it nor the reconciler asks
    again at once.
    """
    if order.payment_intent_id is None:
        return Outcome.UNCHANGED, order
    try:
        payment = await payments.read(shop.stripe, order.payment_intent_id)
    except PaymentsUnavailableError:
        async with shop.sessions.begin() as session:
            await orders.note_asked(session, order.id)
        return Outcome.UNCHANGED, order
    async with shop.sessions.begin() as session:
        outcome, settled = await settle_payment(session, shop.follow_ups, payment, cause=cause)
        if settled is None:
            return outcome, order
        await orders.load_lines(session, settled)
    return outcome, settled
