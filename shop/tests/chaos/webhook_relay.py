"""Between Stripe and the shop's webhook door: loses answers, doubles, delays and reorders what comes by.

Stripe's own promise, to send again what nobody took, stays whole: what this relay holds back is answered 200
only when it was taken over, and from then on the relay tries until the shop takes it.
"""

import asyncio
import random
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp
from aiohttp import web

HOST = "127.0.0.1"
PATH = "/stripe/webhook"
LARGEST = 2**21
PAUSE = 1.0

# How many events wait for each other before they are sent on in another order, and for how long at most.
SHUFFLED = 4
LONGEST_WAIT = 5.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event as Stripe sent it."""

    body: bytes
    signature: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Stripe-Signature": self.signature, "Content-Type": "application/json; charset=utf-8"}


class WebhookRelay:
    """Listens on `port`; `doors` gives the shop's addresses. `struck` counts what was done, by kind."""

    def __init__(self, port: int, doors: Callable[[], list[str]]) -> None:
        self.port = port
        self._doors = doors
        self.troubles: deque[tuple[str, random.Random]] = deque()
        self.struck: Counter[str] = Counter()
        self.recent: deque[Delivery] = deque(maxlen=50)
        self._kept: list[Delivery] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = 0

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        application = web.Application(client_max_size=LARGEST)
        application.router.add_post(PATH, self._receive)
        self._runner = web.AppRunner(application, access_log=None, handle_signals=False)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self.port).start()

    async def close(self) -> None:
        await self._runner.cleanup()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()

    def let_go(self) -> None:
        """Send on whatever is still kept back, and do nothing more to what comes."""
        self.troubles.clear()
        self._send_kept(random.Random(0))  # noqa: S311  chance, no secret

    async def post(self, delivery: Delivery) -> int:
        """Bring an event to one of the shop's doors; the answer's status.

        Raises:
            aiohttp.ClientError, TimeoutError: nobody answers there now.
        """
        doors = self._doors()
        self._turn += 1
        url = doors[self._turn % len(doors)] + PATH
        async with self._session.post(url, data=delivery.body, headers=delivery.headers) as answer:
            await answer.read()
            return answer.status

    async def _receive(self, request: web.Request) -> web.Response:
        delivery = Delivery(await request.read(), request.headers.get("Stripe-Signature", ""))
        self.recent.append(delivery)
        kind, chance = self.troubles.popleft() if self.troubles else ("", random.Random(0))  # noqa: S311
        self.struck[kind] += bool(kind)
        match kind:
            case "webhook_late":
                self._start(self._bring(delivery, after=chance.uniform(2, 8)))
                return web.Response()
            case "webhook_reordered":
                self._keep(delivery, chance)
                return web.Response()
            case "webhook_doubled":
                copies = [self._answer(delivery) for _ in range(chance.randint(2, 5))]
                return (await asyncio.gather(*copies))[0]
            case "webhook_answer_lost":
                await self._answer(delivery)
                return web.Response(status=504)
        return await self._answer(delivery)

    async def _answer(self, delivery: Delivery) -> web.Response:
        try:
            return web.Response(status=await self.post(delivery))
        except (aiohttp.ClientError, TimeoutError, OSError):
            return web.Response(status=502)

    def _keep(self, delivery: Delivery, chance: random.Random) -> None:
        self._kept.append(delivery)
        if len(self._kept) >= SHUFFLED:
            self._send_kept(chance)
        elif len(self._kept) == 1:
            self._start(self._wait_for_kept(chance))

    async def _wait_for_kept(self, chance: random.Random) -> None:
        await asyncio.sleep(LONGEST_WAIT)
        self._send_kept(chance)

    def _send_kept(self, chance: random.Random) -> None:
        kept, self._kept = self._kept[::-1], []
        chance.shuffle(kept)
        self._start(self._bring_all(kept))

    async def _bring_all(self, deliveries: list[Delivery]) -> None:
        for delivery in deliveries:
            await self._bring(delivery)

    async def _bring(self, delivery: Delivery, *, after: float = 0) -> None:
        await asyncio.sleep(after)
        while True:
            try:
                if await self.post(delivery) < 500:
                    return
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass
            await asyncio.sleep(PAUSE)

    def _start(self, work: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
