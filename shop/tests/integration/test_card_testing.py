"""Somebody tries stolen cards at the shop's doors, and at Stripe with what the shop gave out."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from processes import ADDRESS, GUARDED, Shop, wait_until
from shop_records import history, order_row, rows, wait_until_state

BOOK = {"book": "the-art-of-doing-science-and-engineering", "quantity": 1}
DECLINED, LOST, NO_FUNDS, WRONG_CVC, PAYS = (
    "4000000000000002",
    "4000000000009987",
    "4000000000009995",
    "4000000000000127",
    "4242424242424242",
)

# What an address may place within the seconds of a test: the quick bucket, and what leaks in a few minutes.
MOST = 12 + 5


class Caller:
    """Somebody who presses Pay without a page, from an address of their own."""

    def __init__(self, shop: Shop, address: str) -> None:
        headers = {"X-Forwarded-For": address}
        self.browser = httpx.Client(base_url=shop.url, headers=headers, timeout=60)

    def order(self, key: str | None = None, **headers: str) -> httpx.Response:
        body = {
            "checkout_key": key or secrets.token_urlsafe(16),
            "items": [BOOK],
            "currency": "sgd",
            "email": "ada@example.com",
            "shipping_address": ADDRESS,
            "total": 2300,
        }
        return self.browser.post("/orders", json=body, headers=headers)

    def resume(self, order_url: str) -> httpx.Response:
        return self.browser.post(f"{order_url}/payment", json={"total": 2300})


@pytest.fixture
def caller() -> Iterator[Callable[..., Caller]]:
    """A function for a caller at a shop, from a new address unless told."""
    callers: list[Caller] = []

    def call(shop: Shop, address: str = "") -> Caller:
        callers.append(Caller(shop, address or f"81.2.{secrets.randbelow(256)}.{secrets.randbelow(256)}"))
        return callers[-1]

    yield call
    for made in callers:
        made.browser.close()


def intents_made(shop: Shop) -> int:
    """How many PaymentIntents the shop has opened at Stripe."""
    made, last = 0, {}
    while page := shop.sandbox.stripe("GET", "/v1/payment_intents", limit="100", **last).json()["data"]:
        made += len(page)
        last = {"starting_after": page[-1]["id"]}
    return made


def test_story_63_1674_orders_from_one_address_at_once(
    start_shop: Callable[..., Shop], caller: Callable[..., Caller]
) -> None:
    """A dozen PaymentIntents, and for the others 429 and a time to come back: no 5xx, nothing written."""
    shop = start_shop(**GUARDED)
    tester = caller(shop)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: tester.order(), range(1674)))
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) == {201, 429}
    assert statuses[201] == intents_made(shop) <= MOST
    (kept,) = rows(shop.database_url, "SELECT count(*) AS orders FROM orders")
    assert kept["orders"] == statuses[201]
    assert caller(shop, "81.2.69.161").order().status_code == 201, "others buy meanwhile"
    metrics = httpx.get(f"{shop.url}/metrics").text
    assert f'bookshop_limited_total{{allowance="address",level="normal"}} {statuses[429]}.0' in metrics


def test_control_of_story_63_without_limits(shop: Shop, caller: Callable[..., Caller]) -> None:
    """With the limits off as many PaymentIntents are opened as somebody asks for."""
    tester, before = caller(shop), intents_made(shop)
    assert {tester.order().status_code for _ in range(MOST + 5)} == {201}
    assert intents_made(shop) >= before + MOST + 5


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Please try again in 1 minute. Nothing has been charged for it."),
        ("de", "in 1 Minute noch einmal. Dafür wurde nichts abgebucht."),
    ],
)
def test_what_the_refusal_says(
    guarded_shop: Shop, caller: Callable[..., Caller], language: str, sentence: str
) -> None:
    """A problem of its own type, when to come back in words and header, and that nothing is charged."""
    home = f"2a02:26f7:{secrets.token_hex(2)}:"
    tester = caller(guarded_shop, f"{home}:1")
    for number in range(MOST):
        caller(guarded_shop, f"{home}:{number}").order()
    answer = tester.order(**{"Accept-Language": language})
    assert answer.status_code == 429
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == "/problems/too-often"
    assert problem["detail"].endswith(sentence)
    assert 0 < problem["retry_after"] == int(answer.headers["retry-after"]) <= 60


def test_a_customer_who_mistypes_three_cards_never_notices(
    guarded_shop: Shop, caller: Callable[..., Caller]
) -> None:
    """Four presses of Pay, three declines, then paid: no 429, also where three neighbours do the same."""
    address = "92.40.0.1"
    for _ in range(3):
        customer, key = caller(guarded_shop, address), secrets.token_urlsafe(16)
        for card in (DECLINED, NO_FUNDS, WRONG_CVC, PAYS):
            placed = customer.order(key)
            assert placed.status_code in {200, 201}
            guarded_shop.sandbox.pay(placed.json()["client_secret"], card)
        wait_until_state(guarded_shop, placed.json()["order_url"], "paid")


def test_an_order_on_which_card_after_card_is_declined_is_closed(
    guarded_shop: Shop, caller: Callable[..., Caller]
) -> None:
    """At the ninth its PaymentIntent is canceled at Stripe, and the order with it: nobody pays it now."""
    tester = caller(guarded_shop)
    placed = tester.order().json()
    secret, url = placed["client_secret"], placed["order_url"]
    cards = [DECLINED, LOST, NO_FUNDS, WRONG_CVC]
    for number in range(8):
        assert guarded_shop.sandbox.pay(secret, cards[number % 4]).status_code == 402
    assert order_row(guarded_shop, url)["state"] == "awaiting_payment"
    assert guarded_shop.sandbox.pay(secret, DECLINED).status_code == 402
    wait_until_state(guarded_shop, url, "canceled")
    assert guarded_shop.sandbox.pay(secret, PAYS).status_code == 400
    intent = guarded_shop.sandbox.stripe(
        "GET", f"/v1/payment_intents/{secret.partition('_secret_')[0]}"
    ).json()
    assert (intent["status"], intent["cancellation_reason"]) == ("canceled", "fraudulent")
    assert history(guarded_shop, url)[-1][0] == "canceled"
    assert tester.resume(url).status_code == 409


def test_control_of_the_closing_without_limits(shop: Shop, caller: Callable[..., Caller]) -> None:
    """With the limits off a dozen cards are declined on one order, and it can still be paid."""
    placed = caller(shop).order().json()
    for _ in range(12):
        assert shop.sandbox.pay(placed["client_secret"], DECLINED).status_code == 402
    assert shop.sandbox.pay(placed["client_secret"], PAYS).is_success
    wait_until_state(shop, placed["order_url"], "paid")


def test_declines_count_against_the_address(guarded_shop: Shop, caller: Callable[..., Caller]) -> None:
    """Whoever has cards declined by the dozen places no more orders, however few were placed before."""
    tester = caller(guarded_shop)
    for _ in range(2):
        secret = tester.order().json()["client_secret"]
        for _ in range(8):
            guarded_shop.sandbox.pay(secret, DECLINED)
    spent = "SELECT 1 FROM spendings WHERE allowance = 'address' AND quick_until > now() + interval '11 min'"
    wait_until(lambda: rows(guarded_shop.database_url, spent), "the declines to be counted")
    assert tester.order().status_code == 429


def test_a_payment_is_not_opened_for_ever(guarded_shop: Shop, caller: Callable[..., Caller]) -> None:
    """Each opening asks Stripe, so an order has its own allowance; its page goes on telling how it stands."""
    customer = caller(guarded_shop)
    url = customer.order().json()["order_url"]
    answers = [customer.resume(url) for _ in range(30)]
    statuses = [answer.status_code for answer in answers]
    assert statuses[:20] == [200] * 20
    assert statuses[-1] == 429
    assert customer.browser.get(url).status_code == 200


def test_the_shopkeepers_password_is_not_guessed(guarded_shop: Shop) -> None:
    """After eight tries even the right word has to wait, on a page that says so; elsewhere it is let in."""

    here, elsewhere = "92.40.1.1", "92.40.1.2"

    def sign_in(address: str, password: str) -> httpx.Response:
        headers = {"X-Forwarded-For": address, "Accept": "text/html"}
        return httpx.post(
            f"{guarded_shop.url}/shopkeeper", data={"password": password}, headers=headers, timeout=60
        )

    with ThreadPoolExecutor(8) as pool:
        guesses = list(pool.map(lambda _: sign_in(here, "open sesame").status_code, range(8)))
    assert guesses == [403] * 8
    right = guarded_shop.environment["SHOPKEEPER_PASSWORD"]
    refused = sign_in(here, right)
    assert refused.status_code == 429
    assert "try again in" in refused.text
    assert sign_in(elsewhere, right).status_code == 303
