"""The confirmation mail: told once to the customer, whatever dies or refuses in between."""

import uuid
from email.message import EmailMessage
from enum import StrEnum
from functools import partial

import structlog

from bookshop import mail, orders, telemetry
from bookshop.mail import Purpose
from bookshop.orders import Order
from bookshop.wiring import Shop
from bookshop.workflows import until_done
from bookshop.workflows.follow_ups import DELIVER_CONFIRMATION

log = structlog.get_logger()


class Delivery(StrEnum):
    """What became of one try."""

    SENT = "sent"
    REFUSED = "refused"
    LATER = until_done.LATER


def register(shop: Shop, *, limit: float = until_done.TRY_LIMIT) -> None:
    """Let this process run the workflow, with `limit` seconds for a try; it outlives the process."""
    until_done.register(
        DELIVER_CONFIRMATION, step="send_confirmation", attempt=partial(try_to_send, shop), limit=limit
    )


async def try_to_send(shop: Shop, order_id: uuid.UUID) -> Delivery:
    """Send the mail unless it has been sent."""
    async with shop.sessions() as session:
        order = await orders.get(session, order_id)
    return await hand_over(shop, order, Purpose.CONFIRMATION, mail.confirmation(order, shop.settings))


async def hand_over(shop: Shop, order: Order, purpose: str, message: EmailMessage) -> Delivery:
    """Send an order's mail unless it has been sent.

    Claimed before and noted after the SMTP conversation, each in a commit of its own: a process that dies
    between the two sends a second copy under the same Message-ID.
    """
    async with shop.sessions.begin() as session:
        if not await mail.claim(session, order.id, purpose, message["Message-ID"]):
            return Delivery.SENT
    try:
        await mail.send(message, shop.settings)
    except mail.UndeliveredError as error:
        log.warning("mail not delivered yet", order=str(order.id), error=str(error))
        if error.for_certain:
            async with shop.sessions.begin() as session:
                await mail.note_waiting(session, order.id, purpose)
        return _count(purpose, Delivery.LATER)
    except mail.RefusedError as error:
        log.error("mail refused for good", order=str(order.id), error=str(error))  # noqa: TRY400
        async with shop.sessions.begin() as session:
            await mail.note_refused(session, order.id, purpose)
        return _count(purpose, Delivery.REFUSED)
    async with shop.sessions.begin() as session:
        copies = await mail.note_sent(session, order.id, purpose)
    telemetry.mail_copies.labels(purpose.partition(".")[0]).inc(copies)
    log.info("mail sent", order=str(order.id), message_id=message["Message-ID"], copies=copies)
    return _count(purpose, Delivery.SENT)


def _count(purpose: str, delivery: Delivery) -> Delivery:
    telemetry.mails.labels(purpose.partition(".")[0], delivery).inc()
    return delivery
