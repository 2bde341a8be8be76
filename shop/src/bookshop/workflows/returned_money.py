"""Money that goes back: what Stripe's events about refunds, disputes and fraud warnings call for.

Each story reads its object again, with its payment, which names the order; so it does not matter in which
order they come. The payment is settled first: a refund may be told before the payment that it gives back.
"""

from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import disputes, ledger, payment_facts, payments, refunds, review, telemetry
from bookshop.disputes import DISPUTE, INQUIRIES, DisputeSnapshot
from bookshop.fraud_warnings import FRAUD_WARNING, FraudWarning
from bookshop.orders import Order
from bookshop.payment_facts import Kind, Seen
from bookshop.payments import VerifiedEvent
from bookshop.refund_calls import REFUND
from bookshop.refunds import RefundSnapshot
from bookshop.snapshots import ORDER_METADATA, PaymentSnapshot
from bookshop.wiring import Shop
from bookshop.workflows.follow_ups import FollowUps
from bookshop.workflows.settle_payment import Cause, settle_payment
from bookshop.workflows.stories import Effect, Story, gone, not_ours

log = structlog.get_logger()

# Follow a fact of a locked order, as Stripe tells it now; what became of it, in a word.
Take = Callable[[AsyncSession, FollowUps, Order, Seen], Awaitable[str]]


async def fee(shop: Shop, event: VerifiedEvent, cause: Cause) -> Effect | None:
    """Stripe tells what it kept of a payment, some time after it: the payment is read again with it."""
    charge = event.object
    if charge.get("object") != "charge" or not charge.get("balance_transaction"):
        return None
    # A charge has its PaymentIntent's metadata (docs.stripe.com/api/charges/object).
    if not charge.get("payment_intent") or ORDER_METADATA not in (charge.get("metadata") or {}):
        return not_ours
    payment = await payments.read(shop.stripe, charge["payment_intent"])

    async def settle(session: AsyncSession) -> str:
        outcome, _ = await _settled(session, shop, payment, cause, event)
        return outcome

    return settle


async def take_refund(
    session: AsyncSession, follow_ups: FollowUps, order: Order, seen: RefundSnapshot
) -> str:
    """Follow a refund of a locked order; the customer is owed a mail by the commit that learns of it."""
    news = await refunds.mirror(session, order, seen)
    found = news.refund
    if news.is_change:
        telemetry.refunds.labels(found.state).inc()
        log.info("refund followed", refund=seen.id, order=str(order.id), state=found.state)
    if news.is_undone:
        flag_refund(order, found, found.failure or found.state)
    elif news.is_made:
        await follow_ups.deliver_refund_notice(session, found.id)
    await _flag_if_twice(session, order)
    return f"refund {found.state}"


async def take_dispute(
    session: AsyncSession, _follow_ups: FollowUps, order: Order, seen: DisputeSnapshot
) -> str:
    """Follow a dispute of a locked order, with what it moved."""
    if await disputes.mirror(session, order, seen):
        telemetry.disputes.labels(seen.status).inc()
        amount = f"{seen.money.figure} {seen.money.currency.upper()}"
        review.flag(order, f"dispute {seen.id} of {amount} ({seen.reason}): {seen.status}")
        log.error("dispute", dispute=seen.id, order=str(order.id), status=seen.status, reason=seen.reason)
    if seen.status not in INQUIRIES:
        await _flag_if_twice(session, order)
    return f"dispute {seen.status}"


async def take_fraud_warning(
    _session: AsyncSession, _follow_ups: FollowUps, order: Order, seen: FraudWarning
) -> str:
    """Tell a person that a card's bank reports the payment as fraud, weeks before anybody may dispute it.

    The rule: that person decides. A refund spares the dispute and its fee, but the money may be needed as
    evidence, and what a program gave back cannot be called back.
    """
    if not seen.is_actionable:
        return "warning over"
    review.flag(order, f"the card's bank reports fraud ({seen.kind}, {seen.id}): refund it or be ready")
    telemetry.fraud_warnings.inc()
    log.error("payment reported as fraud", order=str(order.id), warning=seen.id, kind=seen.kind)
    return "warned"


def flag_refund(order: Order, refund: refunds.Refund, why: str) -> None:
    """Tell a person that a refund came to nothing: its money is still ours to give back."""
    amount = f"{refund.money.figure} {refund.currency.upper()}"
    review.flag(order, f"refund {refund.stripe_id or refund.id} of {amount} came to nothing: {why}")
    log.error("refund came to nothing", refund=str(refund.id), order=str(order.id), reason=why)


async def _follow(
    kind: Kind[Seen], take: Take[Seen], shop: Shop, event: VerifiedEvent, cause: Cause
) -> Effect | None:
    object_id = event.object.get("id")
    if event.object.get("object") != kind.name or not isinstance(object_id, str):
        return None
    found = await payment_facts.read(shop.stripe, kind, object_id)
    if found is None:
        return gone
    seen, payment = found
    if payment is None:
        return not_ours

    async def follow(session: AsyncSession) -> str:
        outcome, order = await _settled(session, shop, payment, cause, event)
        return await take(session, shop.follow_ups, order, seen) if order else outcome

    return follow


async def _settled(
    session: AsyncSession, shop: Shop, payment: PaymentSnapshot, cause: Cause, event: VerifiedEvent
) -> tuple[str, Order | None]:
    detail = f"{event.type} {event.id}"
    outcome, order = await settle_payment(session, shop.follow_ups, payment, cause=cause, detail=detail)
    return outcome.value, order


async def _flag_if_twice(session: AsyncSession, order: Order) -> None:
    """A refund made before the payment was disputed stays made; only evidence brings one of them back."""
    done = await ledger.balance(session, order.id, order.currency)
    if done.refunded.amount + done.disputed.amount > done.charged.amount:
        review.flag(order, "more went back than was paid: answer the dispute with the refund as evidence")
        log.error("more went back than was paid", order=str(order.id))


refund: Story = partial(_follow, REFUND, take_refund)
dispute: Story = partial(_follow, DISPUTE, take_dispute)
fraud_warning: Story = partial(_follow, FRAUD_WARNING, take_fraud_warning)
