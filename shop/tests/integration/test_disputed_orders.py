"""Disputes: a customer's bank takes money back, and the shop, its ledger and its refunds follow."""

from functools import partial

import httpx
import pytest

from money_back import (
    DISPUTED,
    INQUIRED,
    PRICE,
    REPORTED,
    answer_dispute,
    buy,
    dispute_at_stripe,
    dispute_rows,
    ledger,
    page_text,
    refund_at_stripe,
    refund_rows,
    sign_in,
    tell,
    wait_for_dispute,
    wait_for_refunds,
)
from processes import Shop, run_to_its_end, wait_until
from shop_records import at_once, order_row, rows, token_of

TAKEN = {"sales": -PRICE, "disputes": PRICE}
KEPT = {"stripe": PRICE, "sales": -PRICE}


@pytest.mark.parametrize(
    ("evidence", "status", "money"), [("winning_evidence", "won", KEPT), ("losing_evidence", "lost", TAKEN)]
)
def test_story_17_a_dispute_is_followed_to_its_end(
    shop: Shop, evidence: str, status: str, money: dict[str, int]
) -> None:
    """Opened, answered, decided: row, ledger and order page follow, and the fee with them."""
    url = buy(shop, DISPUTED)
    row = wait_for_dispute(shop, url, "needs_response")
    assert (row["amount"], row["reason"], row["evidence_due_at"] is not None) == (PRICE, "fraudulent", True)
    wait_until(lambda: ledger(shop, url) == TAKEN, "the money to be taken")
    assert "Your bank is looking at this payment" in page_text(shop, url)
    assert "Waits for your answer" in page_text(shop, url, sign_in(shop))
    answer_dispute(shop, url, evidence)
    wait_for_dispute(shop, url, status)
    wait_until(lambda: ledger(shop, url) == money, "the ledger to follow")
    assert order_row(shop, url)["state"] == "paid"
    text = page_text(shop, url)
    assert "is looking at" not in text
    assert text.count("S$23.00 of this payment back") == (status == "lost")
    assert ("Thank you, it is paid" in text) == (status == "won")
    assert _dispute_fees(shop, url) == (1500 if status == "lost" else 0)


def test_an_inquiry_moves_no_money(shop: Shop) -> None:
    """The bank asks; nothing is taken, and a refund, which ends it, is still possible."""
    url = buy(shop, INQUIRED)
    wait_for_dispute(shop, url, "warning_needs_response")
    assert ledger(shop, url) == KEPT
    _refund_by_command(shop, url)
    wait_for_refunds(shop, url, "succeeded")


def test_fault_59_a_disputed_payment_is_not_refunded_as_well(shop: Shop) -> None:
    """The bank has taken the money: nobody here can give it back a second time."""
    url = buy(shop, DISPUTED)
    wait_for_dispute(shop, url, "needs_response")
    with pytest.raises(AssertionError, match="disputes the payment"):
        _refund_by_command(shop, url)
    assert refund_rows(shop, url) == []


def test_fault_59_a_dispute_that_the_shop_has_not_heard_of(quiet_shop: Shop) -> None:
    """Stripe refuses the refund: its row says so, a person is told, and the money went back once."""
    url = buy(quiet_shop, DISPUTED)
    dispute_at_stripe(quiet_shop, url)
    _refund_by_command(quiet_shop, url)
    (row,) = wait_for_refunds(quiet_shop, url, "failed")
    assert (row["stripe_id"], row["failure"]) == (None, "the customer's bank has taken the money back")
    assert "came to nothing" in order_row(quiet_shop, url)["review_reason"]
    assert "could not reach you" not in page_text(quiet_shop, url)


def test_fault_59_a_refund_before_the_dispute(quiet_shop: Shop) -> None:
    """A part went back, the bank takes the rest: never more than was paid."""
    url = buy(quiet_shop)
    made = refund_at_stripe(quiet_shop, url, 300)
    _dispute_in_dashboard(quiet_shop, url)
    dispute = dispute_at_stripe(quiet_shop, url)
    at_once(
        [
            lambda: tell(quiet_shop, dispute, "charge.dispute.funds_withdrawn"),
            lambda: tell(quiet_shop, made, "refund.created"),
            lambda: tell(quiet_shop, dispute, "charge.dispute.created"),
        ]
    )
    assert ledger(quiet_shop, url) == {"sales": -PRICE, "refunds": 300, "disputes": PRICE - 300}
    assert len(dispute_rows(quiet_shop, url)) == 1


def test_disputes_told_in_any_order(quiet_shop: Shop) -> None:
    """Its end first, its beginning last, each twice and all at once: it stays over."""
    url = buy(quiet_shop, DISPUTED)
    opened = dispute_at_stripe(quiet_shop, url)
    answer_dispute(quiet_shop, url, "winning_evidence")
    wait_until(lambda: dispute_at_stripe(quiet_shop, url)["status"] == "won", "the dispute to be won")
    won = dispute_at_stripe(quiet_shop, url)
    kinds = [(won, "closed"), (opened, "created"), (won, "funds_reinstated"), (opened, "updated")] * 2
    calls = [partial(tell, quiet_shop, one, f"charge.dispute.{kind}") for one, kind in kinds]
    told = at_once(calls)
    assert set(told) == {"dispute won"}
    assert ledger(quiet_shop, url) == KEPT
    assert [row["status"] for row in dispute_rows(quiet_shop, url)] == ["won"]


def test_fault_61_an_early_fraud_warning_is_for_a_person(shop: Shop) -> None:
    """Flagged on the order; nothing is refunded by a program, and the order stays as it is."""
    url = buy(shop, REPORTED)
    wait_until(lambda: "reports fraud" in (order_row(shop, url)["review_reason"] or ""), "the warning")
    assert (order_row(shop, url)["state"], refund_rows(shop, url)) == ("paid", [])
    assert "reports fraud" in page_text(shop, url, sign_in(shop))
    assert "fraud" not in page_text(shop, url)


def _refund_by_command(shop: Shop, order_url: str) -> None:
    run_to_its_end(
        "refund", "bookshop", "refund", order_url, directory=shop.directory, environment=shop.environment
    )


def _dispute_in_dashboard(shop: Shop, order_url: str) -> None:
    """Open a dispute by hand, which no test card brings about after a refund."""
    address = f"{shop.sandbox.url}/dashboard/payments/{order_row(shop, order_url)['payment_intent_id']}"
    answer = httpx.post(address, data={"form": "dispute", "reason": "fraudulent"}, timeout=10)
    assert answer.status_code == 303, answer.text


def _dispute_fees(shop: Shop, order_url: str) -> int:
    """Minor units that Stripe kept for the dispute, without those for the payment."""
    query = """SELECT coalesce(sum(l.amount), 0)::int AS amount
               FROM ledger l JOIN orders o ON o.id = l.order_id
               WHERE token = %s AND account = 'fees' AND abs(l.amount) = 1500"""
    found: int = rows(shop.database_url, query, token_of(order_url))[0]["amount"]
    return found
