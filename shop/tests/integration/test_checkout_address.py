"""GET /checkout: one key for one checkout, however it is reached."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

import factories
from processes import Shop
from shop_records import bring, paid_intent

HAMMING = "/checkout/the-art-of-doing-science-and-engineering"


def key_of(answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text
    return parse_qs(urlsplit(answer.headers["location"]).query)["key"][0]


def test_the_first_visit_gets_a_key_in_its_address(shop: Shop) -> None:
    """303 to the same page with a fresh key; a reload is the same checkout, and no PaymentIntent is made."""
    before = len(shop.sandbox.stripe("GET", "/v1/payment_intents", limit="100").json()["data"])
    with httpx.Client(base_url=shop.url, timeout=30) as visitor:
        first = visitor.get(HAMMING)
        key = key_of(first)
        assert re.fullmatch(r"[\w-]{16,64}", key)
        page = visitor.get(first.headers["location"])
        assert page.status_code == 200
        assert key in page.text
        assert page.headers["cache-control"] == "no-store"
        assert key_of(visitor.get(HAMMING)) == key, "a second tab is the same checkout"
        assert key_of(visitor.get(HAMMING, params={"quantity": "2"})) != key
    assert len(shop.sandbox.stripe("GET", "/v1/payment_intents", limit="100").json()["data"]) == before
    assert key_of(httpx.get(shop.url + HAMMING)) != key, "another visitor"


def test_a_paid_checkout_leads_to_its_order(quiet_shop: Shop) -> None:
    """Back after paying: the checkout's address shows the order, and a new visit starts a new checkout."""
    with httpx.Client(base_url=quiet_shop.url, timeout=30) as visitor:
        address = visitor.get(HAMMING).headers["location"]
        key = parse_qs(urlsplit(address).query)["key"][0]
        placed = quiet_shop.order(checkout_key=key)
        assert "ada@example.com" in visitor.get(address).text
        bring(quiet_shop, factories.event(paid_intent(quiet_shop, placed)))
        back = visitor.get(address)
        assert (back.status_code, back.headers["location"]) == (303, placed.json()["order_url"])
        assert key_of(visitor.get(HAMMING)) != key


@pytest.mark.parametrize("quantity", ["0", "-1", "100", "1.5", "x", "٣", "1e1", "9" * 5000])
def test_quantities_that_cannot_be(shop: Shop, quantity: str) -> None:
    """400 in words, not a traceback and not another quantity."""
    answer = httpx.get(shop.url + HAMMING, params={"quantity": quantity})
    assert answer.status_code == 400
    assert "copies can be ordered" in answer.text


@pytest.mark.parametrize(
    "key", ["short", "x" * 65, "0123456789abcdef\n", "0123456789abcde'", "0123456789abcdef\0"]
)
def test_keys_that_we_never_gave_are_replaced(shop: Shop, key: str) -> None:
    """A mangled key is answered with a fresh one."""
    assert key_of(httpx.get(shop.url + HAMMING, params={"key": key})) != key


@pytest.mark.parametrize(
    "slug",
    [
        "no-such-book",
        "%00",
        "%ff",
        "a%0d%0aSet-Cookie:%20x=y",
        "a;%20Domain=example.com",
        "a%3Fkey=0123456789abcdef",
    ],
)
def test_books_that_are_not_there_set_nothing(shop: Shop, slug: str) -> None:
    """404 at once: no key, no cookie, no header out of an address."""
    answer = httpx.get(f"{shop.url}/checkout/{slug}")
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers
