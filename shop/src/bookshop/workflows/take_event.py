"""One event of Stripe's, whoever brings it: recorded once, with what it calls for, in one commit."""

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import events, payments, snapshots
from bookshop.payments import VerifiedEvent
from bookshop.wiring import Shop
from bookshop.workflows.close_order import count_decline
from bookshop.workflows.returned_money import dispute, fee, fraud_warning, refund
from bookshop.workflows.settle_payment import Cause, settle_payment
from bookshop.workflows.stories import Effect, Story

log = structlog.get_logger()

IGNORED = "ignored"
DUPLICATE = "duplicate"


async def take_event(shop: Shop, event: VerifiedEvent, *, cause: Cause) -> str:
    """Record the event and do what it calls for, in one commit; what became of it, in a word.

    What has to be asked of Stripe is asked before that transaction begins. An event without a story is
    recorded and ignored, `payment_intent.created` among them: it tells of something that we have just done.

    Raises:
        PaymentsUnavailableError: the event needs a fresh look at Stripe and that failed; nothing is recorded.
    """
    effect = await _effect(shop, event, cause)
    async with shop.sessions() as session:
        if effect and await events.is_recorded(session, event.id):
            return DUPLICATE
        outcome = await effect(session) if effect else IGNORED
        # Of several that arrived together one is recorded; the others did nothing that lasts.
        if not await events.record(session, event, outcome):
            await session.rollback()
            return DUPLICATE
        await session.commit()
    return outcome


async def _effect(shop: Shop, event: VerifiedEvent, cause: Cause) -> Effect | None:
    if event.livemode != shop.settings.live:
        log.error("event of the other mode", livemode=event.livemode)
        return None
    story = STORIES.get(event.type)
    return await story(shop, event, cause) if story else None


async def _payment(shop: Shop, event: VerifiedEvent, cause: Cause) -> Effect | None:
    """The PaymentIntent an event is about, read again unless its state is final: a payload may be stale."""
    if event.object.get("object") != "payment_intent":
        return None
    payment = snapshots.snapshot(event.object)
    if payment.order_id is not None and not payment.is_final:
        payment = await payments.read(shop.stripe, payment.id)

    async def settle(session: AsyncSession) -> str:
        detail = f"{event.type} {event.id}"
        outcome, _ = await settle_payment(session, shop.follow_ups, payment, cause=cause, detail=detail)
        return outcome.value

    return settle


async def _declined(shop: Shop, event: VerifiedEvent, cause: Cause) -> Effect | None:
    """A payment that did not come about. One that a card's bank declined counts against order and address."""
    settle = await _payment(shop, event, cause)
    error = event.object.get("last_payment_error")
    if settle is None or not isinstance(error, dict) or error.get("type") != "card_error":
        return settle

    async def settle_and_count(session: AsyncSession) -> str:
        outcome = await settle(session)
        await count_decline(session, shop, snapshots.snapshot(event.object))
        return outcome

    return settle_and_count


STORIES: dict[str, Story] = {
    "charge.dispute.closed": dispute,
    "charge.dispute.created": dispute,
    "charge.dispute.funds_reinstated": dispute,
    "charge.dispute.funds_withdrawn": dispute,
    "charge.dispute.updated": dispute,
    "charge.refund.updated": refund,
    "charge.updated": fee,
    "payment_intent.amount_capturable_updated": _payment,
    "payment_intent.canceled": _payment,
    "payment_intent.partially_funded": _payment,
    "payment_intent.payment_failed": _declined,
    "payment_intent.processing": _payment,
    "payment_intent.requires_action": _payment,
    "payment_intent.succeeded": _payment,
    "radar.early_fraud_warning.created": fraud_warning,
    "radar.early_fraud_warning.updated": fraud_warning,
    "refund.created": refund,
    "refund.failed": refund,
    "refund.updated": refund,
}
