"""The cart over HTTP: remembered by a cookie, changed by forms, never beyond its limits."""

import re
import secrets
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from processes import Shop
from shop_records import at_once, rows

HAMMING = "the-art-of-doing-science-and-engineering"
MECHNER = "the-making-of-prince-of-persia"


@pytest.fixture
def visitor(shop: Shop) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=shop.url, timeout=30) as visitor:
        yield visitor


def put(visitor: httpx.Client, slug: str, quantity: int | str = 1) -> httpx.Response:
    return visitor.post("/cart", data={"book": slug, "quantity": str(quantity)})


def held_by(shop: Shop, visitor: httpx.Client) -> dict[str, int]:
    """Copies by slug in the visitor's cart, as the database has them."""
    query = """SELECT slug, quantity FROM cart_lines JOIN carts ON carts.id = cart_id
               JOIN books ON books.id = book_id WHERE token = %s"""
    return {row["slug"]: row["quantity"] for row in rows(shop.database_url, query, visitor.cookies["cart"])}


def masthead_count(page: httpx.Response) -> str:
    found = re.search(r"data-cart-count[^>]*>(\d+)<", page.text)
    assert found, "every page shows the count"
    return found[1]


def test_the_first_book_opens_a_cart_that_is_remembered_for_a_year(shop: Shop, visitor: httpx.Client) -> None:
    """Looking sets no cookie; the first add does: unguessable, out of scripts' reach, for a year."""
    assert "set-cookie" not in visitor.get("/").headers
    assert "set-cookie" not in visitor.get("/cart").headers
    added = put(visitor, HAMMING)
    assert (added.status_code, added.headers["location"]) == (303, f"/cart?book={HAMMING}&added=yes")
    cookie = added.headers["set-cookie"]
    assert re.match(r"cart=[\w-]{22};", cookie)
    assert {"HttpOnly", "Max-Age=31536000", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    put(visitor, MECHNER, 2)
    put(visitor, HAMMING, 3)
    assert held_by(shop, visitor) == {HAMMING: 4, MECHNER: 2}
    page = visitor.get("/cart")
    assert "S$142.00" in page.text, "4 x 23.00 + 2 x 25.00"
    assert masthead_count(page) == masthead_count(visitor.get("/")) == "6"


def test_quantities_are_changed_and_lines_removed(shop: Shop, visitor: httpx.Client) -> None:
    """The number field says how many there are, not how many more; 0 and Remove take the line out."""
    put(visitor, HAMMING, 5)
    put(visitor, MECHNER)
    changed = visitor.post(f"/cart/{HAMMING}", data={"quantity": "2"})
    assert (changed.status_code, changed.headers["location"]) == (303, "/cart")
    assert held_by(shop, visitor) == {HAMMING: 2, MECHNER: 1}
    assert visitor.post(f"/cart/{MECHNER}/remove").headers["location"] == "/cart"
    assert held_by(shop, visitor) == {HAMMING: 2}
    visitor.post(f"/cart/{HAMMING}", data={"quantity": "0"})
    assert "There is nothing in it yet" in visitor.get("/cart").text


def test_twenty_adds_at_the_same_time_add_up(shop: Shop, visitor: httpx.Client) -> None:
    """Two tabs, or twenty: each copy that was put in is there."""
    put(visitor, HAMMING)
    cookies = dict(visitor.cookies)

    def add() -> int:
        return httpx.post(
            f"{shop.url}/cart", data={"book": HAMMING, "quantity": "2"}, cookies=cookies, timeout=30
        ).status_code

    assert at_once([add] * 20) == [303] * 20
    assert held_by(shop, visitor) == {HAMMING: 41}


def test_more_copies_than_an_order_takes(shop: Shop, visitor: httpx.Client) -> None:
    """What is beyond 99 is refused in words; what was there stays, also with adds at the same time."""
    put(visitor, HAMMING, 90)
    cookies = dict(visitor.cookies)

    def add() -> str:
        form = {"book": HAMMING, "quantity": "4"}
        return httpx.post(f"{shop.url}/cart", data=form, cookies=cookies, timeout=30).headers["location"]

    answers = at_once([add] * 6)
    assert sorted("refused=copies" in answer for answer in answers) == [False] * 2 + [True] * 4
    assert held_by(shop, visitor) == {HAMMING: 98}
    refused = put(visitor, HAMMING, 100)
    assert "At most 99 copies" in visitor.get(refused.headers["location"]).text
    refused = visitor.post(f"/cart/{HAMMING}", data={"quantity": "100"})
    assert "At most 99 copies" in visitor.get(refused.headers["location"]).text
    assert held_by(shop, visitor) == {HAMMING: 98}


@pytest.fixture
def many_books(shop: Shop) -> Iterator[list[str]]:
    """Twenty-four books on the shelf for one test."""
    mark = secrets.token_hex(4)
    slugs = [f"many-{mark}-{number}" for number in range(24)]
    query = """WITH book AS (
                   INSERT INTO books (slug, title, author, description, palette, motif, position, on_sale)
                   SELECT slug, 'One of many', 'Somebody', 'Words', 'ink', 'rule', 99, true
                   FROM unnest(%s::text[]) AS slug RETURNING id)
               INSERT INTO prices (book_id, currency, amount) SELECT id, 'sgd', 100 FROM book"""
    rows(shop.database_url, query, slugs)
    yield slugs
    rows(shop.database_url, "UPDATE books SET on_sale = false WHERE slug = ANY(%s)", slugs)


def test_more_titles_than_an_order_takes(shop: Shop, visitor: httpx.Client, many_books: list[str]) -> None:
    """Twenty titles fit, however many are added at the same time; more of those that are there still do."""
    for slug in many_books[:18]:
        put(visitor, slug)
    cookies = dict(visitor.cookies)

    def add(slug: str) -> str:
        return httpx.post(f"{shop.url}/cart", data={"book": slug}, cookies=cookies, timeout=30).headers[
            "location"
        ]

    answers = at_once([lambda slug=slug: add(slug) for slug in many_books[18:]])
    assert sum("refused=titles" in answer for answer in answers) == 4
    assert len(held_by(shop, visitor)) == 20
    assert "added=yes" in put(visitor, many_books[0]).headers["location"]
    refused = next(answer for answer in answers if "refused" in answer)
    assert "as many as one order can" in visitor.get(refused).text


def test_a_book_that_is_withdrawn_or_not_priced_is_said_to_be(
    shop: Shop, visitor: httpx.Client, own_book: str
) -> None:
    """The line stays, without a price; there is no way to the checkout until it is removed."""
    put(visitor, HAMMING)
    put(visitor, own_book, 2)
    assert 'href="/checkout"' in visitor.get("/cart").text
    rows(shop.database_url, "UPDATE books SET on_sale = false WHERE slug = %s", own_book)
    withdrawn = visitor.get("/cart").text
    assert "no longer for sale" in withdrawn
    assert 'href="/checkout"' not in withdrawn
    rows(shop.database_url, "UPDATE books SET on_sale = true WHERE slug = %s", own_book)
    query = "DELETE FROM prices USING books WHERE books.id = book_id AND slug = %s"
    rows(shop.database_url, query, own_book)
    unpriced = visitor.get("/cart").text
    assert "no price in SGD" in unpriced
    assert 'href="/checkout"' not in unpriced
    visitor.post(f"/cart/{own_book}/remove")
    assert 'href="/checkout"' in visitor.get("/cart").text


def test_changing_what_another_window_removed_is_said(shop: Shop, visitor: httpx.Client) -> None:
    """Update on a line that is gone does not bring it back by surprise."""
    put(visitor, HAMMING)
    put(visitor, MECHNER)
    visitor.post(f"/cart/{HAMMING}/remove")
    answer = visitor.post(f"/cart/{HAMMING}", data={"quantity": "3"})
    assert "no longer in your cart" in visitor.get(answer.headers["location"]).text
    assert held_by(shop, visitor) == {MECHNER: 1}


def test_pages_that_answer_a_form_show_the_count_too(visitor: httpx.Client) -> None:
    """A refusal is a page like any other: its masthead knows the cart."""
    put(visitor, HAMMING, 3)
    browser = {"Accept": "text/html"}
    assert masthead_count(visitor.post("/orders", headers=browser, content=b"{")) == "3"
    assert masthead_count(visitor.post("/cart", headers=browser, data={"book": "no-such-book"})) == "3"
    assert masthead_count(visitor.post("/", headers=browser)) == "3"


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/cart", {"book": "no-such-book"}, 404),
        ("/cart", {}, 404),
        ("/cart", {"book": HAMMING, "quantity": "-1"}, 400),
        ("/cart", {"book": HAMMING, "quantity": "1.5"}, 400),
        ("/cart", {"book": HAMMING, "quantity": "9" * 400}, 400),
        ("/cart", {"book": "a\0b"}, 404),
        ("/cart/no-such-book", {"quantity": "1"}, 404),
        (f"/cart/{HAMMING}", {}, 400),
        ("/cart/no-such-book/remove", {}, 404),
    ],
)
def test_forms_that_we_never_sent(
    visitor: httpx.Client, path: str, form: dict[str, Any], status: int
) -> None:
    """Refused in words, and no cart is opened for them."""
    answer = visitor.post(path, data=form, headers={"Accept": "text/html"})
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("token", ["x", "a b", "%00", "é", "0" * 22, "x" * 5000])
def test_a_cookie_that_is_nobodys_is_an_empty_cart(shop: Shop, token: str) -> None:
    """A made-up token opens nothing, and the first add gives a fresh one."""
    headers = {"Cookie": f"cart={token}".encode()}
    assert "There is nothing in it yet" in httpx.get(f"{shop.url}/cart", headers=headers).text
    added = httpx.post(f"{shop.url}/cart", data={"book": HAMMING}, headers=headers)
    assert re.match(r"cart=[\w-]{22};", added.headers["set-cookie"])
    assert f"cart={token};" not in added.headers["set-cookie"]


def test_another_sites_form_changes_nothing(shop: Shop, visitor: httpx.Client) -> None:
    """A page elsewhere cannot fill or empty a customer's cart."""
    put(visitor, HAMMING)
    for path in ["/cart", f"/cart/{HAMMING}", f"/cart/{HAMMING}/remove"]:
        form = {"book": HAMMING, "quantity": "7"}
        assert visitor.post(path, data=form, headers={"Origin": "https://evil.example"}).status_code == 403
    assert held_by(shop, visitor) == {HAMMING: 1}


@pytest.mark.parametrize("path", ["/", f"/books/{HAMMING}", "/cart", "/no-such-page"])
def test_a_page_with_a_count_is_its_visitors_own(shop: Shop, path: str) -> None:
    """No cache between us and two visitors may show one the other's count."""
    headers = httpx.get(shop.url + path).headers
    assert "Cookie" in headers["vary"]
    assert re.search("private|no-store", headers["cache-control"])
