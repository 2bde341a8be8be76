"""A customer's browser: asks either of the shop's web servers again until one answers, and Stripe's API."""

import asyncio
import json
import random
from dataclasses import dataclass
from typing import Any

import aiohttp
from yarl import URL

from chaos.notes import Notes
from processes import Sandbox

TRIES = 12
LONGEST_PAUSE = 3.0

# An answer that says "not now"; whoever asked may ask again.
NOT_NOW = frozenset({502, 503, 504})
VERSION = "2026-10-28.endive"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said. `url` is where redirects led."""

    status: int
    text: str
    url: str

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.text)
        return found


class Browser:
    """One customer's; asks `shops` in turns. `address` is the customer's own, as a load balancer tells it."""

    def __init__(
        self,
        connector: aiohttp.BaseConnector,
        *,
        shops: list[str],
        sandbox: Sandbox,
        notes: Notes,
        chance: random.Random,
        address: str,
    ) -> None:
        self._session = aiohttp.ClientSession(
            connector=connector,
            connector_owner=False,
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            timeout=aiohttp.ClientTimeout(total=40),
        )
        self._shops = shops
        self._sandbox = sandbox
        self._notes = notes
        self._chance = chance
        self._headers = {"X-Forwarded-For": address}

    async def close(self) -> None:
        await self._session.close()

    def remember(self, name: str, value: str) -> None:
        """Keep a cookie that the shop reads."""
        self._session.cookie_jar.update_cookies({name: value}, URL(self._shops[0]))

    async def shop(self, method: str, path: str, *, tries: int = TRIES, **options: Any) -> Answer | None:
        """Ask the shop; None when it answered nothing usable in all these tries."""
        pause = 0.2
        for _ in range(tries):
            answer = await self._ask(method, self._chance.choice(self._shops) + path, **options)
            if answer is not None:
                self._notes.answers[answer.status] += 1
                if answer.status == 500:
                    self._notes.broken.setdefault(f"{method} {path}", answer.text[:200])
                if answer.status < 500:
                    return answer
            await asyncio.sleep(pause * (0.5 + self._chance.random()))
            pause = min(pause * 2, LONGEST_PAUSE)
        return None

    async def stripe(self, method: str, path: str, **form: str) -> Answer | None:
        """Call Stripe as its script in the page does, with the publishable key; None for no answer."""
        return await self._call_stripe(self._sandbox.publishable_key, method, path, form)

    async def dashboard(self, intent: str, form: str, **typed: str) -> bool:
        """Send a form of a payment's page in Stripe's Dashboard; whether Stripe did it."""
        url = f"{self._sandbox.url}/dashboard/payments/{intent}"
        answer = await self._ask("POST", url, data={"form": form, **typed}, allow_redirects=False)
        return answer is not None and answer.status == 303

    async def listed(self, path: str, **params: str) -> list[dict[str, Any]]:
        """The newest of what Stripe lists, as the Dashboard shows it; nothing without an answer."""
        answer = await self._call_stripe(self._sandbox.secret_key, "GET", path, params)
        return answer.json["data"] if answer is not None and answer.status == 200 else []

    async def stripe_page(self, path: str) -> Answer | None:
        """Press a button of a page that Stripe shows."""
        return await self.page(self._sandbox.url + path)

    async def page(self, url: str) -> Answer | None:
        """Press a button of a bank's or wallet's page."""
        return await self._ask("POST", url, allow_redirects=False)

    async def _call_stripe(self, key: str, method: str, path: str, form: dict[str, str]) -> Answer | None:
        headers = {"Authorization": f"Bearer {key}", "Stripe-Version": VERSION}
        body = {"params": form} if method == "GET" else {"data": form}
        return await self._ask(method, self._sandbox.url + path, headers=headers, **body)

    async def _ask(self, method: str, url: str, **options: Any) -> Answer | None:
        options.setdefault("headers", self._headers)
        try:
            async with self._session.request(method, url, **options) as answer:
                return Answer(answer.status, await answer.text(), str(answer.url))
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None
