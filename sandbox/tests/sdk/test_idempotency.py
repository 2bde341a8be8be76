"""Idempotency keys as Stripe keeps them, seen by the SDK's own retries too."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import stripe

from stripe_sandbox.process import RunningSandbox

PARAMS: Any = {"amount": 2300, "currency": "sgd"}
KEYED: Any = {"idempotency_key": "order-1"}


def count(client: stripe.StripeClient) -> int:
    return len(client.v1.payment_intents.list({"limit": 100}).data)


def test_the_same_key_gives_the_same_answer(client: stripe.StripeClient) -> None:
    """Byte for byte, with headers that say so."""
    first = client.v1.payment_intents.create(PARAMS, KEYED)
    second = client.v1.payment_intents.create(PARAMS, KEYED)
    assert first == second
    assert count(client) == 1
    assert second.last_response
    headers = second.last_response.headers
    assert headers["idempotent-replayed"] == "true"
    assert headers["idempotency-key"] == "order-1"
    assert headers["original-request"].startswith("req_")
    assert headers["original-request"] != headers["request-id"]


def test_other_parameters_or_another_endpoint_clash(client: stripe.StripeClient) -> None:
    """A key belongs to what it was first used for."""
    client.v1.payment_intents.create(PARAMS, KEYED)
    for act in (
        lambda: client.v1.payment_intents.create({**PARAMS, "amount": 2500}, KEYED),
        lambda: client.v1.customers.create({}, KEYED),
    ):
        with pytest.raises(stripe.IdempotencyError, match="order-1") as clash:
            act()
        assert (clash.value.http_status, clash.value.code) == (400, None)
    assert count(client) == 1


def test_a_decline_is_replayed_and_a_validation_error_is_not(client: stripe.StripeClient) -> None:
    """Whatever happened after the endpoint began counts; what never began leaves the key free."""
    wrong: Any = {"amount": "ten", "currency": "sgd"}
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.create(wrong, KEYED)
    intent = client.v1.payment_intents.create(PARAMS, KEYED)
    confirm: Any = {"payment_method": "pm_card_chargeDeclined", "return_url": "https://shop.example"}
    requests = set()
    for _ in range(2):
        with pytest.raises(stripe.CardError) as declined:
            client.v1.payment_intents.confirm(intent.id, confirm, {"idempotency_key": "pay-1"})
        assert declined.value.headers
        requests.add(declined.value.headers.get("idempotent-replayed"))
    assert requests == {None, "true"}
    assert len(client.v1.charges.list().data) == 1


def test_a_key_in_use_is_a_conflict(client: stripe.StripeClient, control: httpx.Client) -> None:
    """While the first request runs, a second one with its key is told to wait."""
    control.post("/faults", json={"path": "/v1/payment_intents", "method": "POST", "latency_ms": 2000})
    with ThreadPoolExecutor() as pool:
        both = [pool.submit(client.v1.payment_intents.create, PARAMS, KEYED) for _ in range(2)]
        failures = [future.exception() for future in both]
    conflict = next(failure for failure in failures if failure)
    assert isinstance(conflict, stripe.APIError)
    assert conflict.http_status == 409
    assert conflict.error
    assert conflict.error.code == "idempotency_key_in_use"
    assert failures.count(None) == 1
    assert count(client) == 1


def test_keys_are_forgotten_after_a_day(client: stripe.StripeClient, control: httpx.Client) -> None:
    """After 24 hours the key acts as new."""
    first = client.v1.payment_intents.create(PARAMS, KEYED)
    control.put("/clock", json={"offset": 24 * 60 * 60 + 60})
    assert client.v1.payment_intents.create(PARAMS, KEYED).id != first.id


def test_keys_can_be_forgotten_on_request(client: stripe.StripeClient, control: httpx.Client) -> None:
    """Without moving the clock, which webhooks are signed by."""
    first = client.v1.payment_intents.create(PARAMS, KEYED)
    assert control.delete("/idempotency_keys").json() == {"forgotten": 1}
    assert client.v1.payment_intents.create(PARAMS, KEYED).id != first.id
    assert control.get("/clock").json()["offset"] == 0


def test_keys_have_a_length_and_matter_only_on_posts(client: stripe.StripeClient) -> None:
    """At most 255 characters; a GET ignores them."""
    with pytest.raises(stripe.InvalidRequestError, match="255"):
        client.v1.payment_intents.create(PARAMS, {"idempotency_key": "x" * 256})
    client.v1.payment_intents.list({}, KEYED)
    assert client.v1.payment_intents.create(PARAMS, KEYED).id


def test_the_sdks_own_retry_never_charges_twice(
    sandbox: RunningSandbox, control: httpx.Client, client_for: Callable[..., stripe.StripeClient]
) -> None:
    """An answer lost after acting: the SDK asks again with its key and gets the first answer."""
    client = client_for(sandbox, max_network_retries=2)
    control.post(
        "/faults", json={"method": "POST", "path": "/v1/payment_intents", "stage": "after", "drop": True}
    )
    created = client.v1.payment_intents.create(PARAMS)
    assert created.last_response
    assert created.last_response.headers["idempotent-replayed"] == "true"
    assert count(client) == 1
