"""Placing an order over HTTP: one checkout, one order, one PaymentIntent, at our price."""

import secrets
from typing import Any

import pytest

import factories
from processes import Shop
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
)

HAMMING = "the-art-of-doing-science-and-engineering"
MECHNER = "the-making-of-prince-of-persia"


def orders_of(shop: Shop, key: str) -> list[dict[str, Any]]:
    return rows(shop.database_url, "SELECT * FROM orders WHERE checkout_key = %s", key)


def test_a_new_order(shop: Shop) -> None:
    """201 with the order's address and the secret of a PaymentIntent over our price, tied to the order."""
    placed = shop.order()
    assert placed.status_code == 201, placed.text
    body = placed.json()
    assert set(body) == {"order_url", "return_url", "client_secret"}
    assert body["return_url"] == shop.url + body["order_url"]
    order = order_row(shop, body["order_url"])
    intent = shop.sandbox.stripe("GET", f"/v1/payment_intents/{intent_id(placed)}").json()
    assert (intent["amount"], intent["currency"]) == (order["total"], order["currency"]) == (2300, "sgd")
    assert intent["metadata"] == {"bookshop_order": str(order["id"])}
    assert intent["automatic_payment_methods"]["enabled"] is True
    assert (order["state"], order["payment_intent_id"]) == ("awaiting_payment", intent["id"])


def test_the_same_checkout_again_is_the_same_order(shop: Shop) -> None:
    """Story 7: a retry after a lost answer finds the order and its PaymentIntent; nothing is made twice."""
    key = secrets.token_urlsafe(24)
    first, again = shop.order(checkout_key=key), shop.order(checkout_key=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert len(orders_of(shop, key)) == 1


def test_a_double_click_makes_one_order_and_one_payment(shop: Shop) -> None:
    """Eight presses at the same moment end at one order, one PaymentIntent, one line of history."""
    key = secrets.token_urlsafe(24)
    answers = at_once([lambda: shop.order(checkout_key=key)] * 8)
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.text for answer in answers}) == 1
    (order,) = orders_of(shop, key)
    assert intents_of(shop, key) == [order["payment_intent_id"]]
    query = "SELECT * FROM order_changes WHERE order_id = %s"
    assert len(rows(shop.database_url, query, order["id"])) == 1


def test_several_books_and_copies(shop: Shop) -> None:
    """The total is the sum of the lines at the prices as sold, and the lines keep them."""
    items = [{"book": HAMMING, "quantity": 2}, {"book": MECHNER, "quantity": 1}]
    placed = shop.order(items=items, total=7100)
    assert placed.status_code == 201
    order = order_row(shop, placed.json()["order_url"])
    query = "SELECT slug, quantity, unit_amount FROM order_lines WHERE order_id = %s ORDER BY position"
    lines = rows(shop.database_url, query, order["id"])
    assert [tuple(line.values()) for line in lines] == [(HAMMING, 2, 2300), (MECHNER, 1, 2500)]
    assert order["total"] == 7100


@pytest.mark.parametrize("total", [1, 2299, 2301, 0, 99_999_999])
def test_the_amount_is_ours_whatever_the_browser_says(shop: Shop, total: int) -> None:
    """Story 11: another total than ours is answered with ours, and nothing is placed."""
    key = secrets.token_urlsafe(24)
    answer = shop.order(checkout_key=key, total=total)
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["type"] == "/problems/total-changed"
    assert problem["total"] == {"amount": 2300, "currency": "sgd", "text": "S$23.00"}
    assert orders_of(shop, key) == []


def test_a_price_that_changes_while_the_page_is_open(shop: Shop, own_book: str) -> None:
    """Story 10: each page's total is compared, also with an order that another tab placed at a new price."""
    key = secrets.token_urlsafe(24)
    items = [{"book": own_book, "quantity": 1}]
    set_price(shop, own_book, 2500)
    old_page = shop.order(checkout_key=key, items=items)
    assert (old_page.status_code, old_page.json()["total"]["amount"]) == (409, 2500)
    assert shop.order(checkout_key=key, items=items, total=2500).status_code == 201
    old_page = shop.order(checkout_key=key, items=items)
    assert (old_page.status_code, old_page.json()["total"]["amount"]) == (409, 2500)
    set_price(shop, own_book, 2700)
    assert shop.order(checkout_key=key, items=items, total=2500).status_code == 200, (
        "an order keeps its price"
    )


def set_price(shop: Shop, slug: str, amount: int) -> None:
    query = "UPDATE prices SET amount = %s FROM books WHERE books.id = book_id AND slug = %s"
    rows(shop.database_url, query, amount, slug)


@pytest.mark.parametrize(
    "items",
    [
        [{"book": "no-such-book", "quantity": 1}],
        [{"book": "", "quantity": 1}],
        [{"book": "a\0b", "quantity": 1}],
        [{"book": HAMMING, "quantity": 1}, {"book": "no-such-book", "quantity": 1}],
    ],
)
def test_what_is_not_for_sale_is_not_ordered(shop: Shop, items: list[dict[str, Any]]) -> None:
    """One unknown book and nothing is placed."""
    key = secrets.token_urlsafe(24)
    answer = shop.order(checkout_key=key, items=items)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-order")
    assert "items" in answer.json()["errors"]
    assert orders_of(shop, key) == []


def test_a_currency_without_a_price(shop: Shop, own_book: str) -> None:
    """No list price, no conversion, no order."""
    answer = shop.order(items=[{"book": own_book, "quantity": 1}], currency="eur")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-order")


def test_less_than_a_payment_can_be(shop: Shop, own_book: str) -> None:
    """A total below Stripe's minimum is refused in words that name it; two copies may reach it."""
    set_price(shop, own_book, 49)
    answer = shop.order(items=[{"book": own_book, "quantity": 1}], total=49)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-order")
    assert "S$0.50" in answer.json()["errors"]["items"]
    assert shop.order(items=[{"book": own_book, "quantity": 2}], total=98).status_code == 201


def test_more_than_one_payment_can_carry(shop: Shop, own_book: str) -> None:
    """A basket beyond what Stripe charges is refused in words, not by the database."""
    set_price(shop, own_book, 99_999_999)
    answer = shop.order(items=[{"book": own_book, "quantity": 99}] * 20, total=99_999_999)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-order")
    assert "S$999,999.99: fewer" in answer.json()["errors"]["items"]


def test_a_book_taken_off_the_shelf(shop: Shop, own_book: str) -> None:
    """A new checkout cannot order it; an order that holds it can still be paid."""
    key = secrets.token_urlsafe(24)
    items = [{"book": own_book, "quantity": 1}]
    assert shop.order(checkout_key=key, items=items).status_code == 201
    rows(shop.database_url, "UPDATE books SET on_sale = false WHERE slug = %s", own_book)
    assert shop.order(items=items).status_code == 422
    assert shop.order(checkout_key=key, items=items).status_code == 200


def test_a_corrected_email_reaches_the_order(shop: Shop) -> None:
    """The address typed at the last press is the one that gets the mail."""
    key = secrets.token_urlsafe(24)
    shop.order(checkout_key=key, email="ada@exmaple.com")
    placed = shop.order(checkout_key=key, email="ada@example.com")
    assert placed.status_code == 200
    assert order_row(shop, placed.json()["order_url"])["email"] == "ada@example.com"


@pytest.mark.parametrize(
    "email", ["", "ada", "ada@", "ada@b", "josé@example.com", "a" * 300 + "@example.com"]
)
def test_an_address_that_does_not_work_is_said_beside_its_field(shop: Shop, email: str) -> None:
    """The error is under `email`, in words, and nothing was placed."""
    key = secrets.token_urlsafe(24)
    answer = shop.order(checkout_key=key, email=email)
    assert answer.status_code == 422
    assert answer.json()["errors"].keys() == {"email"}
    assert orders_of(shop, key) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"items": [{"book": MECHNER, "quantity": 1}], "total": 2500},
        {"items": [{"book": HAMMING, "quantity": 2}], "total": 4600},
        {"items": [{"book": HAMMING, "quantity": 1}] * 2, "total": 4600},
        {"currency": "eur"},
    ],
)
def test_one_key_is_not_used_for_something_else(shop: Shop, changes: dict[str, Any]) -> None:
    """Story 8: other books or copies under a key that has an order are refused, the order stays as it was."""
    key = secrets.token_urlsafe(24)
    placed = shop.order(checkout_key=key)
    answer = shop.order(checkout_key=key, **changes)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/order-closed")
    assert answer.json()["order_url"] == placed.json()["order_url"]
    (order,) = orders_of(shop, key)
    assert order["total"] == 2300


def test_a_paid_checkout_is_not_paid_again(shop: Shop) -> None:
    """Pressing the button of an old tab after paying says so and leads to the order."""
    key = secrets.token_urlsafe(24)
    placed = shop.order(checkout_key=key)
    url = placed.json()["order_url"]
    assert bring(shop, factories.event(paid_intent(shop, placed))).status_code == 200
    for answer in (shop.order(checkout_key=key), shop.order(checkout_key=key, email="eve@example.com")):
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already-paid")
        assert answer.json()["order_url"] == url
    assert order_row(shop, url)["email"] == "ada@example.com"
    assert [state for state, _ in history(shop, url)] == ["paid"]


def test_a_payment_that_nobody_told_us_about_is_found_before_paying_again(quiet_shop: Shop) -> None:
    """Story 7: paid at Stripe, every message lost; the next press finds the money instead of taking more."""
    key = secrets.token_urlsafe(24)
    placed = quiet_shop.order(checkout_key=key)
    assert quiet_shop.sandbox.pay(placed.json()["client_secret"]).json()["status"] == "succeeded"
    again = quiet_shop.order(checkout_key=key)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/already-paid")
    assert order_row(quiet_shop, placed.json()["order_url"])["state"] == "paid"


@pytest.mark.parametrize("stage", ["before", "after"])
def test_stripes_answer_is_lost(breakable_shop: Shop, stage: str) -> None:
    """Story 7: whether Stripe acted before the line broke or not, there is one order and one payment."""
    break_stripe(breakable_shop, method="POST", path="/v1/payment_intents", stage=stage, drop=True, times=1)
    key = secrets.token_urlsafe(24)
    placed = breakable_shop.order(checkout_key=key)
    assert placed.status_code == 201, "the SDK asks again with the same idempotency key"
    assert intents_of(breakable_shop, key) == [intent_id(placed)]


def test_stripe_is_away_and_comes_back(breakable_shop: Shop) -> None:
    """503, nothing charged; the next press finds the same order and opens its one PaymentIntent."""
    break_stripe(breakable_shop, path="/v1/payment_intents", stage="before", drop=True, times=0)
    key = secrets.token_urlsafe(24)
    away = breakable_shop.order(checkout_key=key)
    assert (away.status_code, away.json()["type"]) == (503, "/problems/payment-unavailable")
    mend_stripe(breakable_shop)
    placed = breakable_shop.order(checkout_key=key)
    assert placed.status_code == 200
    assert intents_of(breakable_shop, key) == [intent_id(placed)]


def intents_of(shop: Shop, key: str) -> list[str]:
    """The PaymentIntents at Stripe that carry the order of this checkout."""
    (order,) = orders_of(shop, key)
    found = shop.sandbox.stripe("GET", "/v1/payment_intents", limit="100").json()["data"]
    return [intent["id"] for intent in found if intent["metadata"].get("bookshop_order") == str(order["id"])]


def test_a_canceled_intent_is_never_handed_out(shop: Shop) -> None:
    """Story 8: when the PaymentIntent was canceled at Stripe the order is closed, not offered for payment."""
    key = secrets.token_urlsafe(24)
    placed = shop.order(checkout_key=key)
    shop.sandbox.stripe("POST", f"/v1/payment_intents/{intent_id(placed)}/cancel")
    again = shop.order(checkout_key=key)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/order-closed")
    assert order_row(shop, placed.json()["order_url"])["state"] == "canceled"
