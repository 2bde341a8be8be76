"""Mail servers and workers at their worst: away for an hour, slow, or standing still in the middle."""

import os
import secrets
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

import factories
from bookshop.demo.child import Child
from bookshop.workflows.follow_ups import APPLICATION_VERSION
from processes import HOST, Shop, free_port, start, wait_until
from shop_records import bring, order_row, paid_intent, rows

# Seconds: a silence of twenty, a look every three.
TAKEN_OVER = 90

TESTS = Path(__file__).parents[1]


def pay(shop: Shop, email: str) -> str:
    """The id of a paid order."""
    shop.sandbox.control("PUT", "/_sandbox/webhooks", lose=-1)
    placed = shop.order(email=email)
    assert bring(shop, factories.event(paid_intent(shop, placed))).json()["outcome"] == "paid"
    return str(order_row(shop, placed.json()["order_url"])["id"])


def mail_row(shop: Shop, order_id: str) -> dict[str, Any]:
    found = rows(shop.database_url, "SELECT * FROM mails WHERE order_id = %s", order_id)
    return found[0] if found else {"state": None}


def let_the_pause_pass(shop: Shop) -> None:
    """Kill the worker, and let its successor find that nobody lives and the durable pauses are over."""
    shop.worker.kill()
    rows(shop.database_url, "DELETE FROM workers")
    over = "UPDATE dbos.operation_outputs SET output = '0' WHERE function_name = 'DBOS.sleep'"
    rows(shop.database_url, over)
    shop.start_worker()


def test_the_mail_server_is_away_for_hours(own_shop: Shop) -> None:
    """One try after another in vain, over several lives of the worker; once it is back it takes one mail."""
    own_shop.mailbox.stop()
    email = f"{secrets.token_hex(8)}@example.com"
    order_id = pay(own_shop, email)
    for tries in range(1, 4):
        wait_until(
            lambda tries=tries: (
                (row := mail_row(own_shop, order_id))["state"] == "waiting" and row["attempts"] >= tries
            ),
            f"try {tries}",
        )
        let_the_pause_pass(own_shop)
    own_shop.start_mailbox()
    wait_until(lambda: mail_row(own_shop, order_id)["state"] == "sent", "the mail", seconds=TAKEN_OVER)
    assert mail_row(own_shop, order_id)["copies"] == 0
    assert len(own_shop.mails(email)) == 1


class SlowServer:
    """A mail server of the test's own, which says nothing to the first recipient until it may."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.asked = threading.Event()
        self.may_answer = threading.Event()
        self.port = free_port()
        self._controller = Controller(self, hostname=HOST, port=self.port)

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self.may_answer.set()
        self._controller.stop()

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if not self.asked.is_set():
            self.asked.set()
            await server.loop.run_in_executor(None, self.may_answer.wait)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.taken.append(envelope.content)
        return "250 Kept"


@pytest.fixture
def slow_server() -> Iterator[SlowServer]:
    server = SlowServer()
    server.start()
    yield server
    server.stop()


def sent_by_another_while_one_stands_still(shop: Shop, server: SlowServer, one: Child) -> str:
    """SIGSTOP `one` before a mail's content went out; another worker sends it; SIGCONT. The order's id."""
    order_id = pay(shop, f"{secrets.token_hex(8)}@example.com")
    assert server.asked.wait(30), "the first worker speaks to the mail server"
    os.kill(one.pid, signal.SIGSTOP)
    try:
        shop.another_worker()
        wait_until(lambda: mail_row(shop, order_id)["state"] == "sent", "another to send", seconds=TAKEN_OVER)
        server.may_answer.set()
    finally:
        os.kill(one.pid, signal.SIGCONT)
    wait_until(lambda: "no longer owned by this execution" in one.log.read_text(), "the first to notice")
    return order_id


def test_a_worker_that_stood_still_in_the_middle_of_a_mail_sends_no_second_one(
    start_shop: Callable[..., Shop], slow_server: SlowServer
) -> None:
    """It wakes when another has sent the mail: its try is over, and it lets the mail be."""
    shop = start_shop(SMTP_URL=f"smtp://{HOST}:{slow_server.port}")
    port = free_port()
    shop.settings["WORKER_METRICS_PORT"] = str(port)
    order_id = sent_by_another_while_one_stands_still(shop, slow_server, shop.worker)
    assert len(slow_server.taken) == 1
    assert mail_row(shop, order_id)["copies"] == 1, "nobody could know that the first had not sent it"
    measures = httpx.get(f"http://{HOST}:{port}/metrics", timeout=10).text.splitlines()
    assert 'bookshop_mail_copies_total{purpose="confirmation"} 1.0' in measures
    assert "bookshop_workflows_taken_over_total 1.0" in measures


def test_without_a_limit_to_its_try_it_would(
    start_shop: Callable[..., Shop], slow_server: SlowServer
) -> None:
    """The control: a worker with ten minutes for a try goes on with the mail when it wakes."""
    shop = start_shop(SMTP_URL=f"smtp://{HOST}:{slow_server.port}")
    shop.worker.ask_to_stop()
    assert shop.worker.wait(9)
    environment = shop.environment | {"VERSION": APPLICATION_VERSION, "PYTHONPATH": str(TESTS)}
    patient = start("patient", "release", "patient", directory=shop.directory, environment=environment)
    shop.others.append(patient)
    sent_by_another_while_one_stands_still(shop, slow_server, patient)
    assert len(slow_server.taken) == 2
