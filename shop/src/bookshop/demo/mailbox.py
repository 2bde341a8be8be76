"""A mailbox for a machine without a mail server: takes every mail by SMTP, keeps it, shows it in a browser.

Mails are `.eml` files in one directory, with the envelope in their `Return-Path` and `Delivered-To` lines.
`bookshop mailbox` reads MAILBOX_PORT (web, 8025), SMTP_PORT (1025) and DATA_DIR (`var`), and listens on
loopback only.
"""

import asyncio
import os
import re
import secrets
import signal
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from granian.constants import Interfaces
from granian.server.embed import Server

HOST = "127.0.0.1"
PORTS = {"MAILBOX_PORT": "8025", "SMTP_PORT": "1025"}
LARGEST_MAIL = 10_000_000
ANSWER = re.compile(r"[245][0-9][0-9] [ -~]{1,200}")
KEPT_NAME = re.compile(r"[0-9]{19}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Mail:
    """One kept mail; `received` is in UTC, `text` and `html` are its parts, either may be empty."""

    id: str
    received: datetime
    sender: str
    recipients: list[str]
    subject: str
    message_id: str
    text: str
    html: str

    def as_json(self) -> dict[str, object]:
        return asdict(self) | {"received": self.received.isoformat()}


@dataclass(slots=True)
class Misbehaviour:
    """What the next `count` mails get instead of being taken.

    `answer` is an SMTP reply such as "451 4.3.0 Try again later"; None keeps the mail but breaks the
    connection before the reply, so that the sender cannot know.
    """

    answer: str | None = None
    count: int = 0


@dataclass(slots=True)
class Mailbox:
    """The directory of mails and, for tests, how to treat the next ones."""

    directory: Path
    misbehaviour: Misbehaviour = field(default_factory=Misbehaviour)

    def keep(self, sender: str, recipients: list[str], content: bytes) -> str:
        """Write one mail so that it is there whole or not at all; the value is its id."""
        mail_id = f"{time.time_ns():019}-{secrets.token_hex(4)}"
        lines = [f"Return-Path: <{sender}>", *(f"Delivered-To: {recipient}" for recipient in recipients)]
        unfinished = self.directory / f"{mail_id}.part"
        with unfinished.open("wb") as file:
            file.write("".join(f"{line}\r\n" for line in lines).encode() + content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(self.directory / f"{mail_id}.eml")
        return mail_id

    def mails(self, recipient: str | None = None) -> list[Mail]:
        """Newest first; only those for one address when it is given."""
        names = sorted((path.stem for path in self.directory.glob("*.eml")), reverse=True)
        found = (self.mail(name) for name in names)
        return [mail for mail in found if mail and (recipient is None or recipient in mail.recipients)]

    def mail(self, mail_id: str) -> Mail | None:
        content = self.raw(mail_id)
        if content is None:
            return None
        message = message_from_bytes(content, policy=MAIL_POLICY)
        return Mail(
            id=mail_id,
            received=datetime.fromtimestamp(int(mail_id.partition("-")[0]) / 1e9, UTC),
            sender=_first_address(message),
            recipients=[str(value) for value in message.get_all("Delivered-To", [])],
            subject=str(message.get("Subject", "")),
            message_id=str(message.get("Message-ID", "")).strip(),
            text=_part(message, "plain"),
            html=_part(message, "html"),
        )

    def raw(self, mail_id: str) -> bytes | None:
        if not KEPT_NAME.fullmatch(mail_id):
            return None
        try:
            return (self.directory / f"{mail_id}.eml").read_bytes()
        except FileNotFoundError:
            return None


class Receiver:
    """aiosmtpd's handler: one method an SMTP command."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        misbehaviour = self._mailbox.misbehaviour
        misbehaves = misbehaviour.count > 0
        if misbehaves:
            misbehaviour.count -= 1
            if misbehaviour.answer is not None:
                return misbehaviour.answer
        content = envelope.content
        if not isinstance(content, bytes):
            raise TypeError("aiosmtpd was not told to keep mails as bytes")
        self._mailbox.keep(envelope.mail_from or "", list(envelope.rcpt_tos), content)
        if misbehaves and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "250 2.0.0 Kept"


def run() -> int:
    """Serve SMTP and the web pages until SIGTERM or SIGINT."""
    directory = Path(os.environ.get("DATA_DIR", "var")) / "mail"
    directory.mkdir(parents=True, exist_ok=True)
    web_port, smtp_port = (int(os.environ.get(name) or default) for name, default in PORTS.items())
    asyncio.run(_serve(Mailbox(directory), web_port, smtp_port))
    return 0


async def _serve(mailbox: Mailbox, web_port: int, smtp_port: int) -> None:
    from bookshop.demo.mailbox_pages import create_app  # noqa: PLC0415 (it imports this module)

    loop = asyncio.get_running_loop()

    def conversation() -> SMTP:
        return SMTP(Receiver(mailbox), data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True, loop=loop)

    smtp = await loop.create_server(conversation, HOST, smtp_port)
    web = Server(
        create_app(mailbox), address=HOST, port=web_port, interface=Interfaces.ASGINL, log_access=False
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, web.stop)
    async with smtp:
        await web.serve()


def _first_address(message: EmailMessage) -> str:
    addresses: tuple[Address, ...] = getattr(message["From"], "addresses", ())
    return str(addresses[0]) if addresses else str(message.get("Return-Path", ""))


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part else ""
