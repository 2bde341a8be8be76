"""Webhooks lost for an hour: one reconciliation ends everything right and says so; another finds nothing."""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx

import attempts
from bookshop.workflows import reconcile as workflow
from opened_shop import OpenedShop
from processes import Shop, wait_until
from shop_records import at_once, break_stripe, history, intent_id, mend_stripe, order_row, rows, token_of

# Paid at once, and disputed by its bank as soon (docs.stripe.com/testing, disputes).
DISPUTED = "4000000000000259"


def by_hand(shop: Shop, *words: str) -> tuple[int, str]:
    """`bookshop reconcile`: its exit status and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "bookshop", "reconcile", *words],
        env=shop.environment,
        cwd=shop.directory,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout


def reconcile(
    shop: Shop, *, settling: float = 0, since: datetime | None = None
) -> tuple[workflow.Report, str]:
    """The same story in this process, which is quicker: its report, also in sentences."""
    wait = timedelta(seconds=settling)
    with OpenedShop(shop.database_url, shop.sandbox) as opened:
        report = opened.run(workflow.reconcile(opened.shop, settling=wait, since=since))
    return report, "\n".join(report.lines())


def told(shop: Shop) -> None:
    """Begin with nothing left to find, and no mark that an earlier test has set by a clock that was ahead."""
    rows(shop.database_url, "DELETE FROM event_mark")
    assert reconcile(shop)[0].is_whole


def everything(shop: Shop) -> dict[str, list[dict[str, Any]]]:
    """All that the shop has written down about orders and money, but not when it last asked."""
    found = {
        table: rows(shop.database_url, f"SELECT * FROM {table} ORDER BY 1, 2")  # noqa: S608  our own names
        for table in ("orders", "order_changes", "ledger", "invoices", "refunds", "disputes", "stripe_events")
    }
    for order in found["orders"]:
        order["payment_read_at"] = None
    return found


def test_an_hour_without_webhooks(still_shop: Shop) -> None:
    """Card, code, cancellation at Stripe and an abandoned attempt: repaired, said, and left alone after."""
    told(still_shop)
    card, code, gone, left = (still_shop.order() for _ in range(4))
    still_shop.sandbox.pay(card.json()["client_secret"])
    attempts.answer(attempts.begin(still_shop, code, "paynow"), "authorize")
    cancel = f"/v1/payment_intents/{intent_id(gone)}/cancel"
    still_shop.sandbox.stripe("POST", cancel).raise_for_status()
    attempts.begin(still_shop, left, "grabpay")
    still_shop.sandbox.control("PUT", "/_sandbox/clock", offset=3600)
    status, report = by_hand(still_shop, "--now")
    assert status == 0
    assert "repaired 3" in report
    assert re.findall(r"(\d) \S+: paid", report) in (["2"], ["1", "1"])
    assert "1 payment_intent.canceled: canceled" in report
    states = [order_row(still_shop, one.json()["order_url"])["state"] for one in (card, code, gone, left)]
    assert states == ["paid", "paid", "canceled", "awaiting_payment"]
    assert history(still_shop, card.json()["order_url"])[0][1].startswith("reconciler")
    before = everything(still_shop)
    assert by_hand(still_shop, "--now")[1].endswith("repaired 0\n")
    assert everything(still_shop) == before


def test_a_clock_of_stripes_that_goes_back(still_shop: Shop) -> None:
    """One host was an hour ahead, and the reading with it: what happens meanwhile is found all the same."""
    still_shop.sandbox.control("PUT", "/_sandbox/clock", offset=3600)
    told(still_shop)
    still_shop.sandbox.control("PUT", "/_sandbox/clock", offset=0)
    order = still_shop.order()
    still_shop.sandbox.pay(order.json()["client_secret"])
    _, report = reconcile(still_shop)
    assert "1 payment_intent.succeeded: paid" in report


def test_refunds_and_disputes_that_nobody_told_us_of(still_shop: Shop) -> None:
    """Stories 16 and 17 with the webhooks lost: money that went back, and money that a bank took back."""
    told(still_shop)
    given_back, disputed = still_shop.order(), still_shop.order()
    still_shop.sandbox.pay(given_back.json()["client_secret"])
    still_shop.sandbox.pay(disputed.json()["client_secret"], DISPUTED)
    of_it = {"payment_intent": intent_id(disputed)}
    list_it = partial(still_shop.sandbox.stripe, "GET", "/v1/disputes", **of_it)
    wait_until(lambda: list_it().json()["data"], "the bank to dispute")
    refund = {"payment_intent": intent_id(given_back), "amount": "500"}
    still_shop.sandbox.stripe("POST", "/v1/refunds", **refund).raise_for_status()
    _, report = reconcile(still_shop)
    assert "refund.created: refund succeeded" in report
    assert "charge.dispute.created: dispute needs_response" in report
    assert moved(still_shop, given_back) == {"sales": -2300, "refunds": 500}
    assert moved(still_shop, disputed)["disputes"] >= 2300
    before = everything(still_shop)
    assert "repaired 0" in reconcile(still_shop)[1]
    assert everything(still_shop) == before


def test_what_webhooks_may_still_bring_is_left_to_them(still_shop: Shop) -> None:
    """Paid a moment ago: nothing is taken from the webhook's hands, until somebody asks for it."""
    told(still_shop)
    placed = still_shop.order()
    still_shop.sandbox.pay(placed.json()["client_secret"])
    assert "repaired 0" in reconcile(still_shop, settling=20)[1]
    assert order_row(still_shop, placed.json()["order_url"])["state"] == "awaiting_payment"
    assert "repaired 1" in reconcile(still_shop)[1]


def test_several_at_once_repair_once(still_shop: Shop) -> None:
    """Four reconcilers over the same twelve lost payments: each paid once, numbered once, mailed once."""
    told(still_shop)
    placed = [still_shop.order() for _ in range(12)]
    for one in placed:
        still_shop.sandbox.pay(one.json()["client_secret"])
    answers = at_once([lambda: reconcile(still_shop)] * 4)
    assert all(report.is_whole for report, _ in answers)
    paid = [count for report, _ in answers for words, count in report.repairs.items() if ": paid" in words]
    assert sum(paid) == 12
    for one in placed:
        assert [state for state, _ in history(still_shop, one.json()["order_url"])] == ["paid"]
    invoices = rows(still_shop.database_url, "SELECT number FROM invoices ORDER BY number")
    assert [row["number"] for row in invoices] == list(range(1, len(invoices) + 1))


def test_a_silent_stripe_is_not_called_whole(still_shop: Shop) -> None:
    """Exit status 1 and a sentence; the mark stays, so that the next run takes what this one could not."""
    told(still_shop)
    placed = still_shop.order()
    still_shop.sandbox.pay(placed.json()["client_secret"])
    mark = rows(still_shop.database_url, "SELECT * FROM event_mark")
    break_stripe(still_shop, path="/v1/*", times=0, drop=True)
    assert not reconcile(still_shop)[0].is_whole
    status, report = by_hand(still_shop, "--now")
    assert (status, "run this again" in report) == (1, True)
    assert rows(still_shop.database_url, "SELECT * FROM event_mark") == mark
    mend_stripe(still_shop)
    assert "repaired 1" in reconcile(still_shop)[1]
    assert rows(still_shop.database_url, "SELECT * FROM event_mark") != mark


def test_since_reaches_behind_the_mark(still_shop: Shop) -> None:
    """An event that was thrown away here is taken again; a time after the mark does not move the mark."""
    told(still_shop)
    placed = still_shop.order()
    still_shop.sandbox.pay(placed.json()["client_secret"])
    still_shop.sandbox.control("PUT", "/_sandbox/clock", offset=3600)
    told_again = [reconcile(still_shop) for _ in range(2)]
    assert "0 events" in told_again[1][1]
    forget = "DELETE FROM stripe_events WHERE payload->'data'->'object'->>'id' = %s"
    rows(still_shop.database_url, forget, intent_id(placed))
    assert reconcile(still_shop)[1].startswith("0 events")
    assert not by_hand(still_shop, "--now", "--since", "1h")[1].startswith("0 events")
    rows(still_shop.database_url, "UPDATE event_mark SET read_until = now() - interval '1 day'")
    mark = rows(still_shop.database_url, "SELECT * FROM event_mark")
    reconcile(still_shop, since=datetime.now(UTC) - timedelta(minutes=1))
    assert rows(still_shop.database_url, "SELECT * FROM event_mark") == mark


def test_what_stripe_lists_no_more_is_gone_through(still_shop: Shop) -> None:
    """Five weeks of silence: events are kept for 30 days, so refunds and payments are read themselves."""
    told(still_shop)
    known, unknown = still_shop.order(), still_shop.order()
    still_shop.sandbox.pay(known.json()["client_secret"])
    reconcile(still_shop)
    refund = {"payment_intent": intent_id(known), "amount": "700"}
    still_shop.sandbox.stripe("POST", "/v1/refunds", **refund).raise_for_status()
    still_shop.sandbox.pay(unknown.json()["client_secret"])
    still_shop.sandbox.control("PUT", "/_sandbox/clock", offset=35 * 86400)
    report, words = reconcile(still_shop)
    assert report.is_whole
    assert "lists no events from" in words
    assert moved(still_shop, known)["refunds"] == 700
    assert order_row(still_shop, unknown.json()["order_url"])["state"] == "paid"


def moved(shop: Shop, placed: httpx.Response) -> dict[str, int]:
    """What the order's money did, by account; without what Stripe kept."""
    query = """SELECT account, sum(amount)::int AS amount FROM ledger JOIN orders ON orders.id = order_id
               WHERE token = %s AND account NOT IN ('stripe', 'fees') GROUP BY account"""
    found = rows(shop.database_url, query, token_of(placed.json()["order_url"]))
    return {row["account"]: row["amount"] for row in found}
