"""The confirmation mail: told once to the customer, whatever dies or refuses in between."""

import uuid
from collections.abc import Iterator
from enum import StrEnum

import structlog
from dbos import DBOS
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bookshop import mail, orders, telemetry
from bookshop.mail import Purpose
from bookshop.wiring import Shop
from bookshop.workflows.follow_ups import DELIVER_CONFIRMATION

log = structlog.get_logger()

FIRST_PAUSE = 5.0
LONGEST_PAUSE = 900.0
TRIES = 300


class Delivery(StrEnum):
    """What became of one try."""

    SENT = "sent"
    REFUSED = "refused"
    LATER = "later"


def register(shop: Shop) -> None:
    """Let this process run the workflow; it survives the process and goes on where it stopped."""

    @DBOS.step(name="send_confirmation")
    async def send_once(order_id: str) -> str:
        try:
            return await try_to_send(shop, uuid.UUID(order_id))
        except (DBAPIError, PoolTimeoutError, OSError) as error:
            # A passing trouble of the database must not end the story, or the mail would never be sent.
            log.warning("mail waits for the database", order=order_id, error=type(error).__name__)
            return Delivery.LATER

    @DBOS.workflow(name=DELIVER_CONFIRMATION)
    async def deliver_confirmation(order_id: str) -> str:
        for pause in pauses():
            delivery = await send_once(order_id)
            if delivery != Delivery.LATER:
                return delivery
            await DBOS.sleep_async(pause)
        raise UndeliverableError(order_id)


class UndeliverableError(Exception):
    """The mail server took no mail for days; the workflow ends in error, where the shopkeeper can see it."""


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
        return _count(Delivery.LATER)
    except mail.RefusedError as error:
        log.error("mail refused for good", order=str(order_id), error=str(error))  # noqa: TRY400
        async with shop.sessions.begin() as session:
            await mail.note_refused(session, order_id, Purpose.CONFIRMATION)
        return _count(Delivery.REFUSED)
    async with shop.sessions.begin() as session:
        await mail.note_sent(session, order_id, Purpose.CONFIRMATION)
    log.info("mail sent", order=str(order_id), message_id=message_id)
    return _count(Delivery.SENT)


def pauses() -> Iterator[float]:
    """Seconds between tries: five, doubling up to a quarter of an hour, for about three days."""
    pause = FIRST_PAUSE
    for _ in range(TRIES):
        yield pause
        pause = min(pause * 2, LONGEST_PAUSE)


def _count(delivery: Delivery) -> Delivery:
    telemetry.mails.labels(Purpose.CONFIRMATION, delivery).inc()
    return delivery
