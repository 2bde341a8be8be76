"""The customers' mail server: a real SMTP conversation, every Message-ID kept by recipient."""

import asyncio
from collections import Counter, defaultdict, deque
from email.parser import BytesHeaderParser

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
REFUSAL = "451 4.3.0 Try again later"


class Postbox:
    """`received` counts each Message-ID's copies by recipient; `troubles` are what the next mails meet."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.received: dict[str, Counter[str]] = defaultdict(Counter)
        self.troubles: deque[str] = deque()
        self.struck: Counter[str] = Counter()

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, loop=loop), HOST, self.port)

    async def close(self) -> None:
        self._server.close()

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """aiosmtpd's call for each mail."""
        trouble = self.troubles.popleft() if self.troubles else None
        if trouble:
            self.struck[trouble] += 1
        if trouble == "mail_refused":
            return REFUSAL
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message_id = str(BytesHeaderParser().parsebytes(content)["Message-ID"]).strip()
        for recipient in envelope.rcpt_tos:
            self.received[recipient][message_id] += 1
        if trouble == "mail_answer_lost" and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "250 2.0.0 Kept"
