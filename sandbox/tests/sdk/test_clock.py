"""What happens by itself: on a clock that tests move, and across a restart."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import stripe

from stripe_calls import paid
from stripe_sandbox.process import RunningSandbox, running_sandbox
from webhook_receiver import Receiver

HOUR = 3600
HOLDER = {"name": "Ada Byron", "email": "ada@example.com"}
DEBIT: Any = {
    "amount": 2300,
    "currency": "eur",
    "confirm": True,
    "payment_method": "pm_sepaDebit_successDelayed_de",
    "mandate_data": {"customer_acceptance": {"type": "offline"}},
    "return_url": "https://shop.example/orders/1",
}
SCAN: Any = {
    "amount": 2300,
    "currency": "sgd",
    "confirm": True,
    "payment_method_data": {"type": "paynow"},
    "return_url": "https://shop.example/orders/1",
}


def move(sandbox: RunningSandbox, offset: int) -> None:
    httpx.put(f"{sandbox.address}/_sandbox/clock", json={"offset": offset}).raise_for_status()


def test_a_retry_hours_away_comes_when_the_clock_moves(
    client: stripe.StripeClient, control: httpx.Client, receiver: Receiver
) -> None:
    """A failed delivery is tried again at its time, not before."""
    receiver.answers.append(500)
    control.put("/webhooks", json={"retry_seconds": [HOUR]})
    client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["payment_intent.succeeded"]})
    paid(client)
    receiver.wait_for(1)
    while not (planned := control.get("/deliveries").json()["deliveries"][0]["next_attempt"]):
        pass
    assert planned > control.get("/clock").json()["now"] + HOUR - 60
    control.put("/clock", json={"offset": HOUR - 60})
    assert len(receiver.deliveries) == 1
    control.put("/clock", json={"offset": HOUR + 1})
    assert [delivery.event["type"] for delivery in receiver.wait_for(2)] == ["payment_intent.succeeded"] * 2


def test_a_clock_set_back_leaves_nothing_hanging(
    client: stripe.StripeClient, control: httpx.Client, receiver: Receiver
) -> None:
    """What was to come in a moment still does."""
    client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["charge.updated"]})
    control.put("/clock", json={"offset": 10 * HOUR})
    paid(client)
    control.put("/clock", json={"offset": 0})
    assert receiver.wait_for_type("charge.updated").event["data"]["object"]["balance_transaction"]


def test_a_restart_takes_up_what_was_waiting(
    tmp_path: Path, client_for: Callable[..., stripe.StripeClient]
) -> None:
    """An open code still expires, a debit still arrives, a dispute still runs out of time."""
    state = ("--state", str(tmp_path / "sandbox.db"))
    with running_sandbox(*state) as first:
        client = client_for(first)
        scanned = client.v1.payment_intents.create(SCAN)
        debited = client.v1.payment_intents.create(DEBIT)
        disputed = paid(client, payment_method="pm_card_createDispute")
        first.kill()
    with running_sandbox(*state) as second:
        client = client_for(second)
        statuses = [client.v1.payment_intents.retrieve(item.id).status for item in (scanned, debited)]
        assert statuses == ["requires_action", "processing"]
        move(second, 60)
        dispute = client.v1.disputes.list({"payment_intent": disputed.id}).data[0]
        assert dispute.status == "needs_response"
        second.kill()
    with running_sandbox(*state) as third:
        client = client_for(third)
        move(third, 2 * HOUR)
        statuses = [client.v1.payment_intents.retrieve(item.id).status for item in (scanned, debited)]
        assert statuses == ["requires_payment_method", "succeeded"]
        move(third, 10 * 24 * HOUR)
        assert client.v1.disputes.retrieve(dispute.id).status == "lost"


def test_a_restart_decides_no_draft(tmp_path: Path, client_for: Callable[..., stripe.StripeClient]) -> None:
    """Evidence that was saved and not submitted is nobody's but the shop's."""
    state = ("--state", str(tmp_path / "sandbox.db"))
    with running_sandbox(*state) as first:
        client = client_for(first)
        disputed = paid(client, payment_method="pm_card_createDispute")
        move(first, 60)
        dispute = client.v1.disputes.list({"payment_intent": disputed.id}).data[0]
        drafted = client.v1.disputes.update(
            dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": False}
        )
        assert drafted.status == "needs_response"
        first.kill()
    with running_sandbox(*state) as second:
        client = client_for(second)
        move(second, 2 * 60)
        assert client.v1.disputes.retrieve(dispute.id).status == "needs_response"
        client.v1.disputes.update(dispute.id, {"submit": True})
        move(second, 3 * 60)
        assert client.v1.disputes.retrieve(dispute.id).status == "won"


def test_klarna_holds_money_for_an_account_at_home(client_for: Callable[..., stripe.StripeClient]) -> None:
    """Of the methods beyond cards the one that can be captured later."""
    with running_sandbox("--account-country", "DE") as sandbox:
        client = client_for(sandbox)
        billing = {**HOLDER, "address": {"country": "DE"}}
        params: Any = {
            "amount": 5000,
            "currency": "eur",
            "capture_method": "manual",
            "confirm": True,
            "payment_method_data": {"type": "klarna", "billing_details": billing},
            "return_url": "https://shop.example/orders/1",
        }
        intent = client.v1.payment_intents.create(params)
        assert intent.payment_method_types == ["card", "link", "klarna"]
        assert intent.next_action
        assert intent.next_action.redirect_to_url
        httpx.post(f"{intent.next_action.redirect_to_url.url}/authorize")
        held = client.v1.payment_intents.retrieve(intent.id)
        assert (held.status, held.amount_capturable) == ("requires_capture", 5000)
        captured = client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 3000})
        assert (captured.status, captured.amount_received) == ("succeeded", 3000)


def test_the_clock_goes_on_where_it_was(
    tmp_path: Path, client_for: Callable[..., stripe.StripeClient]
) -> None:
    """Its offset is in the file, with what the account's owner chose; a reset forgets both."""
    state = ("--state", str(tmp_path / "sandbox.db"))
    with running_sandbox(*state) as first:
        move(first, 5 * HOUR)
        httpx.put(f"{first.address}/_sandbox/account", json={"smart_disputes": True})
        first.kill()
    with running_sandbox(*state) as second:
        made = client_for(second).v1.customers.create({"name": "Ada"})
        clock = httpx.get(f"{second.address}/_sandbox/clock").json()
        assert clock["offset"] == 5 * HOUR
        assert 0 <= clock["now"] - made.created < HOUR
        assert httpx.get(f"{second.address}/_sandbox/account").json()["smart_disputes"]
        httpx.post(f"{second.address}/_sandbox/reset")
        second.kill()
    with running_sandbox(*state) as third:
        assert httpx.get(f"{third.address}/_sandbox/clock").json()["offset"] == 0
        assert not httpx.get(f"{third.address}/_sandbox/account").json()["smart_disputes"]


def test_a_retry_keeps_its_time_across_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    """On Stripe's own schedule: nothing comes before its hour, whoever was restarted."""
    state = ("--state", str(tmp_path / "sandbox.db"), "--webhook", receiver.url)
    receiver.answers.extend([500, 500])
    with running_sandbox(*state) as first:
        httpx.put(f"{first.address}/_sandbox/webhooks", json={"retries": "test"}).raise_for_status()
        key = {"Authorization": "Bearer sk_test_tests"}
        httpx.post(f"{first.address}/v1/customers", headers=key).raise_for_status()
        receiver.wait_for(1)
        while not httpx.get(f"{first.address}/_sandbox/deliveries").json()["deliveries"][0]["next_attempt"]:
            pass
        first.kill()
    with running_sandbox(*state) as second:
        httpx.put(f"{second.address}/_sandbox/webhooks", json={"retries": "test"})
        move(second, HOUR // 2 - 60)
        assert len(receiver.deliveries) == 1
        move(second, HOUR // 2 + 1)
        assert len(receiver.wait_for(2)) == 2
        while (
            httpx.get(f"{second.address}/_sandbox/deliveries").json()["deliveries"][0]["next_attempt"] is None
        ):
            pass
        move(second, HOUR // 2 + HOUR + 2)
        assert receiver.wait_for(3)[0].body == receiver.deliveries[2].body
