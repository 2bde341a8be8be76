"""The wire between the shop and Stripe: a TCP proxy that loses, cuts and holds up requests and answers.

One request at a time travels on an HTTP/1.1 connection without pipelining, so whatever a client sends after
an answer begins the next request; no more of HTTP has to be understood here.
"""

import asyncio
import contextlib
from collections import Counter, deque
from dataclasses import dataclass

HOST = "127.0.0.1"

# Longer than the shop waits for one call.
BEYOND_TIMEOUT = 7.0
CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Trouble:
    """What becomes of one request; `seconds` is how long a slow one is held up."""

    kind: str
    seconds: float = 0.0


class StripeWire:
    """Listens on `port` and passes everything on to `target_port`, but for those whom `troubles` await.

    `struck` counts the troubles that have happened, by kind.
    """

    def __init__(self, port: int, target_port: int) -> None:
        self.port = port
        self.target_port = target_port
        self.troubles: deque[Trouble] = deque()
        self.struck: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._accept, HOST, self.port)

    async def close(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            upstream = await asyncio.open_connection(HOST, self.target_port)
            try:
                await _Line(self, (reader, writer), upstream).carry()
            finally:
                upstream[1].close()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self._tasks.discard(task)

    def next_trouble(self) -> Trouble | None:
        if not self.troubles:
            return None
        trouble = self.troubles.popleft()
        self.struck[trouble.kind] += 1
        return trouble


Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Line:
    """One connection of the shop, and the one to Stripe behind it."""

    def __init__(self, wire: StripeWire, shop: Ends, stripe: Ends) -> None:
        self._wire = wire
        self._from_shop, self._to_shop = shop
        self._from_stripe, self._to_stripe = stripe
        self._trouble: Trouble | None = None
        self._is_asking = False

    async def carry(self) -> None:
        """Until either side, or a trouble, ends the connection."""
        both = [asyncio.ensure_future(self._requests()), asyncio.ensure_future(self._answers())]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)

    async def _requests(self) -> None:
        while data := await self._from_shop.read(CHUNK):
            if not self._is_asking:
                self._is_asking = True
                self._trouble = self._wire.next_trouble()
            match self._trouble:
                case Trouble("stripe_request_lost"):
                    return
                case Trouble("stripe_silent"):
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._from_shop.read(), BEYOND_TIMEOUT)
                    return
                case Trouble("stripe_slow", seconds):
                    await asyncio.sleep(seconds)
            self._to_stripe.write(data)
            await self._to_stripe.drain()

    async def _answers(self) -> None:
        while data := await self._from_stripe.read(CHUNK):
            if not await self._passes(data):
                return
            self._is_asking = False
            await self._to_shop.drain()

    async def _passes(self, data: bytes) -> bool:
        match self._trouble:
            case Trouble("stripe_answer_lost"):
                return False
            case Trouble("stripe_answer_cut"):
                self._to_shop.write(data[: len(data) // 2])
                await self._to_shop.drain()
                return False
            case Trouble("stripe_answer_late"):
                await asyncio.sleep(BEYOND_TIMEOUT)
        self._to_shop.write(data)
        return True
