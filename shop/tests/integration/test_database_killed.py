"""kill -9 of PostgreSQL beside a worker: what was owed before is done after."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

import factories
from bookshop.demo import postgres
from processes import Shop, run_to_its_end, wait_until
from shop_records import bring, order_row, paid_intent, rows

# Seconds from the server's return: the engine doubles its pauses while the database is away, and what a
# worker lost sight of is noticed in two looks.
WHOLE_AGAIN = 120
ORDERS = 6


class Server:
    """A PostgreSQL of the test's own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.start()

    def start(self) -> None:
        self.process = postgres.start(self.directory)
        self.url = postgres.wait_until_ready(self.process, self.directory)

    def kill(self) -> None:
        """SIGKILL to the server and to all its processes."""
        everybody = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        for process in everybody:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(everybody, timeout=10)


@pytest.fixture
def server(data_dir: Path) -> Iterator[Server]:
    directory = data_dir / f"server-{secrets.token_hex(4)}"
    server = Server(directory)
    yield server
    server.process.stop()
    postgres.forget_socket(directory)


@pytest.fixture
def grounded_shop(server: Server, data_dir: Path) -> Iterator[Shop]:
    """A shop on a PostgreSQL of its own, its worker stopped, its webhooks from the sandbox lost."""
    directory = data_dir / f"shop-{secrets.token_hex(4)}"
    directory.mkdir()
    shop = Shop(directory, server.url)
    try:
        for words in (("migrate",), ("catalog", "load")):
            run_to_its_end(words[0], "bookshop", *words, directory=directory, environment=shop.environment)
        shop.start()
        shop.sandbox.control("PUT", "/_sandbox/webhooks", lose=-1)
        shop.worker.ask_to_stop()
        assert shop.worker.wait(9)
        yield shop
    finally:
        shop.stop()


def pay(shop: Shop) -> tuple[str, str]:
    """A paid order's id, and the customer's address."""
    email = f"{secrets.token_hex(8)}@example.com"
    placed = shop.order(email=email)
    assert bring(shop, factories.event(paid_intent(shop, placed))).json()["outcome"] == "paid"
    return str(order_row(shop, placed.json()["order_url"])["id"]), email


def unfinished(shop: Shop) -> list[dict[str, Any]]:
    try:
        return rows(
            shop.database_url,
            "SELECT * FROM dbos.workflow_status WHERE name = 'deliver_confirmation' AND status <> 'SUCCESS'",
        )
    except psycopg.OperationalError:
        return [{"status": "the database does not answer"}]


def expect_one_mail_each(shop: Shop, orders: dict[str, str]) -> None:
    def carried_on() -> bool:
        if shop.worker.exit_code is not None:
            assert shop.worker.exit_code == 1, "a worker that cannot begin says so, for its supervisor"
            shop.start_worker()
        return not unfinished(shop)

    wait_until(carried_on, "every mail", seconds=WHOLE_AGAIN)
    assert {email: len(shop.mails(email)) for email in orders.values()} == dict.fromkeys(orders.values(), 1)


def test_the_database_dies_under_a_worker(grounded_shop: Shop, server: Server) -> None:
    """Killed while mails wait for their next try: the worker lives through it and sends each once."""
    grounded_shop.misbehave("451 4.3.0 Try again later", count=1000)
    orders = dict(pay(grounded_shop) for _ in range(ORDERS))
    grounded_shop.start_worker()
    log = grounded_shop.worker.log
    wait_until(lambda: log.read_text().count("mail not delivered yet") >= ORDERS, "a first try of each")
    server.kill()
    wait_until(lambda: "no sign of life could be given" in log.read_text(), "the worker to notice")
    grounded_shop.misbehave("451 4.3.0 Try again later", count=0)
    server.start()
    worker = grounded_shop.worker
    expect_one_mail_each(grounded_shop, orders)
    assert worker is grounded_shop.worker, "the worker went on"


def test_the_database_dies_while_a_worker_takes_over(grounded_shop: Shop, server: Server) -> None:
    """Killed in the moment in which a new worker begins with what a dead one left (DBOS #716)."""
    orders = dict(pay(grounded_shop) for _ in range(ORDERS))
    claim = """UPDATE dbos.workflow_status SET status = 'PENDING', executor_id = 'dead', owner_xid = 'dead',
               recovery_attempts = 1 WHERE name = 'deliver_confirmation'"""
    rows(server.url, claim)
    grounded_shop.start_worker()
    wait_until(lambda: rows(server.url, "SELECT 1 FROM workers"), "the worker to begin")
    server.kill()
    server.start()
    expect_one_mail_each(grounded_shop, orders)
