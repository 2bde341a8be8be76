"""The confirmation mail: told once to the customer, whatever dies or refuses in between."""

import uuid
from enum import StrEnum

import structlog

from bookshop import mail, orders, telemetry
from bookshop.mail import Purpose
from bookshop.wiring import Shop
from bookshop.workflows import until_done
from bookshop.workflows.follow_ups import DELIVER_CONFIRMATION

log = structlog.get_logger()


class Delivery(StrEnum):
    """What became of one try."""

    SENT = "sent"
    REFUSED = "refused"
    LATER = until_done.LATER


def register(shop: Shop) -> None:
    """Let this process run the workflow; it survives the process and goes on where it stopped."""

    async def attempt(order_id: str) -> Delivery:
        return await try_to_send(shop, uuid.UUID(order_id))

    until_done.register(DELIVER_CONFIRMATION, step="send_confirmation", attempt=attempt)


async def try_to_send(shop: Shop, order_id: uuid.UUID) -> Delivery:
    """Send the mail unless it has been sent.

    Claimed before and noted after the SMTP conversation, each in a commit of its own: a process that dies
    between the two sends a second copy under the same Message-ID.
    """
    async with shop.sessions.begin() as session:
        order = await orders.get(session, order_id)
        message_id = mail.message_id(order_id, Purpose.CONFIRMATION, shop.settings)
        if not await mail.claim(session, order_id, Purpose.CONFIRMATION, message_id):
            return Delivery.SENT
    try:
        await mail.send(mail.confirmation(order, shop.settings), shop.settings)
    except mail.UndeliveredError as error:
        log.warning("mail not delivered yet", order=str(order_id), error=str(error))
        if error.for_certain:
            async with shop.sessions.begin() as session:
                await mail.note_waiting(session, order_id, Purpose.CONFIRMATION)
        return _count(Delivery.LATER)
    except mail.RefusedError as error:
        log.error("mail refused for good", order=str(order_id), error=str(error))  # noqa: TRY400
        async with shop.sessions.begin() as session:
            await mail.note_refused(session, order_id, Purpose.CONFIRMATION)
        return _count(Delivery.REFUSED)
    async with shop.sessions.begin() as session:
        copies = await mail.note_sent(session, order_id, Purpose.CONFIRMATION)
    telemetry.mail_copies.labels(Purpose.CONFIRMATION).inc(copies)
    log.info("mail sent", order=str(order_id), message_id=message_id, copies=copies)
    return _count(Delivery.SENT)


def _count(delivery: Delivery) -> Delivery:
    telemetry.mails.labels(Purpose.CONFIRMATION, delivery).inc()
    return delivery
