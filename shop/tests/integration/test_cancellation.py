"""A customer gives an order up: Stripe first, then the order, whatever else happens at that moment."""

import secrets
import threading
from typing import Any

import httpx
import pytest

import attempts
import factories
from processes import Shop, run_to_its_end, wait_until
from shop_records import (
    at_once,
    break_stripe,
    bring,
    history,
    intent_id,
    mend_stripe,
    order_row,
    paid_intent,
    rows,
    wait_until_state,
)

PAGE = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
BY_CUSTOMER = "canceled by the customer"
CREATE, CANCEL = "/v1/payment_intents", "/v1/payment_intents/*/cancel"


def cancel(shop: Shop, order_url: str, **headers: str) -> httpx.Response:
    return httpx.post(f"{shop.url}{order_url}/cancel", headers=PAGE | headers, timeout=60)


def intent_at_stripe(shop: Shop, payment_intent_id: str) -> dict[str, Any]:
    found: dict[str, Any] = shop.sandbox.stripe("GET", f"/v1/payment_intents/{payment_intent_id}").json()
    return found


def page(shop: Shop, order_url: str) -> str:
    return httpx.get(shop.url + order_url, headers=PAGE, timeout=30).text


def requests_to_cancel(shop: Shop, payment_intent_id: str) -> int:
    calls = shop.sandbox.control("GET", "/_sandbox/requests")["requests"]
    return sum(call["path"] == f"/v1/payment_intents/{payment_intent_id}/cancel" for call in calls)


def assert_canceled(shop: Shop, placed: httpx.Response) -> None:
    """Closed here and at Stripe, once, and nothing was charged; Stripe's event may have told it first."""
    order_url = placed.json()["order_url"]
    assert [state for state, _ in history(shop, order_url)] == ["canceled"]
    intent = intent_at_stripe(shop, intent_id(placed))
    assert (intent["status"], intent["cancellation_reason"]) == ("canceled", "requested_by_customer")
    assert intent["amount_received"] == 0
    text = page(shop, order_url)
    assert "You have not been charged" in text
    assert f"{order_url}/pay" not in text


def test_an_unpaid_order_is_canceled_at_stripe_and_here(shop: Shop) -> None:
    """Back to the order's page, which says that nothing was charged; the secret pays nothing any more."""
    placed = shop.order()
    order_url = placed.json()["order_url"]
    answer = cancel(shop, order_url)
    assert (answer.status_code, answer.headers["location"]) == (303, order_url)
    assert_canceled(shop, placed)
    assert shop.sandbox.pay(placed.json()["client_secret"]).json()["error"]["code"] == (
        "payment_intent_unexpected_state"
    )
    assert httpx.post(f"{shop.url}{order_url}/payment", json={"total": 2300}).status_code == 409


@pytest.mark.parametrize("method", ["grabpay", "alipay", "paynow", "wechat_pay"])
def test_an_attempt_under_way_is_stopped(shop: Shop, method: str) -> None:
    """Who approves at the bank, or scans the code, after the order was given up pays nothing."""
    placed = shop.order()
    address = attempts.begin(shop, placed, method)
    cancel(shop, placed.json()["order_url"])
    attempts.answer(address, "authorize")
    assert_canceled(shop, placed)


def test_the_double_click_cancels_once(shop: Shop) -> None:
    """Five requests at once: all lead to the order, its history has one line."""
    placed = shop.order()
    answers = at_once([lambda: cancel(shop, placed.json()["order_url"])] * 5)
    assert [answer.status_code for answer in answers] == [303] * 5
    assert_canceled(shop, placed)


def test_a_payment_that_was_faster_stands(quiet_shop: Shop) -> None:
    """Paid at Stripe, unknown here, canceled by its customer: the order is paid, and its page says so."""
    email = f"{secrets.token_hex(8)}@example.com"
    placed = quiet_shop.order(email=email)
    order_url = placed.json()["order_url"]
    quiet_shop.sandbox.pay(placed.json()["client_secret"])
    assert cancel(quiet_shop, order_url).status_code == 303
    assert history(quiet_shop, order_url) == [("paid", BY_CUSTOMER)]
    assert "already paid when you asked to cancel" in page(quiet_shop, order_url)
    wait_until(lambda: quiet_shop.mails(email), "the confirmation mail")


def test_paying_and_canceling_at_the_same_moment_ends_in_one_of_the_two(shop: Shop) -> None:
    """Whichever comes first at Stripe wins, and the order agrees with Stripe."""
    for _ in range(6):
        placed = shop.order()
        order_url, client_secret = placed.json()["order_url"], placed.json()["client_secret"]
        at_once([lambda u=order_url: cancel(shop, u), lambda s=client_secret: shop.sandbox.pay(s)])
        status = intent_at_stripe(shop, intent_id(placed))["status"]
        expected = {"succeeded": "paid", "canceled": "canceled"}[status]
        wait_until_state(shop, order_url, expected)
        assert [state for state, _ in history(shop, order_url)] == [expected]
        assert order_row(shop, order_url)["review_reason"] is None


def test_a_payment_that_is_being_processed_cannot_be_called_back(quiet_shop: Shop) -> None:
    """Approved, not settled: Stripe refuses, the page says why, and a second try does not even ask."""
    quiet_shop.sandbox.control("PUT", "/_sandbox/payments", hold="processing")
    try:
        placed = quiet_shop.order()
        order_url = placed.json()["order_url"]
        attempts.answer(attempts.begin(quiet_shop, placed, "grabpay"), "authorize")
        assert cancel(quiet_shop, order_url).status_code == 303
        assert quiet_shop.status(order_url)["state"] == "processing"
        assert "can no longer be cancelled" in page(quiet_shop, order_url)
        asked = requests_to_cancel(quiet_shop, intent_id(placed))
        assert cancel(quiet_shop, order_url).status_code == 303
        assert requests_to_cancel(quiet_shop, intent_id(placed)) == asked == 1
    finally:
        quiet_shop.sandbox.control("POST", "/_sandbox/payments/release")
    page(quiet_shop, order_url)
    assert quiet_shop.status(order_url)["state"] == "paid"


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 500}, {"status": 429}])
def test_without_stripe_nothing_changes(breakable_shop: Shop, fault: dict[str, Any]) -> None:
    """503 with words and a way back; the order is open as before, and can be canceled when Stripe is back."""
    placed = breakable_shop.order()
    order_url = placed.json()["order_url"]
    break_stripe(breakable_shop, method="POST", path=CANCEL, times=0, **fault)
    answer = cancel(breakable_shop, order_url)
    assert answer.status_code == 503
    assert "nothing has changed" in answer.text
    assert f'href="{order_url}"' in answer.text
    assert order_row(breakable_shop, order_url)["state"] == "awaiting_payment"
    mend_stripe(breakable_shop)
    assert cancel(breakable_shop, order_url).status_code == 303
    assert_canceled(breakable_shop, placed)


def test_a_lost_answer_is_asked_for_again(breakable_shop: Shop) -> None:
    """Stripe canceled, its answer was lost: the retry under the same key gets it."""
    placed = breakable_shop.order()
    break_stripe(breakable_shop, method="POST", path=CANCEL, stage="after", drop=True)
    assert cancel(breakable_shop, placed.json()["order_url"]).status_code == 303
    assert_canceled(breakable_shop, placed)


def test_a_failure_that_stripe_repeats_does_not_stand_in_the_way(breakable_shop: Shop) -> None:
    """Stripe keeps a 500 under its idempotency key; the next request has a key of its own."""
    placed = breakable_shop.order()
    break_stripe(breakable_shop, method="POST", path=CANCEL, stage="inside", status=500)
    assert cancel(breakable_shop, placed.json()["order_url"]).status_code == 503
    assert cancel(breakable_shop, placed.json()["order_url"]).status_code == 303
    assert_canceled(breakable_shop, placed)


def test_an_order_without_a_payment_is_closed_without_stripe(breakable_shop: Shop) -> None:
    """Its PaymentIntent could not be opened; the order closes even so, and its checkout opens no other."""
    key = secrets.token_urlsafe(24)
    break_stripe(breakable_shop, method="POST", path=CREATE, times=0, status=500)
    assert breakable_shop.order(checkout_key=key).status_code == 503
    order_url = wait_for_order(breakable_shop, key)
    assert cancel(breakable_shop, order_url).status_code == 303
    assert history(breakable_shop, order_url) == [("canceled", BY_CUSTOMER)]
    mend_stripe(breakable_shop)
    again = breakable_shop.order(checkout_key=key)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/order-closed")
    assert order_row(breakable_shop, order_url)["payment_intent_id"] is None


@pytest.mark.parametrize("stripe_cancels", [True, False], ids=["put away at once", "put away later"])
def test_a_payment_that_is_being_opened_is_put_away(breakable_shop: Shop, *, stripe_cancels: bool) -> None:
    """Canceled while Stripe creates the PaymentIntent: no secret is given out, and nothing is left open."""
    key = secrets.token_urlsafe(24)
    answers: list[httpx.Response] = []
    break_stripe(breakable_shop, method="POST", path=CREATE, latency_ms=2000)
    if not stripe_cancels:
        break_stripe(breakable_shop, method="POST", path=CANCEL, times=0, status=500)
    placing = threading.Thread(target=lambda: answers.append(breakable_shop.order(checkout_key=key)))
    placing.start()
    order_url = wait_for_order(breakable_shop, key)
    assert cancel(breakable_shop, order_url).status_code == 303
    assert order_row(breakable_shop, order_url)["payment_intent_id"] is None, "Stripe was too fast"
    placing.join(60)
    assert answers[0].status_code == 409
    assert "client_secret" not in answers[0].json()
    mend_stripe(breakable_shop)
    if not stripe_cancels:
        reconcile(breakable_shop)
    row = order_row(breakable_shop, order_url)
    assert (row["state"], row["payment_status"]) == ("canceled", "canceled")
    assert intent_at_stripe(breakable_shop, row["payment_intent_id"])["status"] == "canceled"
    assert history(breakable_shop, order_url) == [("canceled", BY_CUSTOMER)]


def test_only_the_order_page_may_cancel(shop: Shop) -> None:
    """Not by a link, not for another site's page, not by any name but the token; a paid order stays paid."""
    placed = shop.order()
    order_url = placed.json()["order_url"]
    row = order_row(shop, order_url)
    assert httpx.get(f"{shop.url}{order_url}/cancel", headers=PAGE).status_code == 405
    assert cancel(shop, order_url, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    for guess in (row["id"], row["checkout_key"], row["payment_intent_id"], "x", row["token"][:-1]):
        assert cancel(shop, f"/orders/{guess}").status_code == 404
    assert order_row(shop, order_url)["state"] == "awaiting_payment"
    shop.sandbox.pay(placed.json()["client_secret"])
    wait_until_state(shop, order_url, "paid")
    assert cancel(shop, order_url).status_code == 303
    assert order_row(shop, order_url)["state"] == "paid"
    assert requests_to_cancel(shop, intent_id(placed)) == 0


def test_money_for_a_canceled_order_is_not_called_not_charged(quiet_shop: Shop) -> None:
    """If it ever comes, it goes back or a person looks; the page neither denies it nor asks for more."""
    placed = quiet_shop.order()
    order_url = placed.json()["order_url"]
    cancel(quiet_shop, order_url)
    late = paid_intent(quiet_shop, placed, id="pi_of_another_try")
    assert bring(quiet_shop, factories.event(late)).json()["outcome"] == "flagged"
    text = page(quiet_shop, order_url)
    # Stripe does not know this payment: its refund fails as soon as the worker has tried.
    told = ("We are sending your money back", "We are looking at your payment")
    assert any(words in text for words in told)
    assert "You have not been charged" not in text
    assert f"{order_url}/pay" not in text


def wait_for_order(shop: Shop, checkout_key: str) -> str:
    """The address of the order that this checkout has placed."""
    query = "SELECT token FROM orders WHERE checkout_key = %s"
    found = wait_until(lambda: rows(shop.database_url, query, checkout_key), "the order to be placed")
    return f"/orders/{found[0]['token']}"


def reconcile(shop: Shop) -> None:
    run_to_its_end(
        "reconcile", "bookshop", "reconcile", directory=shop.directory, environment=shop.environment
    )
