"""The shop's mails: written from templates, each sent for one order and purpose under one Message-ID."""

import functools
import uuid
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from enum import StrEnum
from urllib.parse import unquote, urlsplit

import aiosmtplib
import sqlalchemy as sa
from email_validator import validate_email
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bookshop.database import Table, now
from bookshop.languages import ENGLISH, LANGUAGES, Language, teach
from bookshop.money import Money
from bookshop.orders import Order, State
from bookshop.refunds import Refund
from bookshop.settings import Settings

# Seconds for one answer of the mail server; the caller's limit for the whole conversation is shorter.
SMTP_TIMEOUT = 60


class Purpose(StrEnum):
    """What a mail is for; one order gets one confirmation, and a notice for each refund."""

    CONFIRMATION = "confirmation"
    REFUND = "refund"


class Mail(Table):
    """A mail's way to the customer.

    `sending` is claimed before the SMTP conversation, and stays when nobody knows how that ended: each claim
    over another one may be a copy. `waiting` was surely not taken yet; `sent` and `refused` are final.
    """

    __tablename__ = "mails"

    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("orders.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default="sending")
    attempts: Mapped[int] = mapped_column(default=1)
    copies: Mapped[int] = mapped_column(default=0, server_default="0")
    claimed_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]


class RefusedError(Exception):
    """The mail server refused this mail for good; sending it again would be refused again."""


class UndeliveredError(Exception):
    """The mail server did not take this mail now; it may later. `for_certain`: it cannot have taken it."""

    def __init__(self, reason: Exception, *, for_certain: bool) -> None:
        super().__init__(str(reason) or type(reason).__name__)
        self.for_certain = for_certain


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A line of a mail's receipt."""

    quantity: int
    title: str
    total: Money


def deliverable(text: str) -> str:
    """An address that any mail server can write to, in its usual spelling (domain in lower case).

    Letters beyond ASCII before the @ are refused: they need SMTPUTF8 all the way, which most servers lack.

    Raises:
        email_validator.EmailNotValidError: (a ValueError) with words for the person who typed it.
    """
    return validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False).normalized


def in_ascii(address: str) -> str:
    """The same address as it travels: an international domain in its xn-- form."""
    return validate_email(address, check_deliverability=False, allow_smtputf8=False).ascii_email or address


async def claim(session: AsyncSession, order_id: uuid.UUID, purpose: str, message_id: str) -> bool:
    """Note that this mail is about to be sent; False when it has been sent already."""
    claim_row = insert(Mail).values(order_id=order_id, purpose=purpose, message_id=message_id)
    state = await session.scalar(
        claim_row.on_conflict_do_update(
            index_elements=[Mail.order_id, Mail.purpose],
            set_={
                "state": "sending",
                "attempts": Mail.attempts + 1,
                "copies": Mail.copies + sa.case((Mail.state == "sending", 1), else_=0),
                "claimed_at": now(),
            },
            where=Mail.state != "sent",
        ).returning(Mail.state)
    )
    return state is not None


async def note_waiting(session: AsyncSession, order_id: uuid.UUID, purpose: str) -> None:
    """Note that the mail server has surely not taken the mail yet: the next try sends no copy."""
    await session.execute(
        sa.update(Mail)
        .where(Mail.order_id == order_id, Mail.purpose == purpose, Mail.state == "sending")
        .values(state="waiting")
    )


async def note_sent(session: AsyncSession, order_id: uuid.UUID, purpose: str) -> int:
    """Note that the mail server took the mail; the value says how many copies may have arrived beside it."""
    copies = await session.scalar(
        sa.update(Mail)
        .where(Mail.order_id == order_id, Mail.purpose == purpose, Mail.state != "sent")
        .values(state="sent", sent_at=now())
        .returning(Mail.copies)
    )
    return copies or 0


async def note_refused(session: AsyncSession, order_id: uuid.UUID, purpose: str) -> None:
    """Note that the mail server will never take the mail, so that somebody looks at it."""
    await session.execute(
        sa.update(Mail).where(Mail.order_id == order_id, Mail.purpose == purpose).values(state="refused")
    )


def confirmation(order: Order, settings: Settings) -> EmailMessage:
    """The mail that says what was bought, for how much, by which PaymentIntent. Same order, same mail.

    It is written in the order's language.
    """
    language = _language(order)
    facts = {
        "shop_name": settings.shop_name,
        "language": language,
        "lines": [
            ReceiptLine(line.quantity, line.title, Money(line.unit_amount, order.currency) * line.quantity)
            for line in order.lines
        ],
        "shipping": order.shipping,
        "address": order.address.lines(language.babel) if order.address else (),
        "total": order.money,
        "payment_intent_id": order.payment_intent_id,
        "order_url": f"{settings.public_url}/orders/{order.token}",
    }
    return _message(order, Purpose.CONFIRMATION, facts, settings, order.paid_at or now())


def refund_notice(order: Order, refund: Refund, settings: Settings) -> EmailMessage:
    """The mail that says that so much is on its way back. Same refund, same mail."""
    facts = {
        "shop_name": settings.shop_name,
        "language": _language(order),
        "order_number": order.number,
        "refunded": refund.money,
        "is_paid": order.state == State.PAID and refund.payment_intent_id == order.payment_intent_id,
        "payment_intent_id": refund.payment_intent_id,
        "order_url": f"{settings.public_url}/orders/{order.token}",
    }
    return _message(order, purpose_of(refund), facts, settings, refund.requested_at)


def purpose_of(refund: Refund) -> str:
    """What the notice of this refund is for, beside those of the order's other refunds."""
    return f"{Purpose.REFUND}.{refund.id}"


def _message(
    order: Order, purpose: str, facts: dict[str, object], settings: Settings, date: datetime
) -> EmailMessage:
    templates, template = _templates(_language(order)), purpose.partition(".")[0]
    message = EmailMessage()
    name, address = parseaddr(settings.mail_from)
    message["From"] = Address(name, addr_spec=address)
    message["To"] = Address(addr_spec=in_ascii(order.email))
    message["Subject"] = templates.get_template(f"{template}_subject.txt").render(facts)
    message["Message-ID"] = message_id(order.id, purpose, settings)
    message["Date"] = format_datetime(date)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(templates.get_template(f"{template}.txt").render(facts))
    message.add_alternative(templates.get_template(f"{template}.html").render(facts), subtype="html")
    return message


def _language(order: Order) -> Language:
    """A language that the shop no longer speaks is no reason to send no mail."""
    return LANGUAGES.get(order.locale, ENGLISH)


def message_id(order_id: uuid.UUID, purpose: str, settings: Settings) -> str:
    """The one Message-ID of this mail: a second copy of it is recognisable wherever it ends up."""
    domain = parseaddr(settings.mail_from)[1].rpartition("@")[2]
    return f"<{order_id}.{purpose}@{domain}>"


async def send(message: EmailMessage, settings: Settings) -> None:
    """Hand one mail to the server of `smtp_url` (smtp://, smtps:// or smtp+starttls://user:password@host:port).

    Raises:
        RefusedError: a 5xx answer to the recipient or the content.
        UndeliveredError: anything else, our own mistakes in `smtp_url` among it; trying again later is right.
    """
    url = urlsplit(settings.smtp_url.get_secret_value())
    try:
        await aiosmtplib.send(
            message,
            hostname=url.hostname,
            port=url.port,
            username=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
            use_tls=url.scheme == "smtps",
            start_tls=True if url.scheme == "smtp+starttls" else None,
            timeout=SMTP_TIMEOUT,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        if all(recipient.code >= 500 for recipient in error.recipients):
            raise RefusedError(str(error)) from error
        raise UndeliveredError(error, for_certain=True) from error
    except aiosmtplib.SMTPDataError as error:
        if error.code >= 500:
            raise RefusedError(str(error)) from error
        raise UndeliveredError(error, for_certain=True) from error
    except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPResponseException) as error:
        raise UndeliveredError(error, for_certain=True) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        # A line that broke, or an answer that did not come: the mail may have been taken before.
        raise UndeliveredError(error, for_certain=False) from error


@functools.cache
def _templates(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader("bookshop", "templates/mail"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return teach(environment, language)
