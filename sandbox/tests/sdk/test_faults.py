"""What Stripe and the network between do on a bad day, asked for through `/_sandbox/`."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import stripe

from stripe_sandbox.process import RunningSandbox

PARAMS: Any = {"amount": 2300, "currency": "sgd"}
CREATE = {"method": "POST", "path": "/v1/payment_intents"}


def count(client: stripe.StripeClient) -> int:
    return len(client.v1.payment_intents.list({"limit": 100}).data)


def test_a_rate_limit_stands_in_front(client: stripe.StripeClient, control: httpx.Client) -> None:
    """429 with its headers; nothing is done or stored, so the key works afterwards."""
    headers = {"Stripe-Rate-Limited-Reason": "global-rate", "Retry-After": "7"}
    control.post("/faults", json={**CREATE, "status": 429, "headers": headers}).raise_for_status()
    with pytest.raises(stripe.RateLimitError) as limited:
        client.v1.payment_intents.create(PARAMS, {"idempotency_key": "order-1"})
    assert limited.value.headers
    assert limited.value.headers["stripe-rate-limited-reason"] == "global-rate"
    assert limited.value.headers["retry-after"] == "7"
    assert client.v1.payment_intents.create(PARAMS, {"idempotency_key": "order-1"}).id
    assert control.get("/faults").json() == {"faults": []}


def test_a_500_inside_is_the_keys_answer(client: stripe.StripeClient, control: httpx.Client) -> None:
    """Once the endpoint began, the same key repeats the 500; a new key creates."""
    control.post("/faults", json={**CREATE, "stage": "inside", "status": 500}).raise_for_status()
    for _ in range(2):
        with pytest.raises(stripe.APIError) as broken:
            client.v1.payment_intents.create(PARAMS, {"idempotency_key": "order-1"})
        assert broken.value.http_status == 500
    assert count(client) == 0
    client.v1.payment_intents.create(PARAMS, {"idempotency_key": "order-2"})
    assert count(client) == 1


def test_a_500_after_acting_leaves_what_was_done(client: stripe.StripeClient, control: httpx.Client) -> None:
    """The worst answer: an error, and yet an intent; the key repeats it, only reading Stripe tells."""
    control.post("/faults", json={**CREATE, "stage": "after", "status": 500}).raise_for_status()
    answers = []
    for _ in range(2):
        with pytest.raises(stripe.APIError) as broken:
            client.v1.payment_intents.create(PARAMS, {"idempotency_key": "order-1"})
        assert broken.value.headers
        answers.append((broken.value.http_status, broken.value.headers.get("idempotent-replayed")))
    assert answers == [(500, None), (500, "true")]
    assert count(client) == 1


@pytest.mark.parametrize(("stage", "left"), [("before", 0), ("after", 1)])
def test_a_connection_may_end_without_an_answer(
    client: stripe.StripeClient, control: httpx.Client, stage: str, left: int
) -> None:
    """No byte comes back, before or after acting; the SDK calls it a connection error."""
    control.post("/faults", json={**CREATE, "stage": stage, "drop": True}).raise_for_status()
    with pytest.raises(stripe.APIConnectionError):
        client.v1.payment_intents.create(PARAMS)
    assert count(client) == left


def test_a_lost_answer_is_lost_again_when_it_is_repeated(
    client: stripe.StripeClient, control: httpx.Client
) -> None:
    """The wire does not know that an answer is a stored one."""
    control.post("/faults", json={**CREATE, "stage": "after", "drop": True, "times": 2}).raise_for_status()
    for _ in range(2):
        with pytest.raises(stripe.APIConnectionError):
            client.v1.payment_intents.create(PARAMS, {"idempotency_key": "order-1"})
    assert client.v1.payment_intents.create(PARAMS, {"idempotency_key": "order-1"}).id
    assert count(client) == 1


def test_an_answer_may_be_late_though_all_is_done(
    client: stripe.StripeClient, control: httpx.Client, page: httpx.Client
) -> None:
    """Longer than its caller waits: it acted, and the key gives the answer at once."""
    control.post("/faults", json={**CREATE, "stage": "after", "latency_ms": 60_000}).raise_for_status()
    asking = {
        "url": "/v1/payment_intents",
        "data": {"amount": "2300", "currency": "sgd"},
        "headers": {"Authorization": "Bearer sk_test_tests", "Idempotency-Key": "order-1"},
    }
    with pytest.raises(httpx.ReadTimeout):
        page.post(**asking, timeout=0.5)
    assert count(client) == 1
    assert page.post(**asking).headers["idempotent-replayed"] == "true"
    assert count(client) == 1


def test_a_caller_who_gives_up_stops_nothing(
    client: stripe.StripeClient, control: httpx.Client, page: httpx.Client
) -> None:
    """A slow call acts, whether anybody still waits for it or not."""
    control.post("/faults", json={**CREATE, "latency_ms": 800}).raise_for_status()
    form = {"amount": "2300", "currency": "sgd"}
    secret = {"Authorization": "Bearer sk_test_tests"}
    with pytest.raises(httpx.ReadTimeout):
        page.post("/v1/payment_intents", data=form, headers=secret, timeout=0.2)
    end = time.monotonic() + 30
    while not control.get("/requests").json()["requests"] and time.monotonic() < end:
        pass
    assert count(client) == 1


def test_latency_slows_what_matches(client: stripe.StripeClient, control: httpx.Client) -> None:
    """A path can be slow for a number of calls, and no other path waits for it."""
    control.post("/faults", json={"path": "/v1/customers*", "latency_ms": 400, "times": 1}).raise_for_status()
    client.v1.payment_intents.list()
    assert len(control.get("/faults").json()["faults"]) == 1, "another path used the fault up"
    client.v1.customers.list()
    assert control.get("/faults").json()["faults"] == []
    slow, _ = control.get("/requests").json()["requests"]
    assert (slow["path"], slow["milliseconds"] >= 400) == ("/v1/customers", True)


def test_a_fault_may_last(
    sandbox: RunningSandbox, control: httpx.Client, client_for: Callable[..., stripe.StripeClient]
) -> None:
    """`times: 0` means until removed; the SDK's retries run out against it."""
    control.post("/faults", json={"path": "/v1/*", "status": 503, "times": 0}).raise_for_status()
    client = client_for(sandbox, max_network_retries=1)
    with pytest.raises(stripe.APIError):
        client.v1.payment_intents.create(PARAMS)
    log = control.get("/requests").json()["requests"]
    assert [entry["status"] for entry in log] == [503, 503]
    assert len({entry["idempotency_key"] for entry in log}) == 1
    control.delete("/faults")
    assert client.v1.payment_intents.create(PARAMS).id


def test_the_clock_moves(client: stripe.StripeClient, control: httpx.Client) -> None:
    """`created` follows the offset, and a reset puts the clock right."""
    control.put("/clock", json={"offset": -7200}).raise_for_status()
    created = client.v1.payment_intents.create(PARAMS).created
    assert abs(created - (time.time() - 7200)) < 60
    control.post("/reset")
    assert abs(control.get("/clock").json()["now"] - time.time()) < 60


def test_the_switches_explain_themselves_and_refuse_nonsense(control: httpx.Client) -> None:
    """The manual lists every switch; a misspelt one is not ignored."""
    manual = control.get("/").text
    for path in (
        "/reset",
        "/faults",
        "/clock",
        "/webhooks",
        "/deliveries",
        "/resend",
        "/requests",
        "/health",
    ):
        assert path in manual
    assert control.get("/health").json() == {"status": "ok"}
    foreign = control.post("/reset", headers={"Origin": "https://elsewhere.example"})
    assert foreign.status_code == 403, "a page on the internet must not reach somebody's sandbox"
    refused = control.post("/faults", json={"pth": "/v1/*", "status": 500})
    assert (refused.status_code, refused.json()["errors"][0]["loc"]) == (400, ["pth"])
