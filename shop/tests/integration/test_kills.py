"""kill -9 at the worst moments: afterwards the order is right, the customer charged once and told once."""

import concurrent.futures
import secrets
import time
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest

from processes import Shop, run_to_its_end, wait_until
from shop_records import fall_silent

ADDRESS = "grace@example.com"
LATENCY_MS = 60_000


@pytest.fixture
def pool() -> Iterator[concurrent.futures.ThreadPoolExecutor]:
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        yield pool


def orders_in_the_database(shop: Shop) -> list[tuple[Any, ...]]:
    with psycopg.connect(shop.database_url) as connection:
        return connection.execute("SELECT id::text, state, payment_intent_id FROM orders").fetchall()


def intents_at_stripe(shop: Shop) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shop.sandbox.stripe("GET", "/v1/payment_intents").json()["data"]
    return found


def keep_stripe_from_acting(shop: Shop) -> None:
    """From now on requests for a PaymentIntent reach nobody and hear nothing for a long time."""
    fault = {"stage": "before", "drop": True, "latency_ms": LATENCY_MS, "times": 0}
    shop.sandbox.control("POST", "/_sandbox/faults", method="POST", path="/v1/payment_intents", **fault)


def lose_the_next_answer(shop: Shop) -> None:
    """Stripe makes the next PaymentIntent, and the shop never hears so."""
    fault = {"stage": "after", "drop": True}
    shop.sandbox.control("POST", "/_sandbox/faults", method="POST", path="/v1/payment_intents", **fault)
    keep_stripe_from_acting(shop)


def let_time_pass(shop: Shop) -> None:
    """Make every order ten minutes older."""
    with psycopg.connect(shop.database_url) as connection:
        connection.execute("UPDATE orders SET created_at = created_at - interval '10 minutes'")


def pay_and_expect_one_of_everything(shop: Shop, key: str) -> None:
    """The customer presses the button again, after the restart, and pays."""
    again = shop.order(email=ADDRESS, checkout_key=key)
    assert again.status_code == 200, again.text
    shop.sandbox.pay(again.json()["client_secret"])
    wait_until(lambda: shop.status(again.json()["order_url"])["state"] == "paid", "the order to be paid")
    [(order_id, state, intent_id)] = orders_in_the_database(shop)
    [intent] = intents_at_stripe(shop)
    assert (state, intent_id) == ("paid", intent["id"])
    assert intent["metadata"]["bookshop_order"] == order_id
    assert intent["amount_received"] == 2300
    wait_until(lambda: shop.mails(ADDRESS), "the confirmation mail")
    assert len(shop.mails(ADDRESS)) == 1


def test_web_killed_between_the_order_and_the_payment_intent(
    own_shop: Shop, pool: concurrent.futures.ThreadPoolExecutor
) -> None:
    """The order is committed, Stripe has not been asked yet: the next press opens its payment."""
    keep_stripe_from_acting(own_shop)
    key = secrets.token_urlsafe(24)
    answer = pool.submit(own_shop.order, email=ADDRESS, checkout_key=key)
    wait_until(lambda: orders_in_the_database(own_shop), "the order to be committed")
    own_shop.web.kill()
    assert isinstance(answer.exception(), httpx.TransportError)
    assert [row[1:] for row in orders_in_the_database(own_shop)] == [("awaiting_payment", None)]

    own_shop.sandbox.control("DELETE", "/_sandbox/faults")
    own_shop.start_web()
    pay_and_expect_one_of_everything(own_shop, key)


def test_web_killed_while_stripe_answers(own_shop: Shop, pool: concurrent.futures.ThreadPoolExecutor) -> None:
    """Stripe has made the PaymentIntent, we died before we read so: the next press finds that very one."""
    lose_the_next_answer(own_shop)
    key = secrets.token_urlsafe(24)
    answer = pool.submit(own_shop.order, email=ADDRESS, checkout_key=key)
    [before] = wait_until(lambda: intents_at_stripe(own_shop), "Stripe to make the PaymentIntent")
    own_shop.web.kill()
    assert isinstance(answer.exception(), httpx.TransportError)

    own_shop.sandbox.control("DELETE", "/_sandbox/faults")
    own_shop.start_web()
    pay_and_expect_one_of_everything(own_shop, key)
    assert intents_at_stripe(own_shop)[0]["id"] == before["id"]


def paid_while_the_shop_is_dead(shop: Shop) -> dict[str, Any]:
    """An order whose customer paid after the web server was killed: Stripe's webhook finds nobody."""
    order: dict[str, Any] = shop.order(email=ADDRESS).json()
    shop.web.kill()
    paid = shop.sandbox.pay(order["client_secret"])
    assert paid.json()["status"] == "succeeded"
    return order


def expect_paid_once(shop: Shop) -> None:
    wait_until(lambda: shop.mails(ADDRESS), "the confirmation mail")
    [(_, state, intent_id)] = orders_in_the_database(shop)
    assert (state, intent_id) == ("paid", intents_at_stripe(shop)[0]["id"])
    assert len(shop.mails(ADDRESS)) == 1


def test_web_killed_between_payment_and_webhook_and_stripe_tries_again(own_shop: Shop) -> None:
    """Stripe repeats what nobody answered; the order is settled when the shop is back."""
    own_shop.sandbox.control("PUT", "/_sandbox/webhooks", retry_seconds=[0.5] * 200)
    paid_while_the_shop_is_dead(own_shop)
    own_shop.start_web()
    expect_paid_once(own_shop)


def test_web_killed_between_payment_and_webhook_and_the_customer_comes_back(own_shop: Shop) -> None:
    """With every webhook lost, the order page asks Stripe and settles."""
    own_shop.sandbox.control("PUT", "/_sandbox/webhooks", lose=-1)
    order = paid_while_the_shop_is_dead(own_shop)
    own_shop.start_web()
    assert httpx.get(own_shop.url + order["order_url"], timeout=30).status_code == 200
    assert own_shop.status(order["order_url"])["state"] == "paid"
    expect_paid_once(own_shop)


def test_web_killed_between_payment_and_webhook_and_nobody_comes(own_shop: Shop) -> None:
    """With every webhook lost and the customer gone, reconciling finds the payment."""
    own_shop.sandbox.control("PUT", "/_sandbox/webhooks", lose=-1)
    paid_while_the_shop_is_dead(own_shop)
    let_time_pass(own_shop)
    run_to_its_end(
        "reconcile",
        "bookshop",
        "reconcile",
        directory=own_shop.directory,
        environment=own_shop.environment,
    )
    expect_paid_once(own_shop)


def test_worker_killed_before_the_mail_is_sent(own_shop: Shop) -> None:
    """What the worker was to do is in the database; its successor does it, once."""
    own_shop.worker.kill()
    order = own_shop.order(email=ADDRESS).json()
    own_shop.sandbox.pay(order["client_secret"])
    wait_until(lambda: own_shop.status(order["order_url"])["state"] == "paid", "the order to be paid")
    assert own_shop.mails(ADDRESS) == []
    own_shop.start_worker()
    expect_paid_once(own_shop)


def test_worker_killed_after_the_mail_server_refused_for_now(own_shop: Shop) -> None:
    """A workflow that waits to try again survives its process, too."""
    own_shop.misbehave("451 4.3.0 Try again later")
    order = own_shop.order(email=ADDRESS).json()
    own_shop.sandbox.pay(order["client_secret"])
    wait_until(lambda: "mail not delivered yet" in own_shop.worker.last_lines(), "the first try")
    own_shop.worker.kill()
    fall_silent(own_shop, own_shop.worker)
    began = time.monotonic()
    own_shop.start_worker()
    expect_paid_once(own_shop)
    assert time.monotonic() - began < 30
