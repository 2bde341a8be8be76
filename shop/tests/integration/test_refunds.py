"""Money that goes back, whoever sends it: mirrored, entered in the ledger, told once."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

import factories
from money_back import (
    PRICE,
    REFUND_FAILS,
    REFUND_WAITS,
    buy,
    fees,
    ledger,
    page_text,
    refund_at_stripe,
    refund_rows,
    refunds_at_stripe,
    tell,
    wait_for_refunds,
)
from processes import Shop, wait_until
from shop_records import at_once, bring, intent_id, order_row, paid_intent

TAKINGS = {"stripe": PRICE, "sales": -PRICE}
GIVEN_BACK = {"sales": -PRICE, "refunds": PRICE}


def test_story_16_a_refund_made_in_the_dashboard_is_in_the_shop(shop: Shop) -> None:
    """Mirrored with its amount, entered in the ledger, told to the customer, once each."""
    url = buy(shop)
    made = refund_at_stripe(shop, url, 300)
    (row,) = wait_for_refunds(shop, url, "succeeded")
    assert (row["stripe_id"], row["amount"], row["cause"]) == (made["id"], 300, "made at Stripe")
    assert ledger(shop, url) == {"stripe": PRICE - 300, "sales": -PRICE, "refunds": 300}
    mails = _notices(shop, url)
    assert "S$3.00" in mails[0]["text"]
    assert mails[0]["message_id"].startswith(f"<{order_row(shop, url)['id']}.refund.{row['id']}@")


def test_story_16_a_refund_that_fails_later_is_undone(shop: Shop) -> None:
    """The money is back with us: the ledger follows, a person is told, and it can be refunded again."""
    url = buy(shop, REFUND_FAILS)
    made = refund_at_stripe(shop, url)
    (row,) = wait_for_refunds(shop, url, "failed")
    assert row["failure"] == "expired_or_canceled_card"
    assert ledger(shop, url) == TAKINGS
    assert made["id"] in order_row(shop, url)["review_reason"]
    assert order_row(shop, url)["state"] == "paid"
    assert "could not reach you" in page_text(shop, url)


def test_a_refund_on_its_way_arrives(shop: Shop) -> None:
    """Pending counts as gone, because Stripe has taken it out of our balance; then it succeeds."""
    url = buy(shop, REFUND_WAITS)
    refund_at_stripe(shop, url)
    wait_for_refunds(shop, url, "succeeded")
    assert ledger(shop, url) == GIVEN_BACK


@pytest.fixture
def held_shop(shop: Shop) -> Iterator[Shop]:
    """The shared shop, whose webhooks wait until they are released."""
    shop.sandbox.control("PUT", "/_sandbox/webhooks", hold=True)
    yield shop
    shop.sandbox.control("PUT", "/_sandbox/webhooks", hold=False)


@pytest.mark.parametrize("order", ["as_sent", "reversed", "shuffled"])
def test_refund_events_in_any_order(held_shop: Shop, order: str) -> None:
    """Refunded and failed before the shop has heard of the payment: the order is paid all the same."""
    placed = held_shop.order()
    url = placed.json()["order_url"]
    held_shop.sandbox.pay(placed.json()["client_secret"], REFUND_FAILS)
    intent = intent_id(placed)
    held_shop.sandbox.stripe("POST", "/v1/refunds", payment_intent=intent, amount="300")
    _wait_until_failed(held_shop, url)
    assert order_row(held_shop, url)["state"] == "awaiting_payment"
    held_shop.sandbox.control("PUT", "/_sandbox/webhooks", hold=False)
    held_shop.sandbox.control("POST", "/_sandbox/webhooks/release", order=order)
    wait_for_refunds(held_shop, url, "failed")
    assert order_row(held_shop, url)["state"] == "paid"
    assert ledger(held_shop, url) == TAKINGS


def test_a_refund_told_fifty_times_at_once(quiet_shop: Shop) -> None:
    """Fifty events of one fact, all different and all at once: one row, one posting, one mail."""
    url = buy(quiet_shop)
    made = refund_at_stripe(quiet_shop, url, 300)
    kinds = ["refund.created", "refund.updated", "charge.refund.updated"] * 4
    outcomes = at_once([lambda kind=kind: tell(quiet_shop, made, kind) for kind in kinds])  # type: ignore[misc]
    assert set(outcomes) == {"refund succeeded"}
    assert [row["amount"] for row in refund_rows(quiet_shop, url)] == [300]
    assert ledger(quiet_shop, url) == {"stripe": PRICE - 300, "sales": -PRICE, "refunds": 300}
    assert len(_notices(quiet_shop, url)) == 1


@pytest.mark.parametrize(
    ("stripe_object", "kind", "outcome"),
    [
        ({"object": "refund", "id": "re_nobody"}, "refund.created", "gone"),
        ({"object": "refund"}, "refund.created", "ignored"),
        ({"object": "refund", "id": ["re_1"]}, "refund.failed", "ignored"),
        ({"object": "charge", "id": "ch_1"}, "refund.updated", "ignored"),
        ({"object": "charge", "id": "ch_1", "balance_transaction": "txn_1"}, "charge.updated", "not ours"),
        ({"object": "dispute", "id": "du_nobody"}, "charge.dispute.created", "gone"),
        (
            {"object": "radar.early_fraud_warning", "id": "issfr_1"},
            "radar.early_fraud_warning.created",
            "gone",
        ),
    ],
)
def test_refund_events_that_are_not_about_our_orders(
    quiet_shop: Shop, stripe_object: dict[str, Any], kind: str, outcome: str
) -> None:
    """Recorded with their outcome and answered 200."""
    answer = bring(quiet_shop, factories.event(stripe_object, kind))
    assert (answer.status_code, answer.json()["outcome"]) == (200, outcome)


def test_another_applications_refund(quiet_shop: Shop) -> None:
    """A payment of the same Stripe account that is none of ours goes back without a word from us."""
    form = {"amount": "500", "currency": "sgd", "payment_method": "pm_card_visa", "confirm": "true"}
    form |= {
        "automatic_payment_methods[enabled]": "true",
        "automatic_payment_methods[allow_redirects]": "never",
    }
    intent = quiet_shop.sandbox.stripe("POST", "/v1/payment_intents", **form).json()
    made = quiet_shop.sandbox.stripe("POST", "/v1/refunds", payment_intent=intent["id"]).json()
    assert tell(quiet_shop, made, "refund.created") == "not ours"


def test_stripes_fee_is_entered_once(shop: Shop) -> None:
    """Told by charge.updated after the payment, read again with every look at it, entered once."""
    url = buy(shop)
    found = wait_until(lambda: fees(shop, url), "the fee")
    assert list(found.values()) == [128]
    intent = shop.sandbox.stripe(
        "GET",
        f"/v1/payment_intents/{order_row(shop, url)['payment_intent_id']}",
        **{"expand[]": "latest_charge"},
    ).json()
    assert tell(shop, intent["latest_charge"], "charge.updated") == "unchanged"
    assert fees(shop, url) == found == {intent["latest_charge"]["balance_transaction"]: 128}


def test_money_for_a_canceled_order_goes_back_by_rule(quiet_shop: Shop) -> None:
    """Fault 22: paid at Stripe though canceled here; refunded in full, once, and the customer is told."""
    placed = quiet_shop.order(email=f"{uuid.uuid4().hex}@example.com")
    url = placed.json()["order_url"]
    quiet_shop.sandbox.pay(placed.json()["client_secret"])
    canceled = paid_intent(quiet_shop, placed, status="canceled", amount_received=0)
    assert tell(quiet_shop, canceled, "payment_intent.canceled") == "canceled"
    assert tell(quiet_shop, paid_intent(quiet_shop, placed), "payment_intent.succeeded") == "flagged"
    (row,) = wait_for_refunds(quiet_shop, url, "succeeded")
    assert (row["amount"], order_row(quiet_shop, url)["state"]) == (PRICE, "canceled")
    assert ledger(quiet_shop, url) == GIVEN_BACK
    assert "Your payment of <b" in page_text(quiet_shop, url)
    assert "could no longer be paid" in _notices(quiet_shop, url)[0]["text"]


def _notices(shop: Shop, order_url: str) -> list[dict[str, Any]]:
    """The order's mails about refunds."""
    email = order_row(shop, order_url)["email"]
    return wait_until(
        lambda: [mail for mail in shop.mails(email) if "money back" in mail["subject"]], "the notice"
    )


def _wait_until_failed(shop: Shop, order_url: str) -> None:
    def has_failed() -> bool:
        return [refund["status"] for refund in refunds_at_stripe(shop, order_url)] == ["failed"]

    wait_until(has_failed, "the refund to fail at Stripe")
