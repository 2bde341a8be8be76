"""The shop's processes, to be killed and started again: two web servers, two workers, PostgreSQL.

Around them a Stripe sandbox, the two proxies that disturb what goes back and forth, and the customers' mail
server.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import psycopg
from psycopg.rows import dict_row

from bookshop.demo import postgres
from bookshop.demo.child import Child
from chaos.postbox import Postbox
from chaos.shopkeeping import PASSWORD
from chaos.stripe_wire import StripeWire
from chaos.webhook_relay import WebhookRelay
from processes import HOST, Sandbox, free_port, run_to_its_end, start

WEBS = 2
WORKERS = 2
SECONDS_TO_START = 90.0


class Town:
    """Everything that a run needs, under one directory with every process's log."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.is_spotless = False
        self.web_ports = [free_port() for _ in range(WEBS)]
        relay_port, wire_port, smtp_port = free_port(), free_port(), free_port()
        self.sandbox = Sandbox(directory, webhook_url=f"http://{HOST}:{relay_port}/stripe/webhook")
        self.wire = StripeWire(wire_port, self.sandbox.port)
        self.relay = WebhookRelay(relay_port, lambda: self.web_urls)
        self.postbox = Postbox(smtp_port)
        self.webs: list[Child] = []
        self.workers: list[Child] = []
        self.revived: Counter[str] = Counter()
        self._felled: set[Child] = set()

    @property
    def web_urls(self) -> list[str]:
        return [f"http://{HOST}:{port}" for port in self.web_ports]

    @property
    def database_url(self) -> str:
        return postgres.url(self.directory / "postgres")

    def environment(self, port: int) -> dict[str, str]:
        """The settings of one process of the shop; all share but the port and the worker's name."""
        return {
            "PORT": str(port),
            "HOST": HOST,
            "PUBLIC_URL": self.web_urls[0],
            "WEB_WORKERS": "1",
            "DATABASE_URL": self.database_url,
            "ORDER_LIFETIME": "1",
            "SHOPKEEPER_PASSWORD": PASSWORD,
            "STRIPE_SECRET_KEY": self.sandbox.secret_key,
            "STRIPE_PUBLISHABLE_KEY": self.sandbox.publishable_key,
            "STRIPE_WEBHOOK_SECRET": self.sandbox.webhook_secret,
            "STRIPE_API_BASE": f"http://{HOST}:{self.wire.port}",
            "STRIPE_JS_URL": f"{self.sandbox.url}/endive/stripe.js",
            # The customers' addresses are told as a load balancer tells them.
            "TRUSTED_PROXIES": HOST,
            "SMTP_URL": f"smtp://{HOST}:{self.postbox.port}",
        }

    async def count_copies(self, slug: str, copies: int) -> None:
        """Let a book be counted, with so many copies on the shelf."""
        query = """WITH book AS (SELECT id FROM books WHERE slug = %(slug)s),
            shelf AS (INSERT INTO stock (book_id, received, held, sold)
                      SELECT id, %(copies)s, 0, 0 FROM book RETURNING book_id)
            INSERT INTO stock_receipts (book_id, copies, at) SELECT book_id, %(copies)s, now() FROM shelf"""
        await self.rows(query, {"slug": slug, "copies": copies})

    async def grow_old(self, order_url: str) -> None:
        """Let an order have waited a minute longer."""
        query = "UPDATE orders SET created_at = created_at - interval '1 minute' WHERE token = %(token)s"
        await self.rows(query, {"token": order_url.rpartition("/")[2]})

    async def grow_all_old(self) -> None:
        """Let every order that waits for its payment be past its time."""
        await self.rows(
            """UPDATE orders SET created_at = created_at - interval '1 minute'
               WHERE state = 'awaiting_payment'"""
        )

    async def rows(self, query: str, values: Mapping[str, object] | None = None) -> list[dict[str, Any]]:
        """The rows of a query as mappings; asked again while the database is away."""
        found: list[dict[str, Any]] = []

        async def is_answered() -> bool:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self.database_url, row_factory=dict_row
                ) as connection:
                    cursor = await connection.execute(query, values)
                    found.extend(await cursor.fetchall() if cursor.description else [])
            except psycopg.OperationalError:
                return False
            return True

        await until(is_answered, "the database", seconds=SECONDS_TO_START)
        return found

    async def open(self) -> None:
        """Start everything on an empty database; returns when the shop answers."""
        self._start_postgres()
        environment = self.environment(self.web_ports[0])
        for words in (["migrate"], ["catalog", "load"]):
            run_to_its_end(words[0], "bookshop", *words, directory=self.directory, environment=environment)
        self.sandbox.start()
        for part in (self.wire, self.relay, self.postbox):
            await part.open()
        self.webs = [self._web(number) for number in range(WEBS)]
        self.workers = [self._worker(number) for number in range(WORKERS)]
        for number in range(WEBS):
            await self.wait_for_web(number)
        self._keeper = asyncio.create_task(self._keep())

    async def close(self) -> None:
        if hasattr(self, "_keeper"):
            self._keeper.cancel()
        for child in [*self.webs, *self.workers]:
            child.kill()
        for part in (self.relay, self.wire, self.postbox):
            with contextlib.suppress(AttributeError):
                await part.close()
        if hasattr(self.sandbox, "child"):
            self.sandbox.child.stop()
        self.postgres.stop()
        postgres.forget_socket(self.directory / "postgres")

    def fell(self, child: Child) -> None:
        """SIGKILL to a process and what it started; nobody starts it again but whoever felled it."""
        self._felled.add(child)
        child.kill()

    async def ask_to_stop(self, child: Child) -> None:
        """SIGTERM, and the time that supervisors give."""
        self._felled.add(child)
        await asyncio.to_thread(child.stop)

    async def restart_web(self, number: int) -> None:
        """Start a killed web server again and wait until it answers."""
        self.webs[number] = self._web(number)
        await self.wait_for_web(number)

    def restart_worker(self, number: int) -> None:
        self.workers[number] = self._worker(number)

    async def wait_for_web(self, number: int) -> None:
        url = f"{self.web_urls[number]}/health/ready"
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:

            async def answers() -> bool:
                try:
                    async with session.get(url) as answer:
                        return answer.ok
                except (aiohttp.ClientError, TimeoutError, OSError):
                    return False

            await until(answers, f"web server {number} to answer", seconds=SECONDS_TO_START)

    async def audit(self) -> tuple[int, str]:
        """`bookshop audit`, as a shopkeeper calls it, without patience: its exit status and its words."""
        asked = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bookshop", "audit", "--patience", "0"),
            cwd=self.directory,
            env=os.environ | self.environment(self.web_ports[0]),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        words, _ = await asked.communicate()
        assert asked.returncode is not None
        return asked.returncode, words.decode()

    async def kill_postgres(self, seconds: float) -> None:
        """SIGKILL to PostgreSQL and all its processes; up again, by crash recovery, after some seconds."""
        everybody = [psutil.Process(self.postgres.pid)]
        everybody += everybody[0].children(recursive=True)
        for process in everybody:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        self.postgres.kill()
        await asyncio.sleep(seconds)
        await asyncio.to_thread(self._start_postgres)

    async def _keep(self) -> None:
        """Start what ended by itself again, as every supervisor does; `revived` counts it."""
        while True:
            for children, begin in ((self.webs, self._web), (self.workers, self._worker)):
                for number, child in enumerate(children):
                    if child.exit_code is not None and child not in self._felled:
                        self.revived[child.name] += 1
                        children[number] = begin(number)
            await asyncio.sleep(1)

    def _start_postgres(self) -> None:
        data = self.directory / "postgres"
        self.postgres = postgres.start(data)
        postgres.wait_until_ready(self.postgres, data)

    def _web(self, number: int) -> Child:
        return self._start(f"web-{number}", "serve", self.environment(self.web_ports[number]))

    def _worker(self, number: int) -> Child:
        environment = self.environment(self.web_ports[0]) | {"WORKER_ID": f"worker-{number}"}
        return self._start(f"worker-{number}", "worker", environment)

    def _start(self, name: str, command: str, environment: dict[str, str]) -> Child:
        return start(name, "bookshop", command, directory=self.directory, environment=environment)


@contextlib.asynccontextmanager
async def open_town() -> AsyncIterator[Town]:
    """A town in a directory of its own, which goes with it where the run found it spotless."""
    town = Town(Path(tempfile.mkdtemp(prefix="bookshop-chaos-")))
    try:
        await town.open()
        yield town
    finally:
        await town.close()
        if town.is_spotless:
            shutil.rmtree(town.directory)


async def until(
    condition: Callable[[], "asyncio._AwaitableLike[bool]"], what: str, *, seconds: float, pause: float = 0.1
) -> float:
    """Wait for a condition; the seconds it took.

    Raises:
        TimeoutError: naming `what`.
    """
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while not await condition():
        if loop.time() - begun > seconds:
            raise TimeoutError(f"waited {seconds:.0f} s in vain for {what}")
        await asyncio.sleep(pause)
    return loop.time() - begun
