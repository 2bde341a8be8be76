"""Webhooks as a shop receives them: signed, complete, repeated until taken, disturbed on request."""

import time
from collections.abc import Callable
from threading import Barrier
from typing import Any

import httpx
import pytest
import stripe

from stripe_sandbox.process import running_sandbox
from webhook_receiver import Receiver

OUTSIDE = {"return_url": "https://shop.example/orders/1"}


def listen(
    client: stripe.StripeClient, receiver: Receiver, *events: str, **more: Any
) -> stripe.WebhookEndpoint:
    params: Any = {"url": receiver.url, "enabled_events": list(events) or ["*"], **more}
    return client.v1.webhook_endpoints.create(params)


def pay(client: stripe.StripeClient, card: str = "pm_card_visa", **more: Any) -> stripe.PaymentIntent:
    params: Any = {
        "amount": 2300,
        "currency": "sgd",
        "confirm": True,
        "payment_method": card,
        **OUTSIDE,
        **more,
    }
    return client.v1.payment_intents.create(params)


def test_the_sdk_accepts_the_signature(client: stripe.StripeClient, receiver: Receiver) -> None:
    """`construct_event` takes the exact bytes with the endpoint's secret, and no others."""
    endpoint = listen(client, receiver, "payment_intent.created")
    intent = client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"})
    delivery = receiver.wait_for(1)[0]
    signature = delivery.headers["Stripe-Signature"]
    event = stripe.Webhook.construct_event(delivery.body, signature, endpoint.secret)
    assert (event.type, event.data.object["id"]) == ("payment_intent.created", intent.id)
    assert event.api_version == stripe.api_version
    assert delivery.headers["User-Agent"].startswith("Stripe/1.0")
    assert delivery.body.startswith(b'{\n  "id": "evt_'), "indented, as Stripe sends it"
    for body, secret in ((delivery.body + b" ", endpoint.secret), (delivery.body, "whsec_other")):
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(body, signature, secret)


@pytest.mark.parametrize(
    ("token", "more", "expected"),
    [
        (
            "pm_card_visa",
            {},
            ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "charge.updated"],
        ),
        (
            "pm_card_visa",
            {"capture_method": "manual"},
            ["payment_intent.created", "charge.succeeded", "payment_intent.amount_capturable_updated"],
        ),
        (
            "pm_card_chargeDeclined",
            {},
            ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"],
        ),
        ("pm_card_authenticationRequired", {}, ["payment_intent.created", "payment_intent.requires_action"]),
    ],
)
def test_each_story_is_told_in_order(
    client: stripe.StripeClient, receiver: Receiver, token: str, more: Any, expected: list[str]
) -> None:
    """The events of one payment arrive one after another, as they happened."""
    listen(client, receiver)
    try:
        pay(client, token, **more)
    except stripe.CardError:
        assert "payment_intent.payment_failed" in expected
    receiver.wait_for(len(expected))
    assert receiver.types == expected


def test_the_balance_transaction_comes_later(client: stripe.StripeClient, receiver: Receiver) -> None:
    """Asynchronous capture: null in charge.succeeded, filled in charge.updated, which says what changed."""
    listen(client, receiver, "charge.succeeded", "charge.updated")
    pay(client)
    first, second = (delivery.event["data"] for delivery in receiver.wait_for(2))
    assert first["object"]["balance_transaction"] is None
    assert second["object"]["balance_transaction"].startswith("txn_")
    assert second["previous_attributes"] == {"balance_transaction": None}


def test_a_capture_and_a_cancellation_are_told(client: stripe.StripeClient, receiver: Receiver) -> None:
    """Holds end in charge.captured or charge.expired."""
    held, released = pay(client, capture_method="manual"), pay(client, capture_method="manual")
    listen(client, receiver)
    client.v1.payment_intents.capture(held.id)
    client.v1.payment_intents.cancel(released.id)
    receiver.wait_for(5)
    by_intent = {
        intent.id: [
            delivery.event["type"]
            for delivery in receiver.deliveries
            if intent.id
            in (
                delivery.event["data"]["object"]["id"],
                delivery.event["data"]["object"].get("payment_intent"),
            )
        ]
        for intent in (held, released)
    }
    assert by_intent == {
        held.id: ["charge.captured", "payment_intent.succeeded", "charge.updated"],
        released.id: ["charge.expired", "payment_intent.canceled"],
    }


def test_a_failed_delivery_comes_again(
    client: stripe.StripeClient, receiver: Receiver, control: httpx.Client
) -> None:
    """A 500 and a redirect are failures; each attempt is signed anew, the event stays the same."""
    control.put("/webhooks", json={"retry_seconds": [1.1, 0.1, 0.1]})
    receiver.answers.extend([500, 302])
    endpoint = listen(client, receiver, "customer.created")
    client.v1.customers.create({"name": "Ada"})
    first, second, third = receiver.wait_for(3)
    assert first.body == second.body == third.body
    assert first.headers["Stripe-Signature"] != second.headers["Stripe-Signature"]
    stripe.Webhook.construct_event(second.body, second.headers["Stripe-Signature"], endpoint.secret)
    taken = _until(lambda: client.v1.events.list({"delivery_success": True}).data)
    assert [event.pending_webhooks for event in taken] == [0]
    log = control.get("/deliveries").json()["deliveries"][0]
    assert [attempt["status"] for attempt in log["attempts"]] == [500, 302, 200]
    assert log["status"] == "succeeded"
    assert log["attempts"][0]["answer"] == '{"received": true}'


def test_giving_up_leaves_the_event_undelivered(
    client: stripe.StripeClient, receiver: Receiver, control: httpx.Client
) -> None:
    """A shop that was down finds what it missed by asking for undelivered events, or has it sent again."""
    control.put("/webhooks", json={"retry_seconds": [0.05]})
    receiver.answers.extend([503, 503])
    listen(client, receiver, "customer.created")
    client.v1.customers.create({"name": "Ada"})
    _until(lambda: control.get("/deliveries", params={"status": "failed"}).json()["deliveries"])
    missed = client.v1.events.list({"delivery_success": False}).data
    assert [event.type for event in missed] == ["customer.created"]
    control.post(f"/events/{missed[0].id}/resend").raise_for_status()
    assert receiver.wait_for(3)[2].event["id"] == missed[0].id
    assert _until(lambda: client.v1.events.list({"delivery_success": True}).data)


def test_an_endpoint_enabled_again_gets_what_it_missed(
    client: stripe.StripeClient, receiver: Receiver, control: httpx.Client
) -> None:
    """Retries stop at a disabled endpoint and go on when it is back in time."""
    control.put("/webhooks", json={"retry_seconds": [60]})
    receiver.answers.append(500)
    endpoint = listen(client, receiver, "customer.created")
    client.v1.customers.create({"name": "Ada"})
    receiver.wait_for(1)
    _until(lambda: control.get("/deliveries").json()["deliveries"][0]["next_attempt"])
    client.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    control.put("/clock", json={"offset": 61})
    _until(lambda: control.get("/deliveries", params={"status": "stopped"}).json()["deliveries"])
    control.put("/clock", json={"offset": 0})
    client.v1.webhook_endpoints.update(endpoint.id, {"disabled": False})
    assert receiver.wait_for(2)[1].body == receiver.deliveries[0].body


def test_an_endpoint_gets_its_own_version(client: stripe.StripeClient, receiver: Receiver) -> None:
    """An endpoint made for an older version sees that version's shape."""
    listen(client, receiver, "payment_intent.created", api_version="2022-08-01")
    client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"})
    event = receiver.wait_for(1)[0].event
    assert event["api_version"] == "2022-08-01"
    assert event["data"]["object"]["charges"]["data"] == []


def test_webhooks_can_be_held_doubled_reversed_and_lost(
    client: stripe.StripeClient, receiver: Receiver, control: httpx.Client
) -> None:
    """The four disturbances that a shop must survive."""
    listen(client, receiver, "payment_intent.created", "payment_intent.canceled")
    control.put("/webhooks", json={"hold": True, "copies": 2})
    intent = client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"})
    client.v1.payment_intents.cancel(intent.id)
    assert control.get("/webhooks").json()["held"] == 4
    assert receiver.deliveries == []
    assert control.post("/webhooks/release", json={"order": "reversed"}).json() == {"released": 4}
    receiver.wait_for(4)
    assert receiver.types == ["payment_intent.canceled"] * 2 + ["payment_intent.created"] * 2
    assert len({delivery.event["id"] for delivery in receiver.deliveries}) == 2
    control.put("/webhooks", json={"lose": 1, "copies": 1})
    lost = client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"})
    client.v1.payment_intents.cancel(lost.id)
    assert receiver.wait_for(5)[4].event["type"] == "payment_intent.canceled"
    _until(lambda: len(client.v1.events.list({"delivery_success": True}).data) == 3)
    missed = client.v1.events.list({"delivery_success": False}).data
    assert [event.type for event in missed] == ["payment_intent.created"]


def test_copies_come_at_the_same_time(
    client: stripe.StripeClient, receiver: Receiver, control: httpx.Client
) -> None:
    """None waits for the answer to another, so that a shop has the same event in hand three times."""
    listen(client, receiver, "payment_intent.created")
    receiver.before_answering = Barrier(3, timeout=30).wait
    control.put("/webhooks", json={"copies": 3})
    client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"})
    assert len({delivery.event["id"] for delivery in receiver.wait_for(3)}) == 1
    _until(lambda: len(control.get("/deliveries", params={"status": "succeeded"}).json()["deliveries"]) == 3)


def test_webhooks_can_come_late(
    client: stripe.StripeClient, receiver: Receiver, control: httpx.Client
) -> None:
    """Each after a wait of its own on the sandbox's clock, so that they overtake each other."""
    listen(client, receiver, "payment_intent.created", "customer.created")
    control.put("/webhooks", json={"delay_seconds": [3600, 3600]})
    client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"})
    control.put("/webhooks", json={"delay_seconds": [60, 120]})
    client.v1.customers.create({"name": "Ada"})
    control.put("/clock", json={"offset": 130})
    receiver.wait_for(1)
    control.put("/clock", json={"offset": 3610})
    receiver.wait_for(2)
    assert receiver.types == ["customer.created", "payment_intent.created"]


def test_endpoints_given_at_the_start(
    client_for: Callable[..., stripe.StripeClient], receiver: Receiver
) -> None:
    """`--webhook URL --webhook-secret whsec_…` hears everything, survives a reset, and is printed."""
    options = ("--webhook", receiver.url, "--webhook-secret", "whsec_given")
    with running_sandbox(*options) as sandbox:
        assert f"webhooks: {receiver.url} signed with whsec_given" in sandbox.lines
        httpx.post(f"{sandbox.address}/_sandbox/reset").raise_for_status()
        client_for(sandbox).v1.customers.create({"name": "Ada"})
        delivery = receiver.wait_for(1)[0]
        stripe.Webhook.construct_event(delivery.body, delivery.headers["Stripe-Signature"], "whsec_given")


def _until(ask: Callable[[], Any]) -> Any:
    """Ask until the answer is something; half a minute is enough for any machine."""
    deadline = time.monotonic() + 30
    while not (answer := ask()):
        assert time.monotonic() < deadline, "it never came"
    return answer
