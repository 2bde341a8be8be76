"""Settling: whoever brings the news, in any order and all at once, an order is paid once and mailed once."""

import itertools
import secrets
from collections.abc import Callable

import httpx
import pytest

import factories
from processes import Shop, run_to_its_end, wait_until
from shop_records import (
    at_once,
    bring,
    history,
    intent_id,
    make_older,
    order_row,
    paid_intent,
    rows,
    wait_until_state,
)

News = Callable[[Shop, httpx.Response], object]


def webhook(shop: Shop, placed: httpx.Response) -> object:
    return bring(shop, factories.event(paid_intent(shop, placed))).raise_for_status()


def order_page(shop: Shop, placed: httpx.Response) -> object:
    return httpx.get(shop.url + placed.json()["order_url"], timeout=30).raise_for_status()


def status_door(shop: Shop, placed: httpx.Response) -> object:
    return shop.status(placed.json()["order_url"])


def reconciler(shop: Shop, placed: httpx.Response) -> None:
    make_older(shop, placed.json()["order_url"])
    run_to_its_end(
        "reconcile", "bookshop", "reconcile", directory=shop.directory, environment=shop.environment
    )


def in_words(news: tuple[News, ...]) -> str:
    return "-".join(messenger.__name__ for messenger in news)


def placed_and_paid(shop: Shop) -> tuple[httpx.Response, str]:
    """An order that was paid at Stripe, of which the shop has heard nothing; and the customer's address."""
    email = f"{secrets.token_hex(8)}@example.com"
    placed = shop.order(email=email)
    assert shop.sandbox.pay(placed.json()["client_secret"]).json()["status"] == "succeeded"
    return placed, email


def workflows_of(shop: Shop, placed: httpx.Response) -> list[str]:
    order = order_row(shop, placed.json()["order_url"])
    query = "SELECT workflow_uuid FROM dbos.workflow_status WHERE workflow_uuid LIKE %s"
    return [row["workflow_uuid"] for row in rows(shop.database_url, query, f"%{order['id']}%")]


def assert_paid_once(shop: Shop, placed: httpx.Response, email: str) -> None:
    url = placed.json()["order_url"]
    wait_until(lambda: shop.mails(email), f"the mail to {email}")
    assert [state for state, _ in history(shop, url)] == ["paid"]
    assert len(workflows_of(shop, placed)) == 1
    row = order_row(shop, url)
    assert (row["payment_status"], row["payment_intent_id"]) == ("succeeded", intent_id(placed))
    assert row["review_reason"] is None
    query = "SELECT * FROM mails WHERE order_id = %s"
    wait_until(
        lambda: rows(shop.database_url, query, row["id"])[0]["state"] == "sent", "the mail noted as sent"
    )
    assert len(shop.mails(email)) == 1
    assert rows(shop.database_url, query, row["id"])[0]["attempts"] == 1


@pytest.mark.parametrize(
    "news", list(itertools.permutations([webhook, order_page, status_door])), ids=in_words
)
def test_story_3_webhook_and_return_page_in_every_order(quiet_shop: Shop, news: tuple[News, ...]) -> None:
    """Each messenger may be the first or the last; the order is paid once, one mail is sent."""
    placed, email = placed_and_paid(quiet_shop)
    for bring_it in news:
        bring_it(quiet_shop, placed)
    assert_paid_once(quiet_shop, placed, email)


def test_story_3_webhook_and_return_page_at_the_same_moment(quiet_shop: Shop) -> None:
    """Twelve messengers at once: one change of state, one workflow, one mail."""
    placed, email = placed_and_paid(quiet_shop)
    at_once([lambda news=news: news(quiet_shop, placed) for news in [webhook, order_page, status_door] * 4])
    assert_paid_once(quiet_shop, placed, email)


def test_story_5_tab_closed_at_the_bank(shop: Shop) -> None:
    """Nobody ever comes back to the shop; the webhook alone completes the order."""
    placed, email = placed_and_paid(shop)
    wait_until_state(shop, placed.json()["order_url"], "paid")
    assert_paid_once(shop, placed, email)


def test_a_lost_webhook_is_repaired_by_the_reconciler(quiet_shop: Shop) -> None:
    """No event, no visit: the reconciler asks Stripe and completes the order."""
    placed, email = placed_and_paid(quiet_shop)
    reconciler(quiet_shop, placed)
    wait_until_state(quiet_shop, placed.json()["order_url"], "paid")
    reconciler(quiet_shop, placed)
    assert_paid_once(quiet_shop, placed, email)
    assert history(quiet_shop, placed.json()["order_url"]) == [("paid", "reconciler")]


def test_the_reconciler_reaches_every_order(quiet_shop: Shop) -> None:
    """Abandoned orders, however many and old, do not keep it from an order that was paid."""
    placed, email = placed_and_paid(quiet_shop)
    lone = order_row(quiet_shop, placed.json()["order_url"])
    abandoned = """INSERT INTO orders (id, token, checkout_key, email, currency, total, state, created_at,
                                       payment_intent_id, payment_status, payment_read_at)
                   SELECT gen_random_uuid(), md5(random()::text), md5(random()::text), 'x@example.com', 'sgd',
                          1, 'awaiting_payment', now() - interval '1 day', 'pi_gone_' || n || %s,
                          'requires_payment_method', now() FROM generate_series(1, 600) AS n"""
    mark = secrets.token_hex(4)
    rows(quiet_shop.database_url, abandoned, mark)
    try:
        rows(
            quiet_shop.database_url,
            "UPDATE orders SET payment_read_at = now() - interval '1 hour' WHERE id = %s",
            lone["id"],
        )
        reconciler(quiet_shop, placed)
        assert_paid_once(quiet_shop, placed, email)
    finally:
        rows(
            quiet_shop.database_url, "DELETE FROM orders WHERE payment_intent_id LIKE %s", f"pi_gone_%{mark}"
        )


def test_story_6_the_same_event_ten_times_at_once(quiet_shop: Shop) -> None:
    """One of ten copies acts, all are answered 2xx, the event is recorded once with its outcome."""
    placed, email = placed_and_paid(quiet_shop)
    body = factories.event(paid_intent(quiet_shop, placed))
    answers = at_once([lambda: bring(quiet_shop, body)] * 10)
    assert [answer.status_code for answer in answers] == [200] * 10
    assert sorted(answer.json()["outcome"] for answer in answers) == ["duplicate"] * 9 + ["paid"]
    assert_paid_once(quiet_shop, placed, email)


def test_two_events_of_one_fact(quiet_shop: Shop) -> None:
    """Two ids for the same success: the order's state guards, not the event's id."""
    placed, email = placed_and_paid(quiet_shop)
    intent = paid_intent(quiet_shop, placed)
    answers = at_once([lambda: bring(quiet_shop, factories.event(intent))] * 5)
    assert sorted(answer.json()["outcome"] for answer in answers) == ["paid", *["unchanged"] * 4]
    assert_paid_once(quiet_shop, placed, email)


def test_story_9_a_late_failure_does_not_downgrade_a_paid_order(quiet_shop: Shop) -> None:
    """payment_failed of the first attempt arrives after the second one succeeded."""
    placed, email = placed_and_paid(quiet_shop)
    webhook(quiet_shop, placed)
    failed = paid_intent(quiet_shop, placed, status="requires_payment_method", amount_received=0)
    answer = bring(quiet_shop, factories.event(failed, "payment_intent.payment_failed"))
    assert answer.json() == {"received": True, "outcome": "unchanged"}
    assert_paid_once(quiet_shop, placed, email)


@pytest.mark.parametrize(
    "wrong",
    [{"amount_received": 1}, {"amount_received": 2301}, {"currency": "usd"}, {"amount_received": None}],
)
def test_story_10_another_amount_is_flagged_not_fulfilled(quiet_shop: Shop, wrong: dict[str, object]) -> None:
    """A success over another sum or currency pays nothing, mails nothing, ends the order, and is shown."""
    placed = quiet_shop.order()
    url = placed.json()["order_url"]
    answer = bring(quiet_shop, factories.event(paid_intent(quiet_shop, placed, **wrong)))
    assert answer.json()["outcome"] == "flagged"
    row = order_row(quiet_shop, url)
    assert row["state"] == "canceled"
    # Stripe does not know this payment: that its refund fails may stand below it by now.
    reason = row["review_reason"].splitlines()[0]
    assert intent_id(placed) in reason
    assert history(quiet_shop, url) == [("canceled", reason)]
    assert workflows_of(quiet_shop, placed) == []


def test_a_second_payment_of_one_order_is_flagged(quiet_shop: Shop) -> None:
    """Somebody made another PaymentIntent for the order in Stripe's Dashboard."""
    placed, email = placed_and_paid(quiet_shop)
    webhook(quiet_shop, placed)
    second = paid_intent(quiet_shop, placed, id=f"pi_{secrets.token_hex(12)}")
    assert bring(quiet_shop, factories.event(second)).json()["outcome"] == "flagged"
    row = order_row(quiet_shop, placed.json()["order_url"])
    assert second["id"] in row["review_reason"]
    assert (row["state"], row["payment_intent_id"]) == ("paid", intent_id(placed))
    assert len(wait_until(lambda: quiet_shop.mails(email), "the mail")) == 1


def test_story_11_an_old_success_does_not_pay_a_new_order(quiet_shop: Shop) -> None:
    """A paid PaymentIntent replayed in the address of another order's page changes nothing there."""
    old, _ = placed_and_paid(quiet_shop)
    new = quiet_shop.order()
    url = quiet_shop.url + new.json()["order_url"]
    query = {"payment_intent": intent_id(old), "payment_intent_client_secret": old.json()["client_secret"]}
    httpx.get(url, params=query | {"redirect_status": "succeeded"}, follow_redirects=True, timeout=30)
    assert order_row(quiet_shop, new.json()["order_url"])["state"] == "awaiting_payment"


def test_canceled_then_paid(quiet_shop: Shop) -> None:
    """Story 1: money for an order that we closed is flagged, never dropped and never shipped."""
    placed = quiet_shop.order()
    url = placed.json()["order_url"]
    canceled = paid_intent(quiet_shop, placed, status="canceled", amount_received=0)
    assert (
        bring(quiet_shop, factories.event(canceled, "payment_intent.canceled")).json()["outcome"]
        == "canceled"
    )
    assert bring(quiet_shop, factories.event(paid_intent(quiet_shop, placed))).json()["outcome"] == "flagged"
    assert order_row(quiet_shop, url)["state"] == "canceled"
    assert "canceled" in order_row(quiet_shop, url)["review_reason"]


def test_story_4_an_event_is_faster_than_our_own_note(quiet_shop: Shop) -> None:
    """The web server died before it noted the PaymentIntent: the event finds the order by its metadata."""
    placed, email = placed_and_paid(quiet_shop)
    row = order_row(quiet_shop, placed.json()["order_url"])
    forget = "UPDATE orders SET payment_intent_id = NULL, payment_status = NULL WHERE id = %s"
    intent = paid_intent(quiet_shop, placed)
    rows(quiet_shop.database_url, forget, row["id"])
    assert bring(quiet_shop, factories.event(intent)).json()["outcome"] == "paid"
    assert_paid_once(quiet_shop, placed, email)


def test_a_declined_card_leaves_the_order_open_for_another(shop: Shop) -> None:
    """The reason is kept in Stripe's words for customers, and the same order is paid with the next card."""
    email = f"{secrets.token_hex(8)}@example.com"
    placed = shop.order(email=email)
    url = placed.json()["order_url"]
    assert shop.sandbox.pay(placed.json()["client_secret"], "4000000000000002").status_code == 402
    assert "declined" in httpx.get(shop.url + url, timeout=30).text
    assert order_row(shop, url)["state"] == "awaiting_payment"
    assert shop.sandbox.pay(placed.json()["client_secret"]).json()["status"] == "succeeded"
    wait_until_state(shop, url, "paid")
    assert_paid_once(shop, placed, email)
    assert "4242" in httpx.get(shop.url + url, timeout=30).text
    row = order_row(shop, url)
    assert (row["card_brand"], row["card_last4"], row["payment_failure"]) == ("visa", "4242", None)
