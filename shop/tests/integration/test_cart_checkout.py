"""The checkout of a cart: what is paid is what the page showed, once, and then leaves the cart."""

import re
from collections.abc import Callable, Iterator

import pytest

import factories
from processes import Shop
from shop_records import (
    at_once,
    break_stripe,
    bring,
    intent_id,
    mend_stripe,
    order_row,
    paid_intent,
    rows,
    wait_until_state,
)
from visitor import EGHBAL, HAMMING, MECHNER, Visitor


@pytest.fixture
def enter() -> Iterator[Callable[[Shop], Visitor]]:
    """A function that lets one more visitor into a shop."""
    visitors: list[Visitor] = []

    def enter(shop: Shop) -> Visitor:
        visitors.append(Visitor(shop))
        return visitors[-1]

    yield enter
    for visitor in visitors:
        visitor.browser.close()


@pytest.fixture
def visitor(shop: Shop, enter: Callable[[Shop], Visitor]) -> Visitor:
    return enter(shop)


def intent_status(shop: Shop, intent: str) -> str:
    status: str = shop.sandbox.stripe("GET", f"/v1/payment_intents/{intent}").json()["status"]
    return status


def test_three_titles_in_one_payment(visitor: Visitor, shop: Shop) -> None:
    """One order, one PaymentIntent over the sum; the webhook alone marks it paid and empties the cart."""
    visitor.put(HAMMING, 2)
    visitor.put(MECHNER)
    visitor.put(EGHBAL)
    key = visitor.key()
    page = visitor.browser.get("/checkout", params={"key": key})
    assert "S$99.00" in page.text
    assert page.headers["cache-control"] == "no-store"
    placed = visitor.order(key, hamming=2, mechner=1, eghbal=1)
    assert placed.status_code == 201, placed.text
    (order,) = visitor.orders
    assert order["total"] == 9900
    assert visitor.cart == {HAMMING: 2, MECHNER: 1, EGHBAL: 1}, "nothing leaves the cart before it is paid"
    assert shop.sandbox.pay(placed.json()["client_secret"]).json()["amount"] == 9900
    wait_until_state(shop, placed.json()["order_url"], "paid")
    assert visitor.cart == {}
    assert "There is nothing in it" in visitor.browser.get("/cart").text
    assert re.search(r"data-cart-count hidden", visitor.browser.get("/").text)


def test_what_was_added_while_paying_stays(visitor: Visitor, shop: Shop) -> None:
    """The bought copies leave, once: what another window put in meanwhile is still there."""
    visitor.put(HAMMING)
    visitor.put(MECHNER, 2)
    placed = visitor.order(visitor.key(), hamming=1, mechner=2)
    visitor.put(HAMMING, 2)
    visitor.set(MECHNER, 1)
    visitor.put(EGHBAL)
    event = factories.event(paid_intent(shop, placed, amount=7300, amount_received=7300))
    assert bring(shop, event).status_code == 200
    assert visitor.cart == {HAMMING: 2, EGHBAL: 1}
    again = factories.event(paid_intent(shop, placed, amount=7300, amount_received=7300))
    assert bring(shop, again).status_code == 200
    assert visitor.cart == {HAMMING: 2, EGHBAL: 1}, "a second event about the same payment takes nothing"


def test_a_reload_and_a_second_tab_are_the_same_checkout(visitor: Visitor) -> None:
    """One key in the address and the cookie, also after the order stands; one order, one PaymentIntent."""
    visitor.put(HAMMING)
    key = visitor.key()
    assert visitor.key() == key
    first = visitor.order(key, hamming=1)
    assert visitor.key() == key
    again = visitor.order(key, hamming=1)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


def test_a_cart_changed_in_another_tab_is_noticed_at_payment(visitor: Visitor) -> None:
    """409 in words, nothing ordered; the page shown then is the new cart under the same key, and is paid."""
    visitor.put(HAMMING)
    key = visitor.key()
    visitor.put(MECHNER)
    refused = visitor.order(key, hamming=1)
    assert refused.status_code == 409
    problem = refused.json()
    assert problem["type"] == "/problems/cart-changed"
    assert problem["checkout_url"] == "/checkout"
    assert "not been charged" in problem["detail"]
    assert visitor.orders == []
    assert visitor.key() == key
    assert visitor.order(key, hamming=1, mechner=1).status_code == 201


def test_a_cart_changed_after_its_order_was_placed(visitor: Visitor, shop: Shop) -> None:
    """A new checkout, a new key; the old order's PaymentIntent is canceled before the new one exists."""
    visitor.put(HAMMING)
    key = visitor.key()
    old = visitor.order(key, hamming=1)
    visitor.set(HAMMING, 3)
    assert visitor.order(key, hamming=1).json()["type"] == "/problems/cart-changed"
    assert intent_status(shop, intent_id(old)) == "requires_payment_method", "a stale press closes nothing"
    assert visitor.order(key, hamming=3).json()["type"] == "/problems/cart-changed", "this key is taken"
    new_key = visitor.key(f"/checkout?key={key}")
    assert new_key != key
    new = visitor.order(new_key, hamming=3)
    assert new.status_code == 201
    assert order_row(shop, old.json()["order_url"])["state"] == "canceled"
    assert intent_status(shop, intent_id(old)) == "canceled"
    assert [order["total"] for order in visitor.orders] == [2300, 6900]
    assert shop.sandbox.pay(new.json()["client_secret"]).json()["status"] == "succeeded"
    wait_until_state(shop, new.json()["order_url"], "paid")
    assert visitor.cart == {}


def test_a_cart_changed_back_goes_on_with_its_order(visitor: Visitor) -> None:
    """As long as no other order was placed, the first one is still the cart's."""
    visitor.put(HAMMING)
    key = visitor.key()
    first = visitor.order(key, hamming=1)
    visitor.put(MECHNER)
    visitor.set(MECHNER, 0)
    assert visitor.key() == key
    assert visitor.order(key, hamming=1).json() == first.json()


def test_the_earlier_order_was_paid_and_nobody_told_us(
    quiet_shop: Shop, enter: Callable[[Shop], Visitor]
) -> None:
    """Closing it finds the money: it is paid, its books have left the cart, and that is said, not charged."""
    visitor = enter(quiet_shop)
    visitor.put(HAMMING)
    old = visitor.order(visitor.key(), hamming=1)
    visitor.put(MECHNER)
    new_key = visitor.key()
    quiet_shop.sandbox.pay(old.json()["client_secret"])
    refused = visitor.order(new_key, hamming=1, mechner=1)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/cart-changed")
    assert order_row(quiet_shop, old.json()["order_url"])["state"] == "paid"
    assert visitor.cart == {MECHNER: 1}
    assert visitor.order(new_key, mechner=1).status_code == 201


def test_the_earlier_order_cannot_be_closed(breakable_shop: Shop, enter: Callable[[Shop], Visitor]) -> None:
    """503 while Stripe is away: the earlier order stays as it was, and no second one is placed beside it."""
    visitor = enter(breakable_shop)
    visitor.put(HAMMING)
    old = visitor.order(visitor.key(), hamming=1)
    visitor.put(MECHNER)
    new_key = visitor.key()
    path = f"/v1/payment_intents/{intent_id(old)}/cancel"
    break_stripe(breakable_shop, path=path, stage="before", drop=True, times=0)
    answer = visitor.order(new_key, hamming=1, mechner=1)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/payment-unavailable")
    mend_stripe(breakable_shop)
    assert [order["state"] for order in visitor.orders] == ["awaiting_payment"]
    assert visitor.order(new_key, hamming=1, mechner=1).status_code == 201
    assert order_row(breakable_shop, old.json()["order_url"])["state"] == "canceled"


def test_two_windows_order_the_same_cart_at_the_same_moment(visitor: Visitor, shop: Shop) -> None:
    """Under whatever keys: one order is left that can be paid, and one PaymentIntent."""
    visitor.put(HAMMING)
    keys = [f"made-up-key-{secret}-{visitor.browser.cookies['cart']}" for secret in range(4)]
    answers = at_once([lambda key=key: visitor.order(key, hamming=1) for key in keys])
    assert {answer.status_code for answer in answers} <= {200, 201, 409, 503}
    assert 201 in {answer.status_code for answer in answers}
    waiting = [order for order in visitor.orders if order["state"] == "awaiting_payment"]
    assert len(waiting) == 1
    statuses = {
        order["id"]: intent_status(shop, order["payment_intent_id"])
        for order in visitor.orders
        if order["payment_intent_id"]
    }
    assert statuses.pop(waiting[0]["id"]) == "requires_payment_method"
    assert set(statuses.values()) <= {"canceled"}


def test_a_paid_cart_is_not_paid_again(visitor: Visitor, shop: Shop) -> None:
    """An old tab's button says that it is paid, and its address leads to the order."""
    visitor.put(HAMMING)
    key = visitor.key()
    placed = visitor.order(key, hamming=1)
    bring(shop, factories.event(paid_intent(shop, placed)))
    answer = visitor.order(key, hamming=1)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already-paid")
    page = visitor.browser.get("/checkout", params={"key": key})
    assert (page.status_code, page.headers["location"]) == (303, placed.json()["order_url"])


def test_a_cart_that_cannot_be_bought_leads_back_to_itself(
    visitor: Visitor, shop: Shop, own_book: str
) -> None:
    """Empty, or with a book that was withdrawn: the checkout is the cart's page, which says why."""
    assert visitor.browser.get("/checkout").headers["location"] == "/cart"
    visitor.put(own_book)
    key = visitor.key()
    rows(shop.database_url, "UPDATE books SET on_sale = false WHERE slug = %s", own_book)
    assert visitor.browser.get(f"/checkout?key={key}").headers["location"] == "/cart"
    pressed = shop.order(
        cookies=dict(visitor.browser.cookies),
        checkout_key=key,
        cart=True,
        items=[{"book": own_book, "quantity": 1}],
    )
    assert (pressed.status_code, pressed.json()["type"]) == (409, "/problems/cart-changed")
    assert pressed.json()["checkout_url"] == "/checkout"
    assert visitor.orders == []


def test_somebody_elses_cart_is_not_ordered(
    visitor: Visitor, shop: Shop, enter: Callable[[Shop], Visitor]
) -> None:
    """Without the cart's own cookie there is no cart to order, and a shared address starts a new checkout."""
    visitor.put(HAMMING)
    key = visitor.key()
    visitor.order(key, hamming=1)
    stranger = enter(shop)
    assert stranger.order(key, hamming=1).json()["type"] == "/problems/cart-changed"
    stranger.put(HAMMING)
    assert stranger.order(key, hamming=1).json()["type"] == "/problems/cart-changed"
    assert stranger.key(f"/checkout?key={key}") != key


def test_buying_one_book_now_leaves_the_cart_alone(visitor: Visitor, shop: Shop) -> None:
    """`Buy now` works beside a cart, and takes nothing out of it."""
    visitor.put(HAMMING, 2)
    placed = shop.order(cookies=dict(visitor.browser.cookies))
    assert placed.status_code == 201
    assert bring(shop, factories.event(paid_intent(shop, placed))).status_code == 200
    assert visitor.cart == {HAMMING: 2}
