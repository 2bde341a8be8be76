"""The order's page: Stripe's word and nobody else's, for whoever holds its address and nobody else."""

import secrets
import time

import httpx
import pytest

import factories
from bookshop.web.order_pages import BETWEEN_READS
from processes import ADDRESS, Shop, wait_until
from shop_records import break_stripe, bring, order_row, paid_intent, rows

PAGE = {"Accept": "text/html"}


def get(shop: Shop, path: str, **options: object) -> httpx.Response:
    return httpx.get(shop.url + path, headers=PAGE, timeout=30, **options)  # type: ignore[arg-type]


def reads(shop: Shop, payment_intent_id: str) -> int:
    """How often the shop has asked Stripe about this PaymentIntent."""
    path = f"/v1/payment_intents/{payment_intent_id}"
    calls = shop.sandbox.control("GET", "/_sandbox/requests")["requests"]
    return sum(call["method"] == "GET" and call["path"] == path for call in calls)


def test_the_page_shows_amount_and_payment(shop: Shop) -> None:
    """Total, PaymentIntent, address of the receipt, card and title of a paid order."""
    email = f"{secrets.token_hex(8)}@example.com"
    placed = shop.order(email=email)
    shop.sandbox.pay(placed.json()["client_secret"], "5555555555554444")
    text = get(shop, placed.json()["order_url"]).text
    row = order_row(shop, placed.json()["order_url"])
    shown = ("S$23.00", row["payment_intent_id"], email, "Mastercard •••• 4444", "The Art of Doing Science")
    assert [word for word in shown if word not in text] == []
    assert row["state"] == "paid"


def test_the_query_that_holds_a_secret_is_dropped(shop: Shop) -> None:
    """What Stripe adds to the return address leads to the address without it, and is kept nowhere."""
    placed = shop.order()
    url = placed.json()["order_url"]
    query = {"payment_intent_client_secret": placed.json()["client_secret"], "redirect_status": "succeeded"}
    answer = get(shop, url, params=query)
    assert (answer.status_code, answer.headers["location"]) == (303, url)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"


def test_story_12_redirect_status_is_not_believed(quiet_shop: Shop) -> None:
    """`redirect_status=succeeded` on an unpaid order shows an unpaid order."""
    placed = quiet_shop.order()
    url = placed.json()["order_url"]
    text = get(quiet_shop, url, params={"redirect_status": "succeeded"}, follow_redirects=True).text
    assert "Thank you" not in text
    assert quiet_shop.status(url) == {
        "state": "awaiting_payment",
        "payment_status": "requires_payment_method",
        "scene": "waiting",
        "method": None,
        "is_final": False,
    }


def test_story_18_processing_is_on_its_way(quiet_shop: Shop) -> None:
    """The page and its status say that nothing is left to do, and that it is not over."""
    placed = quiet_shop.order()
    url = placed.json()["order_url"]
    processing = """UPDATE orders SET state = 'processing', payment_status = 'processing',
                                      payment_read_at = now() WHERE token = %s"""
    rows(quiet_shop.database_url, processing, url.rpartition("/")[2])
    assert quiet_shop.status(url) == {
        "state": "processing",
        "payment_status": "processing",
        "scene": "on_its_way",
        "method": None,
        "is_final": False,
    }
    again = get(quiet_shop, f"{url}/pay")
    assert (again.status_code, again.headers["location"]) == (303, url)


@pytest.mark.parametrize("part", ["", "/status", "/pay"])
def test_story_13_addresses_cannot_be_guessed(shop: Shop, part: str) -> None:
    """Ids, checkout keys, changed letters and odd text are 404 alike."""
    placed = shop.order()
    row = order_row(shop, placed.json()["order_url"])
    assert len(row["token"]) >= 22, "128 bits"
    guesses = [
        str(row["id"]),
        row["checkout_key"],
        row["payment_intent_id"],
        row["token"][:-1],
        row["token"].swapcase(),
        row["token"] + "%00",
        "%00",
        "%ff",
        "%ed%a0%80",
        "x" * 3000,
        "'%20OR%201=1",
    ]
    found = {guess: get(shop, f"/orders/{guess}{part}").status_code for guess in guesses}
    assert {guess: status for guess, status in found.items() if status != 404} == {}


def test_a_stranger_cannot_pay_or_learn_by_another_address(shop: Shop) -> None:
    """The payment door knows orders by their token alone, and compares the total."""
    placed = shop.order()
    url = placed.json()["order_url"]
    row = order_row(shop, url)
    shown = {"shipping_address": ADDRESS, "total": 2300}
    assert httpx.post(f"{shop.url}/orders/{row['id']}/payment", json=shown).status_code == 404
    assert httpx.post(f"{shop.url}{url}/payment", json=shown | {"total": 1}).status_code == 409
    resumed = httpx.post(f"{shop.url}{url}/payment", json=shown, timeout=30)
    assert (resumed.status_code, resumed.json()) == (200, placed.json())


def test_stripe_is_asked_only_while_there_is_something_to_learn(quiet_shop: Shop) -> None:
    """Reloading a paid order a hundred times asks Stripe nothing; following an open one asks now and then."""
    placed = quiet_shop.order()
    url = placed.json()["order_url"]
    intent_id = order_row(quiet_shop, url)["payment_intent_id"]
    quiet_shop.status(url)
    before, began = reads(quiet_shop, intent_id), time.monotonic()
    for _ in range(10):
        quiet_shop.status(url)
    pauses = (time.monotonic() - began) / BETWEEN_READS.total_seconds()
    # One more for the reconciler, which comes by in its own time.
    assert reads(quiet_shop, intent_id) <= before + pauses + 2
    quiet_shop.sandbox.pay(placed.json()["client_secret"])
    get(quiet_shop, url)
    settled = reads(quiet_shop, intent_id)
    for _ in range(20):
        get(quiet_shop, url)
        quiet_shop.status(url)
    assert reads(quiet_shop, intent_id) == settled


def test_a_webhooks_order_learns_its_card_once(quiet_shop: Shop) -> None:
    """An event names no card: the first visit asks for it, the next ones do not."""
    placed = quiet_shop.order()
    url = placed.json()["order_url"]
    quiet_shop.sandbox.pay(placed.json()["client_secret"])
    bring(quiet_shop, factories.event(paid_intent(quiet_shop, placed)))
    assert order_row(quiet_shop, url)["card_last4"] is None
    assert "•••• 4242" in get(quiet_shop, url).text
    asked = reads(quiet_shop, order_row(quiet_shop, url)["payment_intent_id"])
    get(quiet_shop, url)
    assert reads(quiet_shop, order_row(quiet_shop, url)["payment_intent_id"]) == asked


def test_the_dashboard_link_is_the_shopkeepers(shop: Shop) -> None:
    """Strangers never see it, a forged cookie does not help, the password does, signing out ends it."""
    url = shop.order().json()["order_url"]
    dashboard = shop.environment["STRIPE_DASHBOARD_URL"]
    with httpx.Client(base_url=shop.url, timeout=30, headers=PAGE) as visitor:
        assert dashboard not in visitor.get(url).text
        for forged in ("shopkeeper", "shopkeeper.abc.def", ""):
            assert dashboard not in get(shop, url, cookies={"shopkeeper": forged}).text
        assert visitor.post("/shopkeeper", data={"password": "wrong"}).status_code == 403
        assert dashboard not in visitor.get(url).text
        password = shop.environment["SHOPKEEPER_PASSWORD"]
        signed_in = visitor.post("/shopkeeper", data={"password": password})
        assert signed_in.status_code == 303
        cookie = signed_in.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert dashboard in visitor.get(url).text
        visitor.post("/shopkeeper", data={"action": "sign-out"})
        assert dashboard not in visitor.get(url).text


def test_pages_that_follow_an_order_do_not_crowd_a_stripe_that_is_down(own_shop: Shop) -> None:
    """A failed question counts as asked: polls ask Stripe again only when the pause between reads is over."""
    placed = own_shop.order().json()
    order_url, payment_intent_id = placed["order_url"], intent_id(placed)
    get(own_shop, order_url)
    asked = reads(own_shop, payment_intent_id)
    break_stripe(own_shop, method="GET", path="/v1/payment_intents/*", times=0, status=500)
    started = time.monotonic()
    get(own_shop, order_url)
    tried = reads(own_shop, payment_intent_id)
    tries = tried - asked
    assert tries > 0
    for _ in range(10):
        assert own_shop.status(order_url)["state"] == "awaiting_payment"
    pauses = int((time.monotonic() - started) / BETWEEN_READS.total_seconds())
    assert reads(own_shop, payment_intent_id) <= tried + tries * pauses


def test_the_log_holds_no_order_address(own_shop: Shop) -> None:
    """Whoever reads logs must not be able to open customers' orders."""
    order_url = own_shop.order().json()["order_url"]
    own_shop.status(order_url)
    wait_until(lambda: "/orders/{token}/status" in own_shop.web.log.read_text(), "the request's log line")
    assert order_url.removeprefix("/orders/") not in own_shop.web.log.read_text()


def intent_id(placed: dict[str, str]) -> str:
    return placed["client_secret"].partition("_secret_")[0]
