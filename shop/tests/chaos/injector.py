"""Brings the scheduled faults about: each begins when its order does, and is counted when it has struck."""

import asyncio
import os
import random
import secrets
import signal
import traceback
from collections import Counter
from typing import Any

import aiohttp

import factories
from chaos.customers import BOOKS
from chaos.faults import Onset
from chaos.notes import Notes
from chaos.stripe_wire import Trouble
from chaos.town import WEBS, WORKERS, Town
from chaos.webhook_relay import SHUFFLED, Delivery

# Seconds. An event that is lost meanwhile is dated in the future and can be read when that has come, which
# has to be within the minute that the shop gets to become whole.
CLOCK_AHEAD = 25
# Seconds after which a living worker has noticed that another one is dead.
TAKEN_OVER_AFTER = 30

FORGED = "evt_forged"
STALE, FUTURE = 400, -400

# What Stripe answers instead: the status, and the stage of its work at which that happens.
ANSWERED = {
    "stripe_429": (429, "before"),
    "stripe_500": (500, "before"),
    "stripe_500_after_acting": (500, "after"),
}

# Faults that last; of those with the same word one lasts at a time, so that each meets a shop that works.
ONE_AT_A_TIME = {
    "web_killed": "processes",
    "worker_killed": "processes",
    "web_and_worker_killed": "processes",
    "deployed": "processes",
    "postgres_killed": "processes",
    "worker_paused": "processes",
    "webhook_lost": "webhooks",
    "webhooks_off": "webhooks",
    "payments_held": "payments",
    "stripe_clock_ahead": "clock",
    "stripe_unreachable": "wire",
    "mail_server_down": "mail",
}


class Injector:
    """One run's. `begin` takes the faults of an order up, `struck` counts them, `stop` ends them all."""

    def __init__(self, town: Town, notes: Notes) -> None:
        self._town = town
        self._notes = notes
        self._struck: Counter[str] = Counter()
        self._asked: Counter[str] = Counter()
        self._fault_ids: dict[str, tuple[str, int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._locks = {lock: asyncio.Lock() for lock in ONE_AT_A_TIME.values()}
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))

    def begin(self, onset: Onset) -> None:
        task = asyncio.ensure_future(self._try(onset))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def struck(self) -> Counter[str]:
        """What has struck, when everything that was begun has: processes run again, servers answer."""
        await asyncio.gather(*self._tasks)
        town = self._town
        struck = self._struck + town.wire.struck + town.relay.struck + town.postbox.struck
        waiting = {fault["id"]: fault["times"] for fault in (await self._switch("GET", "faults"))["faults"]}
        for identity, (kind, times) in self._fault_ids.items():
            struck[kind] += times - waiting.get(identity, 0)
        lost = self._asked["webhook_lost"] - (await self._switch("GET", "webhooks"))["lose"]
        return struck + Counter({"webhook_lost": lost})

    async def stop(self) -> Counter[str]:
        """End what still waits to strike: proxies pass everything on, Stripe is well. What has struck."""
        struck = await self.struck()
        for queue in (self._town.wire.troubles, self._town.postbox.troubles):
            queue.clear()
        self._town.relay.let_go()
        await self._switch("DELETE", "faults")
        await self._switch("PUT", "webhooks", lose=0, hold=False)
        await self._switch("PUT", "clock", offset=0)
        await self._session.close()
        return struck

    async def _try(self, onset: Onset) -> None:
        try:
            await self._bring(onset, onset.chance())
        except Exception:  # noqa: BLE001  one fault that fails must not end a run of hours without an account
            self._notes.complain(None, f"{onset.kind} failed: {traceback.format_exc()}")

    async def _bring(self, onset: Onset, chance: random.Random) -> None:
        kind = onset.kind
        if kind in ONE_AT_A_TIME:
            async with self._locks[ONE_AT_A_TIME[kind]]:
                await getattr(self, f"_{kind}")(chance)
        elif act := getattr(self, f"_{kind}", None):
            await act(chance)
        elif kind in ANSWERED:
            await self._fail_at_stripe(kind, chance)
        elif kind.startswith("stripe_"):
            strokes = chance.randint(1, 4)
            self._town.wire.troubles.extend(Trouble(kind, chance.uniform(0.3, 2)) for _ in range(strokes))
        elif kind.startswith("webhook_"):
            strokes = SHUFFLED if kind == "webhook_reordered" else chance.randint(1, 4)
            self._town.relay.troubles.extend((kind, chance) for _ in range(strokes))
        else:
            self._town.postbox.troubles.append(kind)

    async def _web_killed(self, chance: random.Random) -> None:
        number = chance.randrange(WEBS)
        self._town.fell(self._town.webs[number])
        await asyncio.sleep(chance.uniform(0, 1))
        await self._town.restart_web(number)
        self._struck["web_killed"] += 1

    async def _worker_killed(self, chance: random.Random) -> None:
        """Gone for a moment, or for long enough that the other one takes over what it left."""
        number = chance.randrange(WORKERS)
        self._town.fell(self._town.workers[number])
        await asyncio.sleep(chance.choice([chance.uniform(0, 2), TAKEN_OVER_AFTER]))
        self._town.restart_worker(number)
        self._struck["worker_killed"] += 1

    async def _web_and_worker_killed(self, chance: random.Random) -> None:
        web, worker = chance.randrange(WEBS), chance.randrange(WORKERS)
        self._town.fell(self._town.webs[web])
        self._town.fell(self._town.workers[worker])
        await asyncio.sleep(chance.uniform(0, 2))
        self._town.restart_worker(worker)
        await self._town.restart_web(web)
        self._struck["web_and_worker_killed"] += 1

    async def _deployed(self, chance: random.Random) -> None:
        """One server after the other ends what it is doing and makes room for its successor."""
        web, worker = chance.randrange(WEBS), chance.randrange(WORKERS)
        await self._town.ask_to_stop(self._town.workers[worker])
        self._town.restart_worker(worker)
        await self._town.ask_to_stop(self._town.webs[web])
        await self._town.restart_web(web)
        self._struck["deployed"] += 1

    async def _price_changed(self, chance: random.Random) -> None:
        query = """UPDATE prices SET amount = amount + %(change)s FROM books
                   WHERE book_id = books.id AND slug = %(slug)s RETURNING currency"""
        change = {"slug": chance.choice(BOOKS), "change": chance.choice([-100, 100])}
        self._struck["price_changed"] += bool(await self._town.rows(query, change))

    async def _postgres_killed(self, chance: random.Random) -> None:
        await self._town.kill_postgres(chance.uniform(0, 2))
        self._struck["postgres_killed"] += 1

    async def _worker_paused(self, chance: random.Random) -> None:
        worker = self._town.workers[chance.randrange(WORKERS)]
        os.kill(worker.pid, signal.SIGSTOP)
        await asyncio.sleep(chance.uniform(3, 10))
        os.kill(worker.pid, signal.SIGCONT)
        self._struck["worker_paused"] += 1

    async def _connections_terminated(self, _chance: random.Random) -> None:
        query = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE pid <> pg_backend_pid() AND datname = current_database()"""
        await self._town.rows(query)
        self._struck["connections_terminated"] += 1

    async def _fail_at_stripe(self, kind: str, chance: random.Random) -> None:
        status, stage = ANSWERED[kind]
        calls = [("POST", "/v1/payment_intents"), ("POST", "/v1/refunds"), ("GET", "/v1/payment_intents/*")]
        method, path = chance.choice(calls if stage == "before" else calls[:2])
        fault: dict[str, Any] = {"method": method, "path": path, "times": chance.randint(1, 3)}
        fault |= {"status": status, "stage": stage}
        if status == 429:
            fault["headers"] = {"Retry-After": "1"}
        made = await self._switch("POST", "faults", **fault)
        self._fault_ids[made["id"]] = (kind, fault["times"])

    async def _stripe_unreachable(self, chance: random.Random) -> None:
        await self._town.wire.close()
        await asyncio.sleep(chance.uniform(1, 5))
        await self._town.wire.open()
        self._struck["stripe_unreachable"] += 1

    async def _mail_server_down(self, chance: random.Random) -> None:
        await self._town.postbox.close()
        await asyncio.sleep(chance.uniform(1, 5))
        await self._town.postbox.open()
        self._struck["mail_server_down"] += 1

    async def _payments_held(self, chance: random.Random) -> None:
        await self._switch("PUT", "payments", hold="processing")
        await asyncio.sleep(chance.uniform(3, 8))
        released = await self._switch("POST", "payments/release")
        self._struck["payments_held"] += released["released"]

    async def _stripe_clock_ahead(self, chance: random.Random) -> None:
        await self._switch("PUT", "clock", offset=CLOCK_AHEAD)
        await asyncio.sleep(chance.uniform(4, 8))
        await self._switch("PUT", "clock", offset=0)
        self._struck["stripe_clock_ahead"] += 1

    async def _webhook_lost(self, chance: random.Random) -> None:
        more = chance.randint(1, 6)
        waiting = (await self._switch("GET", "webhooks"))["lose"]
        self._asked["webhook_lost"] += more
        await self._switch("PUT", "webhooks", lose=waiting + more)

    async def _webhooks_off(self, chance: random.Random) -> None:
        waiting = (await self._switch("GET", "webhooks"))["lose"]
        await self._switch("PUT", "webhooks", lose=-1)
        await asyncio.sleep(chance.uniform(3, 8))
        await self._switch("PUT", "webhooks", lose=waiting)
        self._struck["webhooks_off"] += 1

    async def _webhook_forged(self, _chance: random.Random) -> None:
        """A payment that nobody made, for an order that exists, signed in every wrong way."""
        query = """SELECT id, payment_intent_id, total, currency FROM orders
                   ORDER BY state = 'paid', created_at DESC LIMIT 1"""
        found = await self._town.rows(query)
        if not found:
            return
        order = found[0]
        paid = {
            "id": order["payment_intent_id"],
            "amount": order["total"],
            "amount_received": order["total"],
            "currency": order["currency"],
        }
        body = factories.event(factories.intent(order["id"], **paid), id=f"{FORGED}{secrets.token_hex(8)}")
        secret = self._town.sandbox.webhook_secret
        forgeries = [
            "",
            factories.signature(body, f"whsec_{secrets.token_hex(16)}"),
            factories.signature(body, ""),
            factories.signature(body, secret, age=STALE),
            factories.signature(body, secret, age=FUTURE),
            factories.signature(body, secret, scheme="v0"),
            factories.signature(body + b" ", secret),
        ]
        for signature in forgeries:
            status = await self._knock(Delivery(body, signature))
            if status is not None and status != 400:
                self._notes.complain(None, f"a forged event was answered with {status}: {signature!r}")
            self._struck["webhook_forged"] += status == 400

    async def _webhook_replayed(self, chance: random.Random) -> None:
        recent = list(self._town.relay.recent)
        for delivery in chance.sample(recent, min(3, len(recent))):
            status = await self._knock(delivery)
            self._struck["webhook_replayed"] += status is not None and status < 500

    async def _knock(self, delivery: Delivery) -> int | None:
        try:
            return await self._town.relay.post(delivery)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None

    async def _switch(self, method: str, path: str, /, **body: Any) -> Any:
        """One of the sandbox's switches."""
        url = f"{self._town.sandbox.url}/_sandbox/{path}"
        async with self._session.request(method, url, json=body or None) as answer:
            answer.raise_for_status()
            return await answer.json()
