"""Shipping over HTTP: quoted by country, part of the order's total, followed when the address changes."""

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from processes import ADDRESS, Shop
from shop_records import at_once, break_stripe, history, intent_id, mend_stripe, order_row, rows

HAMMING = "the-art-of-doing-science-and-engineering"
IN_GERMANY = ADDRESS | {"line1": "Friedrichstr. 1", "city": "Berlin", "country": "DE"}
IN_MALAYSIA = ADDRESS | {"line1": "1 Jalan Ampang", "city": "Kuala Lumpur", "country": "MY"}
IN_BRAZIL = ADDRESS | {"line1": "1 Avenida Paulista", "city": "São Paulo", "state": "SP", "country": "BR"}


@pytest.fixture
def breakable(rated_shop: Shop) -> Iterator[Shop]:
    """The same, whose calls to Stripe a test may let fail."""
    yield rated_shop
    mend_stripe(rated_shop)


def ask(shop: Shop, **changes: Any) -> httpx.Response:
    """POST /quotes as the checkout page does."""
    question = {
        "checkout_key": secrets.token_urlsafe(24),
        "items": [{"book": HAMMING, "quantity": 1}],
        "currency": "sgd",
        "country": "SG",
    }
    return httpx.post(f"{shop.url}/quotes", json=question | changes, timeout=30)


def intent_of(shop: Shop, placed: httpx.Response) -> dict[str, Any]:
    intent: dict[str, Any] = shop.sandbox.stripe("GET", f"/v1/payment_intents/{intent_id(placed)}").json()
    return intent


@pytest.mark.parametrize(("country", "shipping"), [("SG", 300), ("MY", 300), ("DE", 1200), ("XK", 1200)])
def test_a_quote(rated_shop: Shop, country: str, shipping: int) -> None:
    """Subtotal, shipping and total, each in minor units and in words, kept by nobody."""
    answer = ask(rated_shop, country=country)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    quoted = answer.json()
    assert {name: part["amount"] for name, part in quoted.items()} == {
        "subtotal": 2300,
        "shipping": shipping,
        "total": 2300 + shipping,
    }
    assert quoted["total"]["text"] == f"S${(2300 + shipping) / 100:.2f}"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"country": "BR"}, "shipping_address"),
        ({"country": "sg"}, "country"),
        ({"country": "EU"}, "country"),
        ({"country": None}, "country"),
        ({"country": "S" * 5000}, "country"),
        ({"currency": "kwd", "country": "DE"}, "shipping_address"),
        ({"currency": "SGD"}, "currency"),
        ({"items": []}, "items"),
        ({"items": [{"book": "no-such-book", "quantity": 1}]}, "items"),
        ({"items": [{"book": HAMMING, "quantity": 0}]}, "items"),
        ({"items": [{"book": "a\0", "quantity": 1}]}, "items"),
        ({"checkout_key": "short"}, "checkout_key"),
        ({"total": 1}, "total"),
    ],
)
def test_what_cannot_be_quoted(rated_shop: Shop, changes: dict[str, Any], field: str) -> None:
    """422 under the field's name, in words."""
    answer = ask(rated_shop, **changes)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-order")
    assert answer.json()["errors"].keys() == {field}


def test_lines_and_shipping_are_the_total(rated_shop: Shop) -> None:
    """The order, its PaymentIntent and the quote agree; without the shipping there is no order."""
    key = secrets.token_urlsafe(24)
    unpaid = rated_shop.order(checkout_key=key)
    assert (unpaid.status_code, unpaid.json()["type"]) == (409, "/problems/total-changed")
    assert (unpaid.json()["total"]["amount"], unpaid.json()["shipping"]["text"]) == (2600, "S$3.00")
    placed = rated_shop.order(checkout_key=key, total=2600)
    assert placed.status_code == 201
    order = order_row(rated_shop, placed.json()["order_url"])
    assert (order["total"], order["shipping_amount"], order["shipping_address"]) == (2600, 300, ADDRESS)
    assert intent_of(rated_shop, placed)["amount"] == 2600


def test_where_we_do_not_ship_nothing_is_ordered(rated_shop: Shop) -> None:
    """422 beside the address, with the country and the currency by name."""
    key = secrets.token_urlsafe(24)
    refused = rated_shop.order(checkout_key=key, shipping_address=IN_BRAZIL)
    assert refused.status_code == 422
    (words,) = refused.json()["errors"].values()
    assert "Brazil" in words
    assert "SGD" in words
    assert rows(rated_shop.database_url, "SELECT 1 FROM orders WHERE checkout_key = %s", key) == []


@pytest.mark.parametrize("changes", [{"name": ""}, {"country": "XX"}, {"line1": "a\0b"}, {"line1": None}])
def test_half_an_address_orders_nothing(rated_shop: Shop, changes: dict[str, Any]) -> None:
    """The slip is said under the address."""
    answer = rated_shop.order(shipping_address=ADDRESS | changes, total=2600)
    assert answer.status_code == 422
    assert answer.json()["errors"].keys() == {"shipping_address"}


def test_another_address_at_the_same_rate(rated_shop: Shop) -> None:
    """The unpaid order goes there instead; its total and its PaymentIntent stay as they are."""
    key = secrets.token_urlsafe(24)
    first = rated_shop.order(checkout_key=key, total=2600)
    again = rated_shop.order(checkout_key=key, total=2600, shipping_address=IN_MALAYSIA)
    assert (again.status_code, again.json()) == (200, first.json())
    assert order_row(rated_shop, first.json()["order_url"])["shipping_address"] == IN_MALAYSIA


def test_another_rate_changes_the_intent_and_then_the_order(rated_shop: Shop) -> None:
    """The old total is refused with the new one; agreed to, intent and order ask for it."""
    key = secrets.token_urlsafe(24)
    first = rated_shop.order(checkout_key=key, total=2600)
    url = first.json()["order_url"]
    unagreed = rated_shop.order(checkout_key=key, total=2600, shipping_address=IN_GERMANY)
    assert (unagreed.status_code, unagreed.json()["total"]["amount"]) == (409, 3500)
    assert order_row(rated_shop, url)["total"] == intent_of(rated_shop, first)["amount"] == 2600
    assert ask(rated_shop, checkout_key=key, country="DE").json()["total"]["amount"] == 3500
    agreed = rated_shop.order(checkout_key=key, total=3500, shipping_address=IN_GERMANY)
    assert (agreed.status_code, agreed.json()) == (200, first.json())
    order = order_row(rated_shop, url)
    assert (order["total"], order["shipping_amount"], order["shipping_address"]["country"]) == (
        3500,
        1200,
        "DE",
    )
    assert intent_of(rated_shop, first)["amount"] == 3500
    assert history(rated_shop, url) == [("awaiting_payment", "sent to DE: total 2600 becomes 3500")]
    assert rated_shop.sandbox.pay(first.json()["client_secret"]).json()["amount"] == 3500


def test_paying_later_at_another_address(rated_shop: Shop) -> None:
    """The page for paying again sends an address too, by the same rule; without one it stays."""
    placed = rated_shop.order(total=2600)
    door = f"{rated_shop.url}{placed.json()['order_url']}/payment"
    asked = {"shipping_address": IN_GERMANY, "total": 2600}
    assert httpx.post(door, json=asked, timeout=30).status_code == 409
    assert httpx.post(door, json=asked | {"total": 3500}, timeout=30).json() == placed.json()
    assert httpx.post(door, json={"total": 3500}, timeout=30).json() == placed.json()
    order = order_row(rated_shop, placed.json()["order_url"])
    assert (order["total"], order["shipping_address"]["country"]) == (3500, "DE")


def test_a_bank_asked_for_the_old_total_is_not_asked_any_more(rated_shop: Shop) -> None:
    """Story 10: an attempt under way is void when the total changes, so that no other amount can come in."""
    key = secrets.token_urlsafe(24)
    placed = rated_shop.order(checkout_key=key, total=2600)
    waiting = rated_shop.sandbox.pay(placed.json()["client_secret"], "4000002760003184").json()
    assert waiting["status"] == "requires_action"
    assert rated_shop.order(checkout_key=key, total=3500, shipping_address=IN_GERMANY).status_code == 200
    intent = intent_of(rated_shop, placed)
    assert (intent["status"], intent["amount"], intent["next_action"]) == (
        "requires_confirmation",
        3500,
        None,
    )


def test_a_paid_order_stays_where_it_goes(rated_shop: Shop) -> None:
    """Another address after paying changes nothing, at Stripe or here."""
    key = secrets.token_urlsafe(24)
    placed = rated_shop.order(checkout_key=key, total=2600)
    assert rated_shop.sandbox.pay(placed.json()["client_secret"]).json()["status"] == "succeeded"
    late = rated_shop.order(checkout_key=key, total=3500, shipping_address=IN_GERMANY)
    assert (late.status_code, late.json()["type"]) == (409, "/problems/already-paid")
    order = order_row(rated_shop, placed.json()["order_url"])
    assert (order["state"], order["total"], order["shipping_address"]) == ("paid", 2600, ADDRESS)


def test_stripe_fails_while_the_total_changes(breakable: Shop) -> None:
    """503 and the order as it was; the next press changes both."""
    key = secrets.token_urlsafe(24)
    placed = breakable.order(checkout_key=key, total=2600)
    break_stripe(breakable, method="POST", path="/v1/payment_intents/*", stage="before", drop=True, times=0)
    assert breakable.order(checkout_key=key, total=3500, shipping_address=IN_GERMANY).status_code == 503
    assert order_row(breakable, placed.json()["order_url"])["total"] == 2600
    mend_stripe(breakable)
    assert breakable.order(checkout_key=key, total=3500, shipping_address=IN_GERMANY).status_code == 200
    assert (
        order_row(breakable, placed.json()["order_url"])["total"]
        == intent_of(breakable, placed)["amount"]
        == 3500
    )


def test_an_intent_that_ran_ahead_is_brought_back(rated_shop: Shop) -> None:
    """The shop died after changing the intent: the next press makes it ask for the order's total again."""
    key = secrets.token_urlsafe(24)
    placed = rated_shop.order(checkout_key=key, total=2600)
    rated_shop.sandbox.stripe("POST", f"/v1/payment_intents/{intent_id(placed)}", amount="3500")
    assert rated_shop.order(checkout_key=key, total=2600).status_code == 200
    assert intent_of(rated_shop, placed)["amount"] == 2600


def test_two_windows_with_two_addresses(rated_shop: Shop) -> None:
    """Whoever comes last is asked again or prevails; a secret is handed out only for what the order asks."""
    key = secrets.token_urlsafe(24)
    first = rated_shop.order(checkout_key=key, total=2600)
    calls = [
        lambda: rated_shop.order(checkout_key=key, total=3500, shipping_address=IN_GERMANY),
        lambda: rated_shop.order(checkout_key=key, total=2600, shipping_address=IN_MALAYSIA),
    ] * 4
    assert {answer.status_code for answer in at_once(calls)} <= {200, 409}
    order = order_row(rated_shop, first.json()["order_url"])
    expected = {"DE": 3500, "MY": 2600}[order["shipping_address"]["country"]]
    assert order["total"] == expected == 2300 + order["shipping_amount"]
    address = IN_GERMANY if expected == 3500 else IN_MALAYSIA
    assert rated_shop.order(checkout_key=key, total=expected, shipping_address=address).status_code == 200
    assert intent_of(rated_shop, first)["amount"] == expected


def test_an_order_keeps_its_rate(start_shop: Callable[..., Shop]) -> None:
    """Dearer shipping from tomorrow on is not charged for the order of today."""
    shop = start_shop(SHIPPING_RATES='{"*": {"sgd": "3.00"}}')
    key = secrets.token_urlsafe(24)
    assert shop.order(checkout_key=key, total=2600).status_code == 201
    shop.web.stop()
    shop.settings["SHIPPING_RATES"] = '{"*": {"sgd": "9.00"}}'
    shop.start_web()
    assert shop.order(checkout_key=key, total=2600).status_code == 200
    assert ask(shop, checkout_key=key).json()["total"]["amount"] == 2600
    moved = shop.order(checkout_key=key, total=2600, shipping_address=IN_GERMANY)
    assert moved.json()["total"]["amount"] == 3200


def test_only_where_the_settings_say(start_shop: Callable[..., Shop]) -> None:
    """A country that is not on the list is refused at the door, however its address came there."""
    shop = start_shop(SHIPPING_COUNTRIES="SG, MY")
    assert shop.order().status_code == 201
    refused = shop.order(shipping_address=IN_GERMANY)
    assert refused.json()["errors"].keys() == {"shipping_address"}
