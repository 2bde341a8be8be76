"""Refunds and disputes of which no event told: looked at again, after a while, by the shop itself."""

from bookshop.workflows.follow_returned_money import follow_returned_money
from money_back import (
    INQUIRED,
    buy,
    dispute_at_stripe,
    ledger,
    refund_at_stripe,
    refund_rows,
    tell,
    wait_for_dispute,
    wait_for_refunds,
)
from opened_shop import OpenedShop
from processes import Shop
from shop_records import order_row, rows

AGES = "UPDATE {} SET changed_at = now() - interval '2 days' WHERE order_id = %s"


def look_again(shop: Shop) -> int:
    with OpenedShop(shop.database_url, shop.sandbox) as opened:
        return opened.run(follow_returned_money(opened.shop))


def test_a_refund_that_nobody_tells_of(quiet_shop: Shop) -> None:
    """It waits for the customer, who lets the time pass; Stripe's word is fetched, once the row is old."""
    url = buy(quiet_shop)
    quiet_shop.sandbox.control("PUT", "/_sandbox/refunds", outcome="asks_customer")
    made = refund_at_stripe(quiet_shop, url, 300, instructions_email="ada@example.com")
    quiet_shop.sandbox.control("PUT", "/_sandbox/refunds", outcome=None)
    assert tell(quiet_shop, made, "refund.created") == "refund requires_action"
    answer = quiet_shop.sandbox.stripe("POST", f"/v1/test_helpers/refunds/{made['id']}/expire")
    assert answer.status_code == 200
    look_again(quiet_shop)
    assert [row["state"] for row in refund_rows(quiet_shop, url)] == ["requires_action"]
    rows(quiet_shop.database_url, AGES.format("refunds"), order_row(quiet_shop, url)["id"])
    assert look_again(quiet_shop) >= 1
    wait_for_refunds(quiet_shop, url, "canceled")
    assert "refunds" not in ledger(quiet_shop, url)


def test_a_dispute_that_nobody_tells_of(quiet_shop: Shop) -> None:
    """Its end is fetched; one that has not moved is not looked at again at once."""
    url = buy(quiet_shop, INQUIRED)
    dispute = dispute_at_stripe(quiet_shop, url)
    tell(quiet_shop, dispute, "charge.dispute.created")
    order_id = order_row(quiet_shop, url)["id"]
    rows(quiet_shop.database_url, AGES.format("disputes"), order_id)
    before = look_again(quiet_shop)
    assert before >= 1
    assert look_again(quiet_shop) < before
    quiet_shop.sandbox.stripe("POST", f"/v1/disputes/{dispute['id']}/close")
    rows(quiet_shop.database_url, AGES.format("disputes"), order_id)
    look_again(quiet_shop)
    wait_for_dispute(quiet_shop, url, "warning_closed")
