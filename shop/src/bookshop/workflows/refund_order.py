"""A refund that was written down, carried out at Stripe: once, whatever dies or refuses in between."""

import uuid
from enum import StrEnum

import structlog

from bookshop import orders, refunds
from bookshop.errors import PaymentsUnavailableError
from bookshop.refunds import RefundRefusedError, RefundState
from bookshop.wiring import Shop
from bookshop.workflows import until_done
from bookshop.workflows.follow_ups import REFUND_ORDER

log = structlog.get_logger()


class Attempt(StrEnum):
    """What became of one try."""

    MADE = "made"
    REFUSED = "refused"
    LATER = until_done.LATER


def register(shop: Shop) -> None:
    """Let this process run the workflow; it survives the process and goes on where it stopped."""

    async def attempt(refund_id: str) -> Attempt:
        return await try_to_refund(shop, uuid.UUID(refund_id))

    until_done.register(REFUND_ORDER, step="carry_out_refund", attempt=attempt)


async def try_to_refund(shop: Shop, refund_id: uuid.UUID) -> Attempt:
    """Let Stripe make the refund, unless it has."""
    async with shop.sessions() as session:
        refund = await refunds.get(session, refund_id)
    if refund.state != RefundState.REQUESTED:
        return Attempt.MADE
    try:
        seen = await refunds.carry_out(shop.stripe, refund)
    except PaymentsUnavailableError:
        log.warning("refund waits for Stripe", refund=str(refund_id))
        return Attempt.LATER
    except RefundRefusedError as error:
        log.error("refund refused", refund=str(refund_id), order=str(refund.order_id), reason=str(error))  # noqa: TRY400
        async with shop.sessions.begin() as session:
            await refunds.note_refused(session, refund_id, str(error))
        return Attempt.REFUSED
    async with shop.sessions.begin() as session:
        order = await orders.locked(session, refund.order_id)
        assert order is not None, "orders are never deleted"  # noqa: S101
        await refunds.mirror(session, order, seen)
    log.info("refund made", refund=str(refund_id), order=str(refund.order_id), state=seen.state.value)
    return Attempt.MADE
