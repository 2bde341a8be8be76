"""Webhooks lost for an hour: one reconciliation ends everything right and says so; another finds nothing."""

import re
import subprocess
import sys
from typing import Any

import attempts
from processes import Shop
from shop_records import history, intent_id, order_row, rows

OPEN = "('awaiting_payment', 'processing')"


def reconcile(shop: Shop, *words: str) -> tuple[int, str]:
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


def told(shop: Shop) -> None:
    """Begin with nothing left to find."""
    assert reconcile(shop, "--now")[0] == 0


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
    status, report = reconcile(still_shop, "--now")
    assert status == 0
    assert "repaired 3" in report
    assert re.findall(r"(\d) \S+: paid", report) in (["2"], ["1", "1"])
    assert "1 payment_intent.canceled: canceled" in report
    states = [order_row(still_shop, one.json()["order_url"])["state"] for one in (card, code, gone, left)]
    assert states == ["paid", "paid", "canceled", "awaiting_payment"]
    assert history(still_shop, card.json()["order_url"])[0][1].startswith("reconciler")
    before = everything(still_shop)
    status, report = reconcile(still_shop, "--now")
    assert (status, "repaired 0" in report) == (0, True)
    assert everything(still_shop) == before


def test_a_clock_of_stripes_that_goes_back(still_shop: Shop) -> None:
    """One host was an hour ahead, and the reading with it: what happens meanwhile is found all the same."""
    still_shop.sandbox.control("PUT", "/_sandbox/clock", offset=3600)
    told(still_shop)
    still_shop.sandbox.control("PUT", "/_sandbox/clock", offset=0)
    order = still_shop.order()
    still_shop.sandbox.pay(order.json()["client_secret"])
    status, report = reconcile(still_shop, "--now")
    assert (status, "1 payment_intent.succeeded: paid" in report) == (0, True), report
