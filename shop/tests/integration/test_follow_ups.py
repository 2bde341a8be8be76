"""Follow-ups that fail are seen, and begin again when somebody says so; those that are missing are found."""

import secrets
import uuid
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

import factories
from bookshop import limits
from bookshop.database import now
from bookshop.refunds import Refund
from bookshop.workflows import overview
from bookshop.workflows.sweep_follow_ups import sweep_follow_ups
from bookshop.workflows.sweep_runs import sweep_runs
from opened_shop import OpenedShop
from processes import Shop, run_to_its_end, start, wait_until
from shop_records import bring, order_row, paid_intent, rows


def command(shop: Shop, *words: str) -> str:
    """What a `bookshop` command prints that succeeds."""
    name = f"command-{secrets.token_hex(4)}"
    run_to_its_end(name, "bookshop", *words, directory=shop.directory, environment=shop.environment)
    return (shop.directory / f"{name}.log").read_text()


def failing_command(shop: Shop, *words: str) -> tuple[int | None, str]:
    """The exit status and the output of a command that fails."""
    child = start(
        f"command-{secrets.token_hex(4)}",
        "bookshop",
        *words,
        directory=shop.directory,
        environment=shop.environment,
    )
    assert child.wait(30)
    return child.exit_code, child.last_lines()


def story(shop: Shop, workflow_id: str) -> dict[str, Any]:
    found = rows(
        shop.database_url, "SELECT * FROM dbos.workflow_status WHERE workflow_uuid = %s", workflow_id
    )
    return found[0] if found else {}


def measured(shop: Shop, line: str) -> bool:
    return line in httpx.get(f"{shop.url}/metrics", timeout=10).text.splitlines()


def pay(shop: Shop, email: str) -> str:
    """The id of a paid order."""
    placed = shop.order(email=email)
    assert bring(shop, factories.event(paid_intent(shop, placed))).json()["outcome"] == "paid"
    return str(order_row(shop, placed.json()["order_url"])["id"])


def sweep(database_url: str) -> int:
    """How many follow-ups were missing and are owed again."""
    with OpenedShop(database_url) as opened:
        return opened.run(sweep_follow_ups(opened.shop))


@pytest.fixture
def lonely_shop(own_shop: Shop) -> Shop:
    """A shop of the test's own, whose webhooks from the sandbox are lost, with a worker that is stopped."""
    own_shop.sandbox.control("PUT", "/_sandbox/webhooks", lose=-1)
    own_shop.worker.ask_to_stop()
    assert own_shop.worker.wait(9)
    return own_shop


def test_a_poison_workflow_is_seen_and_restarted(lonely_shop: Shop) -> None:
    """An order whose mail cannot even be written: in the log, the metric, the list; mended, it is sent."""
    email = f"{secrets.token_hex(8)}@example.com"
    order_id = pay(lonely_shop, email)
    workflow_id = f"deliver_confirmation:{order_id}"
    waiting = command(lonely_shop, "workflows", "--waiting")
    assert f"{workflow_id}  enqueued" in waiting
    assert "failed" not in waiting

    rows(lonely_shop.database_url, "UPDATE orders SET email = 'nobody' WHERE id = %s", order_id)
    lonely_shop.start_worker()
    wait_until(lambda: story(lonely_shop, workflow_id)["status"] == "ERROR", "the workflow to fail")
    assert "a follow-up failed" in lonely_shop.worker.log.read_text()
    assert measured(lonely_shop, 'bookshop_workflows{name="deliver_confirmation",state="ERROR"} 1.0')
    failed = command(lonely_shop, "workflows", "--failed")
    assert f"{workflow_id}  error" in failed
    assert "EmailSyntaxError" in failed

    rows(lonely_shop.database_url, "UPDATE orders SET email = %s WHERE id = %s", email, order_id)
    assert f"restarted {workflow_id}" in command(lonely_shop, "workflows", "restart", workflow_id)
    wait_until(lambda: story(lonely_shop, workflow_id)["status"] == "SUCCESS", "the workflow to end")
    assert len(lonely_shop.mails(email)) == 1
    assert "bookshop_workflows{" not in httpx.get(f"{lonely_shop.url}/metrics").text
    status, said = failing_command(lonely_shop, "workflows", "restart", workflow_id)
    assert status == 1
    assert "SUCCESS, not failed" in said


def test_a_workflow_whose_workers_keep_dying_is_put_aside_and_restarted(lonely_shop: Shop) -> None:
    """Begun a thousand times and never ended: put aside, until a person restarts it."""
    email = f"{secrets.token_hex(8)}@example.com"
    workflow_id = f"deliver_confirmation:{pay(lonely_shop, email)}"
    begun = """UPDATE dbos.workflow_status
               SET status = 'PENDING', executor_id = 'dead', recovery_attempts = 1001
               WHERE workflow_uuid = %s"""
    rows(lonely_shop.database_url, begun, workflow_id)
    lonely_shop.start_worker()
    wait_until(
        lambda: story(lonely_shop, workflow_id)["status"] == "MAX_RECOVERY_ATTEMPTS_EXCEEDED",
        "the workflow to be put aside",
    )
    assert workflow_id in command(lonely_shop, "workflows")
    assert lonely_shop.mails(email) == []
    assert f"restarted {workflow_id}" in command(lonely_shop, "workflows", "restart", "--all-failed")
    wait_until(lambda: lonely_shop.mails(email), "the mail")


def test_a_restart_needs_to_be_told_which(lonely_shop: Shop) -> None:
    """Neither an id nor all of them: a sentence, and nothing happens."""
    status, said = failing_command(lonely_shop, "workflows", "restart")
    assert status == 2
    assert "which one?" in said


def test_a_failed_run_counts_until_its_schedule_ran_again(database_url: str) -> None:
    """A scheduled run that failed is made up for by a later one that did not."""
    run = """INSERT INTO dbos.workflow_status
                 (workflow_uuid, name, status, schedule_name, created_at, updated_at)
             VALUES (%s, 'reconcile', %s, 'reconcile', %s, %s)"""
    rows(database_url, run, "sched-reconcile-1", "ERROR", 1_000, 1_000)

    async def failed(session: AsyncSession) -> list[str]:
        assert len(await overview.count(session)) == len(await overview.failed_ids(session))
        return await overview.failed_ids(session)

    with OpenedShop(database_url) as opened:
        assert opened.commit(failed) == ["sched-reconcile-1"]
        rows(database_url, run, "sched-reconcile-2", "SUCCESS", 2_000, 2_000)
        assert opened.commit(failed) == []


def test_a_missing_follow_up_is_found(lonely_shop: Shop) -> None:
    """A paid order whose workflow is gone: before the sweep nobody sends its mail, after it somebody does."""
    url, email = lonely_shop.database_url, f"{secrets.token_hex(8)}@example.com"
    order_id = pay(lonely_shop, email)
    rows(url, "DELETE FROM dbos.workflow_status WHERE workflow_uuid LIKE %s", "deliver_confirmation:%")
    lonely_shop.start_worker()
    later = pay(lonely_shop, f"{secrets.token_hex(8)}@example.com")
    wait_until(
        lambda: story(lonely_shop, f"deliver_confirmation:{later}").get("status") == "SUCCESS", "another mail"
    )
    assert lonely_shop.mails(email) == [], "nothing owes it"

    assert sweep(url) == 1
    wait_until(lambda: lonely_shop.mails(email), "the mail")
    assert sweep(url) == 0
    assert order_id in lonely_shop.mails(email)[0]["message_id"]


@pytest.mark.parametrize(
    ("made", "owed", "queue"),
    [
        ({}, "refund_order", "refunds"),
        ({"stripe_id": "re_1", "state": "succeeded"}, "deliver_refund_notice", "mail"),
    ],
)
def test_a_requested_refund_without_a_workflow_is_found(
    database_url: str, made: dict[str, str], owed: str, queue: str
) -> None:
    """A refund that nobody carries out, one that nobody tells of: each owed again, once."""
    order = factories.order(state="paid")
    refund = Refund(
        id=uuid.uuid4(),
        order_id=order.id,
        payment_intent_id="pi_1",
        amount=2300,
        currency="sgd",
        cause="test",
        **made,
    )

    async def ask(session: AsyncSession) -> None:
        session.add(order)
        await session.flush()
        session.add(refund)

    with OpenedShop(database_url) as opened:
        opened.commit(ask)
    assert sweep(database_url) == 1
    assert sweep(database_url) == 0
    query = "SELECT queue_name, status FROM dbos.workflow_status WHERE workflow_uuid = %s"
    assert rows(database_url, query, f"{owed}:{refund.id}") == [{"queue_name": queue, "status": "ENQUEUED"}]


def test_an_order_declined_too_often_without_a_workflow_is_found(database_url: str) -> None:
    """One decline too many and nobody closes the order: owed again; one that is at its limit is let be."""
    settings = factories.settings()
    orders = {tries: factories.order(payment_intent_id=f"pi_{tries}") for tries in (8, 9)}

    async def decline(session: AsyncSession) -> None:
        session.add_all(orders.values())
        for declines, order in orders.items():
            for _ in range(declines):
                await limits.charge(session, settings, limits.DECLINES, order.id, at=now())

    with OpenedShop(database_url) as opened:
        opened.commit(decline)
    assert sweep(database_url) == 1
    assert sweep(database_url) == 0
    owed = rows(database_url, "SELECT workflow_uuid AS id FROM dbos.workflow_status")
    assert owed == [{"id": f"close_order:{orders[9].id}"}]


def test_past_runs_are_thrown_away_and_follow_ups_are_not(database_url: str) -> None:
    """A week after it ended, a scheduled run goes with all its records; what is owed once stays for ever."""
    written = """INSERT INTO dbos.workflow_status
                     (workflow_uuid, name, status, schedule_name, created_at, updated_at)
                 VALUES ('run', 'reconcile', 'SUCCESS', 'reconcile', 1, 1),
                        ('begun', 'reconcile', 'PENDING', 'reconcile', 1, 1),
                        ('fresh', 'reconcile', 'SUCCESS', 'reconcile', 1000 * extract(epoch FROM now()), 1),
                        ('mail', 'deliver_confirmation', 'SUCCESS', NULL, 1, 1)"""
    rows(database_url, written)
    step = """INSERT INTO dbos.operation_outputs (workflow_uuid, function_id, function_name)
              VALUES ('run', 1, 'reconcile'), ('mail', 1, 'send_confirmation')"""
    rows(database_url, step)

    with OpenedShop(database_url) as opened:
        assert opened.run(sweep_runs(opened.shop)) == 1
    query = "SELECT workflow_uuid AS id FROM dbos.workflow_status ORDER BY 1"
    assert [row["id"] for row in rows(database_url, query)] == ["begun", "fresh", "mail"]
    query = "SELECT workflow_uuid AS id FROM dbos.operation_outputs"
    assert [row["id"] for row in rows(database_url, query)] == ["mail"]
