"""A refund that was written down, carried out at Stripe: once, whatever dies or refuses in between."""

import uuid
from enum import StrEnum
from functools import partial

import structlog

from bookshop import orders, refund_calls, refunds
from bookshop.database import now
from bookshop.errors import PaymentsUnavailableError
from bookshop.refund_calls import RefundRefusedError
from bookshop.refunds import Refund, RefundSnapshot, RefundState
from bookshop.stripe_calls import KEYS_ARE_KEPT, KeySpentError
from bookshop.wiring import Shop
from bookshop.workflows import until_done
from bookshop.workflows.follow_ups import REFUND_ORDER
from bookshop.workflows.returned_money import flag_refund, take_refund

log = structlog.get_logger()


class Attempt(StrEnum):
    """What became of one try."""

    MADE = "made"
    REFUSED = "refused"
    OVERTAKEN = "overtaken"
    LATER = until_done.LATER


def register(shop: Shop) -> None:
    """Let this process run the workflow; it survives the process and goes on where it stopped."""
    until_done.register(REFUND_ORDER, step="carry_out_refund", attempt=partial(try_to_refund, shop))


async def try_to_refund(shop: Shop, refund_id: uuid.UUID) -> Attempt:
    """Let Stripe make the refund, unless it has."""
    async with shop.sessions.begin() as session:
        await refunds.note_try(session, refund_id)
        refund = await refunds.get(session, refund_id)
    if refund.state != RefundState.REQUESTED:
        return Attempt.MADE
    try:
        seen = await _made(shop, refund)
    except PaymentsUnavailableError:
        log.warning("refund waits", refund=str(refund_id), order=str(refund.order_id))
        return Attempt.LATER
    except RefundRefusedError as error:
        return await _refused(shop, refund, error)
    async with shop.sessions.begin() as session:
        order = await orders.locked(session, refund.order_id)
        await take_refund(session, shop.follow_ups, order, seen)
    return Attempt.MADE


async def _made(shop: Shop, refund: Refund) -> RefundSnapshot:
    """The refund, found or made.

    After a try that was not heard of again, Stripe is asked first whether it arrived: the key alone would do
    for a day, but not for longer, and not where Stripe keeps an error of its own under it.
    """
    is_doubtful = refund.tries > 1 or refund.requested_at < now() - KEYS_ARE_KEPT
    if is_doubtful and (found := await refund_calls.look_up(shop.stripe, refund)) is not None:
        return found
    try:
        return await refund_calls.carry_out(shop.stripe, refund)
    except KeySpentError:
        if refund.tries == 1:
            # It may still be on its way to Stripe, through whoever answered in its place: no other key yet.
            raise
    if (found := await refund_calls.look_up(shop.stripe, refund)) is not None:
        return found
    async with shop.sessions.begin() as session:
        await refunds.note_spent_key(session, refund)
        refund = await refunds.get(session, refund.id)
    return await refund_calls.carry_out(shop.stripe, refund)


async def _refused(shop: Shop, refund: Refund, error: RefundRefusedError) -> Attempt:
    """Note that Stripe will not make it, after a look at the refunds that were faster."""
    try:
        made = await refund_calls.all_of(shop.stripe, refund.payment_intent_id)
    except PaymentsUnavailableError:
        return Attempt.LATER
    async with shop.sessions.begin() as session:
        order = await orders.locked(session, refund.order_id)
        for seen in made:
            await take_refund(session, shop.follow_ups, order, seen)
        state = RefundState.CANCELED if error.is_overtaken else RefundState.FAILED
        if not await refunds.give_up(session, refund.id, state, error.reason):
            return Attempt.MADE
        if not error.is_overtaken:
            flag_refund(order, refund, error.reason)
            return Attempt.REFUSED
        log.warning("refund overtaken", refund=str(refund.id), order=str(order.id), reason=error.reason)
        if refund.is_of_the_rest:
            rest = await refunds.request(session, order, refund.payment_intent_id, None, cause=refund.cause)
            if isinstance(rest, Refund):
                await shop.follow_ups.refund_order(session, rest.id)
        else:
            flag_refund(order, refund, error.reason)
    return Attempt.OVERTAKEN
