"""Workers that die, stand still or lose sight of their work: what is owed gets done by others, once."""

import os
import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import factories
from bookshop.demo.child import Child
from processes import Shop, wait_until
from shop_records import bring, fall_silent, order_row, paid_intent, rows

# Seconds: looks come every three, the engine's polls and a program's start on a busy machine beside them.
TAKEN_OVER = 90

LATER = "451 4.3.0 Try again later"
IN_VAIN = "the dead could not be looked after"


def pay(shop: Shop) -> tuple[str, str]:
    """A paid order's id, and the customer's address."""
    email = f"{secrets.token_hex(8)}@example.com"
    placed = shop.order(email=email)
    assert bring(shop, factories.event(paid_intent(shop, placed))).json()["outcome"] == "paid"
    return str(order_row(shop, placed.json()["order_url"])["id"]), email


def story(shop: Shop, order_id: str) -> dict[str, Any]:
    """The confirmation's row in the workflow engine."""
    query = "SELECT * FROM dbos.workflow_status WHERE workflow_uuid = %s"
    found = rows(shop.database_url, query, f"deliver_confirmation:{order_id}")
    return found[0] if found else {}


def worker_of(shop: Shop, executor_id: str) -> Child:
    """The worker process of this name: host, process id, and something random."""
    pid = int(executor_id.split(":")[1])
    [found] = [child for child in (shop.worker, *shop.others) if child.pid == pid]
    return found


def wait_until_sent(shop: Shop, order_id: str) -> None:
    wait_until(
        lambda: story(shop, order_id)["status"] == "SUCCESS", "the confirmation to end", seconds=TAKEN_OVER
    )


def wait_for_workers(shop: Shop, count: int) -> None:
    query = "SELECT count(*) AS living FROM workers WHERE seen_at > now() - interval '5 s'"
    wait_until(lambda: rows(shop.database_url, query)[0]["living"] == count, f"{count} living workers")


@contextmanager
def standing_still(child: Child) -> Iterator[None]:
    """SIGSTOP, and SIGCONT at the end."""
    os.kill(child.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(child.pid, signal.SIGCONT)


@pytest.fixture
def lonely_shop(own_shop: Shop) -> Shop:
    """A shop of the test's own, whose webhooks from the sandbox are lost."""
    own_shop.sandbox.control("PUT", "/_sandbox/webhooks", lose=-1)
    return own_shop


def begun_by_one(shop: Shop, count: int) -> tuple[dict[str, str], Child]:
    """Paid orders whose mails wait for `let_mails_through`, by id with addresses; and their worker."""
    shop.misbehave(LATER, count=1000)
    orders = dict(pay(shop) for _ in range(count))
    wait_until(
        lambda: all(
            rows(shop.database_url, "SELECT 1 FROM mails WHERE order_id = %s", order_id)
            for order_id in orders
        ),
        "a first try of each mail",
    )
    return orders, worker_of(shop, story(shop, next(iter(orders)))["executor_id"])


def let_mails_through(shop: Shop) -> None:
    """The mail server takes mails again, and the pauses of whoever takes over have passed."""
    shop.misbehave(LATER, count=0)
    over = "UPDATE dbos.operation_outputs SET output = '0' WHERE function_name = 'DBOS.sleep'"
    rows(shop.database_url, over)


def test_living_workers_take_over_what_a_dead_one_left(lonely_shop: Shop) -> None:
    """kill -9 one of three workers with mails under way: the others send each, nobody begins one twice."""
    orders, victim = begun_by_one(lonely_shop, 8)
    lonely_shop.another_worker()
    lonely_shop.another_worker()
    wait_for_workers(lonely_shop, 3)
    victim.kill()
    fall_silent(lonely_shop, victim)
    let_mails_through(lonely_shop)
    for order_id, email in orders.items():
        wait_until_sent(lonely_shop, order_id)
        assert len(lonely_shop.mails(email)) == 1
        row = story(lonely_shop, order_id)
        assert worker_of(lonely_shop, row["executor_id"]) is not victim
        assert row["recovery_attempts"] == 2, "begun by the dead one, begun again by one living"


def test_without_signs_of_life_nothing_is_taken_over(lonely_shop: Shop) -> None:
    """The control of the test above: with the table of workers away, the mail stays where it is."""
    orders, victim = begun_by_one(lonely_shop, 1)
    [(order_id, email)] = orders.items()
    survivor = lonely_shop.another_worker()
    wait_for_workers(lonely_shop, 2)
    rows(lonely_shop.database_url, "ALTER TABLE workers RENAME TO workers_away")
    victim.kill()
    fall_silent(lonely_shop, victim, table="workers_away")
    let_mails_through(lonely_shop)
    before = survivor.log.read_text().count(IN_VAIN)
    wait_until(
        lambda: survivor.log.read_text().count(IN_VAIN) > before + 3, "looks in vain", seconds=TAKEN_OVER
    )
    assert story(lonely_shop, order_id)["status"] == "PENDING"
    assert lonely_shop.mails(email) == []
    rows(lonely_shop.database_url, "ALTER TABLE workers_away RENAME TO workers")
    wait_until_sent(lonely_shop, order_id)


def test_a_worker_that_stands_still_is_taken_over_and_does_nothing_twice(lonely_shop: Shop) -> None:
    """SIGSTOP between two tries, another worker sends the mail, SIGCONT: the first one adds nothing."""
    orders, victim = begun_by_one(lonely_shop, 1)
    [(order_id, email)] = orders.items()
    with standing_still(victim):
        fall_silent(lonely_shop, victim)
        let_mails_through(lonely_shop)
        lonely_shop.another_worker()
        wait_until_sent(lonely_shop, order_id)
        before = story(lonely_shop, order_id)
    wait_until(
        lambda: "no longer owned by this execution" in victim.log.read_text(), "the first worker to notice"
    )
    wait_for_workers(lonely_shop, 2)
    assert len(lonely_shop.mails(email)) == 1
    assert story(lonely_shop, order_id) == before
    next_order, _ = pay(lonely_shop)
    wait_until_sent(lonely_shop, next_order)


def test_work_that_a_living_worker_lost_sight_of_is_queued_again(lonely_shop: Shop) -> None:
    """Claimed in the database and never begun, as when the database goes away between the two."""
    wait_for_workers(lonely_shop, 1)
    with standing_still(lonely_shop.worker):
        order_id, email = pay(lonely_shop)
        claim = """UPDATE dbos.workflow_status SET status = 'PENDING', owner_xid = 'claimed and forgotten',
                   executor_id = (SELECT executor_id FROM workers) WHERE workflow_uuid = %s"""
        rows(lonely_shop.database_url, claim, f"deliver_confirmation:{order_id}")
    wait_until_sent(lonely_shop, order_id)
    assert len(lonely_shop.mails(email)) == 1


def test_a_worker_that_is_asked_to_stop_leaves_its_work_to_others_at_once(lonely_shop: Shop) -> None:
    """No silence has to pass: who signs off is known to have gone."""
    orders, leaver = begun_by_one(lonely_shop, 1)
    [(order_id, email)] = orders.items()
    survivor = lonely_shop.another_worker()
    wait_for_workers(lonely_shop, 2)
    leaver.ask_to_stop()
    assert leaver.wait(9), "the worker takes too long to stop"
    let_mails_through(lonely_shop)
    wait_until(lambda: "taken over" in survivor.log.read_text(), "the other to take over", seconds=15)
    wait_until_sent(lonely_shop, order_id)
    assert worker_of(lonely_shop, story(lonely_shop, order_id)["executor_id"]) is survivor
    assert len(lonely_shop.mails(email)) == 1
