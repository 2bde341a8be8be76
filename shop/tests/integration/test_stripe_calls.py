"""Stripe is busy, breaks or forgets while a payment is opened: one PaymentIntent an order all the same."""

import secrets
from typing import Any

import httpx
import pytest

from processes import Shop
from shop_records import at_once, break_stripe, intent_id, mend_stripe, order_row, rows

CREATE = "/v1/payment_intents"
BUSY = {"method": "POST", "path": CREATE, "status": 429}


def creates(shop: Shop, order_id: object) -> list[dict[str, Any]]:
    """The requests to create this order's PaymentIntent, oldest first."""
    calls = shop.sandbox.control("GET", "/_sandbox/requests")["requests"]
    found = [call for call in calls if (call["method"], call["path"]) == ("POST", CREATE)]
    return [call for call in reversed(found) if str(order_id) in call["parameters"]]


def intents(shop: Shop, order_id: object) -> list[str]:
    """The PaymentIntents that Stripe holds for this order."""
    answer = shop.sandbox.stripe("GET", CREATE, limit="100").json()["data"]
    return [one["id"] for one in answer if one["metadata"].get("bookshop_order") == str(order_id)]


def order_of(shop: Shop, checkout_key: str) -> dict[str, Any]:
    (row,) = rows(shop.database_url, "SELECT * FROM orders WHERE checkout_key = %s", checkout_key)
    return row


def test_a_busy_stripe_is_asked_again_under_the_same_key(breakable_shop: Shop) -> None:
    """429 twice: the customer waits a moment, and one PaymentIntent is made."""
    break_stripe(breakable_shop, times=2, **BUSY)
    placed = breakable_shop.order()
    assert placed.status_code == 201
    tries = creates(breakable_shop, order_row(breakable_shop, placed.json()["order_url"])["id"])
    assert [one["status"] for one in tries] == [429, 429, 200]
    assert len({one["idempotency_key"] for one in tries}) == 1


def test_a_pause_that_stripe_asks_for_is_kept(breakable_shop: Shop) -> None:
    """Retry-After says two seconds; the next try comes no sooner."""
    break_stripe(breakable_shop, headers={"Retry-After": "2"}, **BUSY)
    placed = breakable_shop.order()
    assert placed.status_code == 201
    assert placed.elapsed.total_seconds() >= 2


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "3600"}], ids=["for ever", "for an hour"])
def test_nobody_waits_longer_than_a_customer_bears(breakable_shop: Shop, headers: dict[str, str]) -> None:
    """503 within seconds, at once where Stripe names a longer time; later the order opens all the same."""
    key = secrets.token_urlsafe(24)
    break_stripe(breakable_shop, times=0, headers=headers, **BUSY)
    refused = breakable_shop.order(checkout_key=key)
    assert refused.status_code == 503
    assert refused.elapsed.total_seconds() < (2 if headers else 8)
    mend_stripe(breakable_shop)
    assert breakable_shop.order(checkout_key=key).status_code == 200
    assert len(intents(breakable_shop, order_of(breakable_shop, key)["id"])) == 1


def test_two_servers_at_the_same_key(breakable_shop: Shop) -> None:
    """The second one meets 409 idempotency_key_in_use, waits, and gets the first one's PaymentIntent."""
    key = secrets.token_urlsafe(24)
    break_stripe(breakable_shop, method="POST", path=CREATE, latency_ms=2500)
    answers = at_once([lambda: breakable_shop.order(checkout_key=key)] * 2)
    assert sorted(answer.status_code for answer in answers) == [200, 201]
    order = order_of(breakable_shop, key)
    assert {intent_id(answer) for answer in answers} == {order["payment_intent_id"]}
    assert 409 in {one["status"] for one in creates(breakable_shop, order["id"])}
    assert len(intents(breakable_shop, order["id"])) == 1


def test_a_failure_beside_a_press_under_way(breakable_shop: Shop) -> None:
    """One press waits for Stripe, the other meets a failure that Stripe does not keep: one PaymentIntent."""
    key = secrets.token_urlsafe(24)
    break_stripe(breakable_shop, method="POST", path=CREATE, latency_ms=3000)
    break_stripe(breakable_shop, method="POST", path=CREATE, status=500, times=4)
    answers = at_once([lambda: breakable_shop.order(checkout_key=key)] * 2)
    assert sorted(answer.status_code for answer in answers) == [200, 201]
    order = order_of(breakable_shop, key)
    assert {intent_id(answer) for answer in answers} == {order["payment_intent_id"]}
    assert intents(breakable_shop, order["id"]) == [order["payment_intent_id"]]


def test_a_stored_failure_after_acting_is_looked_behind(breakable_shop: Shop) -> None:
    """Stripe made the PaymentIntent and repeats its 500 for ever: found by metadata, no second one made."""
    break_stripe(breakable_shop, method="POST", path=CREATE, stage="after", status=500)
    placed = breakable_shop.order()
    assert placed.status_code == 201
    order = order_row(breakable_shop, placed.json()["order_url"])
    assert intents(breakable_shop, order["id"]) == [intent_id(placed)]
    assert order["opening"] == 0


def test_a_stored_failure_that_made_nothing_is_left_behind(breakable_shop: Shop) -> None:
    """Nothing stands at Stripe: the next key makes it, in the same press of the button."""
    break_stripe(breakable_shop, method="POST", path=CREATE, stage="inside", status=500)
    placed = breakable_shop.order()
    assert placed.status_code == 201
    order = order_row(breakable_shop, placed.json()["order_url"])
    assert (order["opening"], len(intents(breakable_shop, order["id"]))) == (1, 1)
    keys = [one["idempotency_key"] for one in creates(breakable_shop, order["id"])]
    assert len(set(keys)) == 2
    assert all(key.startswith(f"{order['id']}:open-payment:") for key in keys)


def test_a_stripe_that_stays_broken_charges_nothing(breakable_shop: Shop) -> None:
    """503 while it lasts; the same button opens the payment afterwards, once."""
    key = secrets.token_urlsafe(24)
    break_stripe(breakable_shop, path="/v1/*", times=0, status=500)
    assert breakable_shop.order(checkout_key=key).status_code == 503
    order = order_of(breakable_shop, key)
    assert (order["opening"], order["payment_intent_id"]) == (0, None)
    mend_stripe(breakable_shop)
    assert breakable_shop.order(checkout_key=key).status_code == 200
    assert len(intents(breakable_shop, order["id"])) == 1


def test_a_forgotten_key_is_no_blind_create(breakable_shop: Shop) -> None:
    """A day later Stripe has forgotten the key, and we never heard its answer: the old one is found."""
    key = secrets.token_urlsafe(24)
    placed = breakable_shop.order(checkout_key=key)
    forget = """UPDATE orders SET payment_intent_id = NULL, payment_status = NULL,
                created_at = now() - interval '25 hours' WHERE checkout_key = %s"""
    rows(breakable_shop.database_url, forget, key)
    breakable_shop.sandbox.control("DELETE", "/_sandbox/idempotency_keys")
    again = breakable_shop.order(checkout_key=key)
    assert intent_id(again) == intent_id(placed)
    assert len(intents(breakable_shop, order_of(breakable_shop, key)["id"])) == 1


def test_a_forgotten_key_that_made_nothing(breakable_shop: Shop) -> None:
    """The order of yesterday that Stripe never heard of is opened under a new key."""
    key = secrets.token_urlsafe(24)
    break_stripe(breakable_shop, path="/v1/*", times=0, drop=True)
    assert breakable_shop.order(checkout_key=key).status_code == 503
    mend_stripe(breakable_shop)
    older = "UPDATE orders SET created_at = now() - interval '25 hours' WHERE checkout_key = %s"
    rows(breakable_shop.database_url, older, key)
    assert breakable_shop.order(checkout_key=key).status_code == 200
    order = order_of(breakable_shop, key)
    assert (order["opening"], len(intents(breakable_shop, order["id"]))) == (1, 1)


def test_a_key_used_for_something_else(breakable_shop: Shop) -> None:
    """Story 8: Stripe knows the key with other parameters, so the payment is opened under the next one."""
    key = secrets.token_urlsafe(24)
    break_stripe(breakable_shop, path="/v1/*", times=0, drop=True)
    assert breakable_shop.order(checkout_key=key).status_code == 503
    mend_stripe(breakable_shop)
    order = order_of(breakable_shop, key)
    headers = {
        "Authorization": f"Bearer {breakable_shop.sandbox.secret_key}",
        "Stripe-Version": "2026-10-28.endive",
        "Idempotency-Key": f"{order['id']}:open-payment:0",
    }
    other = {"amount": "100", "currency": "sgd"}
    httpx.post(
        breakable_shop.sandbox.url + CREATE, data=other, headers=headers, timeout=10
    ).raise_for_status()
    placed = breakable_shop.order(checkout_key=key)
    assert placed.status_code == 200
    assert intents(breakable_shop, order["id"]) == [intent_id(placed)]
