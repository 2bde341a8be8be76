"""Counted books over HTTP: the last copy, what an abandoned order gives back, and what pages say."""

import re
import secrets
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from processes import Shop
from shop_records import at_once, intent_id, new_book, order_row, rows, wait_until_state

BUYERS = 100


@pytest.fixture
def count(shop: Shop, own_book: str) -> Callable[[int], str]:
    """Count a book of the test's own; its slug."""

    def count(copies: int) -> str:
        receive(shop, own_book, copies)
        return own_book

    return count


def receive(shop: Shop, slug: str, copies: int) -> None:
    """Let a book be counted, and so many copies of it come in."""
    query = """WITH shelf AS (
                   INSERT INTO stock (book_id, received, held, sold)
                   SELECT id, %s, 0, 0 FROM books WHERE slug = %s RETURNING book_id, received)
               INSERT INTO stock_receipts (book_id, copies, at) SELECT book_id, received, now() FROM shelf"""
    rows(shop.database_url, query, copies, slug)


def shelf(shop: Shop, slug: str) -> tuple[int, int, int]:
    """Copies of the book that are free, held and sold."""
    query = """SELECT received - held - sold AS free, held, sold FROM stock
               JOIN books ON books.id = book_id WHERE slug = %s"""
    (row,) = rows(shop.database_url, query, slug)
    return row["free"], row["held"], row["sold"]


def order(shop: Shop, slug: str, quantity: int = 1, **changes: Any) -> httpx.Response:
    wanted = {"items": [{"book": slug, "quantity": quantity}], "total": 2300 * quantity}
    return shop.order(**(wanted | changes))


def test_one_of_a_hundred_gets_the_last_copy(shop: Shop, count: Callable[[int], str]) -> None:
    """Story 15: a hundred buyers at once; one order stands, and 99 are refused before they can pay."""
    slug = count(1)
    answers = at_once([lambda: order(shop, slug)] * BUYERS)
    assert sorted(answer.status_code for answer in answers) == [201] + [422] * (BUYERS - 1)
    assert shelf(shop, slug) == (0, 1, 0)
    refused = next(answer for answer in answers if answer.status_code == 422).json()
    assert refused["type"] == "/problems/invalid-order"
    assert refused["errors"] == {"items": "“A book” has just been sold out."}
    assert "client_secret" not in refused
    (found,) = rows(
        shop.database_url,
        "SELECT count(*) AS found FROM order_lines JOIN orders ON orders.id = order_id WHERE slug = %s",
        slug,
    )
    assert found["found"] == 1, "nothing of the 99 was written down"


def test_paid_copies_are_sold(shop: Shop, count: Callable[[int], str]) -> None:
    """What was held for an order is sold with it, in the commit that pays."""
    slug = count(5)
    placed = order(shop, slug, 2)
    assert shelf(shop, slug) == (3, 2, 0)
    shop.sandbox.pay(placed.json()["client_secret"]).raise_for_status()
    wait_until_state(shop, placed.json()["order_url"], "paid")
    assert shelf(shop, slug) == (3, 0, 2)


def test_a_given_up_order_gives_its_copy_back(shop: Shop, count: Callable[[int], str]) -> None:
    """Story 15: the customer cancels, and the next one can have it."""
    slug = count(1)
    placed = order(shop, slug).raise_for_status()
    assert order(shop, slug).status_code == 422
    httpx.post(f"{shop.url}{placed.json()['order_url']}/cancel", timeout=30)
    assert shelf(shop, slug) == (1, 0, 0)
    assert order(shop, slug).status_code == 201


@pytest.mark.parametrize("reason", ["abandoned", "requested_by_customer"])
def test_a_payment_closed_at_stripe_gives_its_copy_back(
    shop: Shop, count: Callable[[int], str], reason: str
) -> None:
    """Story 15: whoever ends the PaymentIntent, and why, the copy is free again."""
    slug = count(1)
    placed = order(shop, slug).raise_for_status()
    path = f"/v1/payment_intents/{intent_id(placed)}/cancel"
    shop.sandbox.stripe("POST", path, cancellation_reason=reason).raise_for_status()
    state = "expired" if reason == "abandoned" else "canceled"
    wait_until_state(shop, placed.json()["order_url"], state)
    assert shelf(shop, slug) == (1, 0, 0)


def test_a_double_click_holds_once(shop: Shop, count: Callable[[int], str]) -> None:
    """Ten presses of one checkout hold one copy, also where only one is left."""
    slug = count(1)
    key = secrets.token_urlsafe(24)
    answers = at_once([lambda: order(shop, slug, checkout_key=key)] * 10)
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len({answer.json()["order_url"] for answer in answers}) == 1
    assert shelf(shop, slug) == (0, 1, 0)


def test_too_many_are_refused_with_what_is_left(shop: Shop, count: Callable[[int], str]) -> None:
    """Nothing is held of an order that cannot be had whole."""
    slug = count(2)
    answer = order(shop, slug, 3)
    assert answer.json()["errors"] == {"items": "Copies of “A book” left: 2. Fewer, please."}
    assert shelf(shop, slug) == (2, 0, 0)


def test_orders_of_several_books_never_wait_for_each_other_in_a_circle(
    shop: Shop, count: Callable[[int], str]
) -> None:
    """Two counted books, ordered in either order by many at once: each order stands or is refused."""
    first = count(3)
    second = new_book(shop.database_url)
    receive(shop, second, 3)
    both = [{"book": first, "quantity": 1}, {"book": second, "quantity": 1}]
    turns = [both, both[::-1]] * 10
    answers = at_once([lambda items=items: shop.order(items=items, total=4600) for items in turns])
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [422] * 17
    assert shelf(shop, first) == shelf(shop, second) == (0, 3, 0)
    rows(shop.database_url, "UPDATE books SET on_sale = false WHERE slug = %s", second)


def words(page: httpx.Response, slug: str) -> str:
    """The visible text of the page from where it names the book on."""
    text = re.sub(r"<[^>]+>", " ", page.text[page.text.index(f"/{slug}") :])
    return " ".join(text.split())


def test_pages_say_how_many_are_left(shop: Shop, count: Callable[[int], str]) -> None:
    """Few: home, book, cart and checkout say so. None: there is no way to buy, and checkouts lead back."""
    slug = count(2)
    with httpx.Client(base_url=shop.url, timeout=30, follow_redirects=True) as visitor:
        for address in ("/", f"/books/{slug}", f"/checkout/{slug}"):
            assert "Only 2 copies left" in words(visitor.get(address), slug), address
        visitor.post("/cart", data={"book": slug, "quantity": "3"})
        cart = visitor.get("/cart")
        assert "Only 2 copies left. Order fewer to check out." in words(cart, slug)
        assert "cart-checkout" not in cart.text
        assert visitor.get("/checkout").url.path == "/cart"
        assert visitor.get(f"/checkout/{slug}?quantity=3").url.path == f"/books/{slug}"
        order(shop, slug, 2).raise_for_status()
        assert "Sold out meanwhile." in words(visitor.get("/cart"), slug)
        book = visitor.get(f"/books/{slug}")
        assert "Sold out. More copies are on their way." in book.text
        assert f'href="/checkout/{slug}' not in book.text
        assert visitor.get(f"/checkout/{slug}").url.path == f"/books/{slug}"


def test_uncounted_books_say_nothing(shop: Shop, own_book: str) -> None:
    """A book that is printed on demand has no number to show."""
    assert "left" not in words(httpx.get(f"{shop.url}/books/{own_book}"), own_book).split("Also")[0]


def test_whoever_holds_the_last_copy_can_go_on(shop: Shop, count: Callable[[int], str]) -> None:
    """A declined card, and back: the open order's own checkout, and its cart, still have the copy."""
    slug = count(1)
    with httpx.Client(base_url=shop.url, timeout=30, follow_redirects=True) as visitor:
        visitor.post("/cart", data={"book": slug})
        opened = visitor.get("/checkout")
        key = opened.url.params["key"]
        placed = order(shop, slug, checkout_key=key, cart=True, cookies=dict(visitor.cookies))
        assert placed.status_code == 201, placed.text
        assert "cart-checkout" in visitor.get("/cart").text
        again = visitor.get("/checkout")
        assert (again.status_code, again.url.params["key"]) == (200, key)
        assert order_row(shop, placed.json()["order_url"])["state"] == "awaiting_payment"
