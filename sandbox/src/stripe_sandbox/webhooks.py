"""Webhooks: every event signed and posted to every endpoint that wants it, again and again until it is taken.

Signature and delivery as in https://docs.stripe.com/webhooks: any 2xx is success, redirects are not followed,
each attempt is signed anew. Retries run on the sandbox's clock and go on after a restart.
"""

import asyncio
import random
import time
from collections import deque
from typing import TYPE_CHECKING, Any

import aiohttp

from stripe_sandbox.store import StripeObject
from stripe_sandbox.timers import Timer
from stripe_sandbox.webhook_messages import (
    new_delivery,
    new_endpoint,
    new_secret,
    payload,
    signature,
    wants,
)

if TYPE_CHECKING:
    from stripe_sandbox.sandbox import Sandbox

NO_DELAY = (0.0, 0.0)
_HOUR = 3600
RETRIES: dict[str, tuple[float, ...]] = {
    "quick": (1, 3, 10, 30, 120, 600, _HOUR),
    "test": (_HOUR // 2, _HOUR, 2 * _HOUR),
    "live": tuple(60 * 2**doubled for doubled in range(12)),
}
"""Seconds between tries: nobody waits for hours at a desk, so the first is usual; the others follow Stripe's
test mode (three over a few hours) and live mode (farther and farther apart, for up to three days)."""
TIMEOUT_SECONDS = 10
KEPT_ANSWER_BYTES = 16_384
AT_ONCE = 32
USER_AGENT = "Stripe/1.0 (+https://stripe.com/docs/webhooks)"


class Webhooks:
    """Deliveries, newest last in the store as `delivery` objects of our own shape (see webhook_messages.py).

    Events of one payment go out one after another, those of different payments side by side; a failed
    delivery waits for its retry without holding up the next. Switches for tests: `held`, `lose` (how many to
    swallow, -1 for all), `copies` (how often each is sent, all at the same time), `delay_seconds` (each goes
    out late, by a random time between the two, so that they overtake each other).
    """

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox
        self._lanes: dict[tuple[str, str], deque[str]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: dict[str, Timer] = {}
        self._awaited: dict[str, set[str]] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._session: aiohttp.ClientSession | None = None
        self.retry_seconds = RETRIES["quick"]
        self.held = False
        self.waiting: list[str] = []
        self.lose = 0
        self.copies = 1
        self.delay_seconds: tuple[float, float] = NO_DELAY

    def start(self) -> None:
        """Open the connection pool and take up what an earlier run had not delivered."""
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS),
            connector=aiohttp.TCPConnector(limit=AT_ONCE),
        )
        for delivery in list(self._sandbox.store.oldest_first("delivery")):
            if delivery["status"] == "pending":
                self._queue_after((delivery["next_attempt"] or 0) - self._sandbox.now(), delivery["id"])

    async def stop(self) -> None:
        self._forget_plans()
        if self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    def give_at_start(self, urls: list[str], secret: str | None) -> list[tuple[str, str]]:
        """One endpoint for every event per `--webhook URL`, kept across resets; gives URLs and secrets.

        Without a secret one from an earlier run stays, else a new one is made. What an earlier run was given
        and this one is not, is gone.
        """
        store = self._sandbox.store
        given = {record["url"]: record for record in store.oldest_first("webhook_secret") if "url" in record}
        for record in given.values():
            if record["url"] not in urls:
                store.remove("webhook_endpoint", record["id"])
                store.remove("webhook_secret", record["id"])
        for url in urls:
            record = given.get(url) or self._give(url)
            record["secret"] = secret or record["secret"]
            store.save("webhook_secret", record)
            given[url] = record
        return [(url, given[url]["secret"]) for url in urls]

    def give_again(self, given: list[tuple[str, str]]) -> None:
        """Bring back after a reset what `given_at_start` named."""
        for url, secret in given:
            self._sandbox.store.save("webhook_secret", self._give(url) | {"secret": secret})

    def _give(self, url: str) -> StripeObject:
        endpoint = new_endpoint(
            self._sandbox, url=url, enabled_events=["*"], description="Given at the start"
        )
        self._sandbox.store.save("webhook_endpoint", endpoint)
        return {"id": endpoint["id"], "url": url, "secret": new_secret()}

    def secret_of(self, endpoint_id: str) -> str:
        record = self._sandbox.store.get("webhook_secret", endpoint_id)
        return str(record["secret"]) if record else ""

    def given_at_start(self) -> list[tuple[str, str]]:
        """URLs and secrets of the endpoints that outlive a reset."""
        secrets = self._sandbox.store.oldest_first("webhook_secret")
        return [(record["url"], record["secret"]) for record in secrets if "url" in record]

    def reset(self) -> None:
        self._forget_plans()
        self.retry_seconds = RETRIES["quick"]
        self.held, self.waiting, self.lose, self.copies = False, [], 0, 1
        self.delay_seconds = NO_DELAY

    def _forget_plans(self) -> None:
        for timer in self._timers.values():
            self._sandbox.timers.cancel(timer)
        for task in self._tasks:
            task.cancel()
        self._timers.clear()
        self._awaited.clear()
        self._lanes.clear()

    def send(self, event: StripeObject) -> None:
        """Plan the event's deliveries and set its `pending_webhooks`."""
        store = self._sandbox.store
        for endpoint in store.oldest_first("webhook_endpoint"):
            if not wants(endpoint, event["type"]):
                continue
            event["pending_webhooks"] += 1
            self._awaited.setdefault(event["id"], set()).add(endpoint["id"])
            if self.lose:
                self.lose -= 1 if self.lose > 0 else 0
                store.save("delivery", new_delivery(self._sandbox, event, endpoint, "lost"))
                continue
            for copy in range(self.copies):
                self.deliver(event, endpoint, copy)

    def deliver(self, event: StripeObject, endpoint: StripeObject, copy: int = 0) -> StripeObject:
        """Plan one delivery, also of an event that was sent before; copies do not wait for each other."""
        store = self._sandbox.store
        delivery = new_delivery(self._sandbox, event, endpoint, "pending")
        lane = f"{delivery['about']} {copy}"
        store.save("delivery", delivery)
        if self.held:
            self.waiting.append(delivery["id"])
        elif self.delay_seconds != NO_DELAY:
            seconds = random.uniform(*self.delay_seconds)  # noqa: S311  chance, no secret
            self._queue_after(seconds, delivery["id"], lane)
        else:
            self._queue(delivery["id"], lane)
        return delivery

    def resume(self, endpoint_id: str) -> None:
        """An endpoint was enabled again: go on with what was given up meanwhile, unless its time is over.

        https://docs.stripe.com/webhooks#disable
        """
        oldest = self._sandbox.now() - sum(self.retry_seconds)
        for delivery in list(self._sandbox.store.oldest_first("delivery")):
            stopped = delivery["endpoint"] == endpoint_id and delivery["status"] == "stopped"
            if stopped and delivery["created"] >= oldest:
                delivery["status"] = "pending"
                self._sandbox.store.save("delivery", delivery)
                self._queue(delivery["id"])

    def release(self, order: str = "as_sent") -> int:
        """Let held deliveries go, `as_sent`, `reversed` or `shuffled`, hold no more, and say how many."""
        waiting, self.waiting, self.held = self.waiting, [], False
        if order == "reversed":
            waiting.reverse()
        elif order == "shuffled":
            random.shuffle(waiting)
        for delivery_id in waiting:
            self._queue(delivery_id, lane="released")
        return len(waiting)

    def _queue(self, delivery_id: str, lane: str | None = None) -> None:
        delivery = self._sandbox.store.get("delivery", delivery_id)
        if delivery is None or self._session is None:
            return
        key = (delivery["endpoint"], lane or f"{delivery['about']} 0")
        if key in self._lanes:
            self._lanes[key].append(delivery_id)
            return
        self._lanes[key] = deque([delivery_id])
        task = asyncio.get_running_loop().create_task(self._drive(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drive(self, key: tuple[str, str]) -> None:
        lane = self._lanes[key]
        while lane:
            delivery_id = lane.popleft()
            async with self._slots:
                await self._attempt(delivery_id)
        if self._lanes.get(key) is lane:
            del self._lanes[key]

    async def _attempt(self, delivery_id: str) -> None:
        store = self._sandbox.store
        delivery = store.get("delivery", delivery_id)
        endpoint = store.get("webhook_endpoint", delivery["endpoint"]) if delivery else None
        event = store.get("event", delivery["event"]) if delivery else None
        if delivery is None or event is None:
            return
        if endpoint is None or endpoint["status"] != "enabled":
            delivery["status"] = "stopped"
            store.save("delivery", delivery)
            store.commit()
            return
        body = payload(event, endpoint["api_version"] or self._sandbox.account.api_version, store)
        attempt = await self._post(endpoint, body)
        delivery["request_body"] = body.decode()
        delivery["attempts"] = [*delivery["attempts"], attempt]
        delivery["next_attempt"] = None
        if attempt["succeeded"]:
            self._taken(event, endpoint["id"])
            delivery["status"] = "succeeded"
        else:
            self._plan_retry(delivery)
        store.save("delivery", delivery)
        store.commit()

    def _taken(self, event: StripeObject, endpoint_id: str) -> None:
        """Count an endpoint off once, however many copies it takes; after a restart simply one less."""
        awaited = self._awaited.get(event["id"])
        if awaited is None:
            event["pending_webhooks"] = max(event["pending_webhooks"] - 1, 0)
        else:
            awaited.discard(endpoint_id)
            event["pending_webhooks"] = len(awaited)
            if not awaited:
                del self._awaited[event["id"]]
        self._sandbox.store.save("event", event)

    async def _post(self, endpoint: StripeObject, body: bytes) -> dict[str, Any]:
        now = self._sandbox.now()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": USER_AGENT,
            "Accept": "*/*; q=0.5, application/xml",
            "Cache-Control": "no-cache",
            "Stripe-Signature": signature(self.secret_of(endpoint["id"]), now, body),
        }
        attempt: dict[str, Any] = {"at": now, "headers": headers, "status": None, "answer": "", "error": None}
        started = time.perf_counter()
        try:
            assert self._session is not None  # noqa: S101  `start` ran before anything is queued
            async with self._session.post(
                endpoint["url"], data=body, headers=headers, allow_redirects=False
            ) as response:
                answer = await response.content.read(KEPT_ANSWER_BYTES)
                attempt |= {"status": response.status, "answer": answer.decode(errors="replace")}
        except TimeoutError:
            attempt["error"] = f"No answer within {TIMEOUT_SECONDS} seconds"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            attempt["error"] = str(error) or type(error).__name__
        attempt["milliseconds"] = round((time.perf_counter() - started) * 1000, 1)
        attempt["succeeded"] = attempt["status"] is not None and 200 <= attempt["status"] < 300
        return attempt

    def _plan_retry(self, delivery: StripeObject) -> None:
        failures = len(delivery["attempts"])
        if failures > len(self.retry_seconds):
            delivery["status"] = "failed"
            return
        seconds = self.retry_seconds[failures - 1]
        delivery["next_attempt"] = self._sandbox.now() + round(seconds)
        self._queue_after(seconds, delivery["id"])

    def _queue_after(self, seconds: float, delivery_id: str, lane: str | None = None) -> None:
        """Try a delivery when so many seconds have gone by; at once when none are left."""
        if seconds <= 0:
            self._queue(delivery_id, lane)
            return
        timers = self._timers

        def queue() -> None:
            timers.pop(delivery_id, None)
            self._queue(delivery_id, lane)

        timers[delivery_id] = self._sandbox.timers.after(seconds, queue)
