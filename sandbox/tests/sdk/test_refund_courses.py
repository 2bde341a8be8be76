"""Refunds in every state, with what a tester switches on and what the clock does."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from method_calls import HOLDER, begun, press
from stripe_calls import paid, refused
from stripe_sandbox.process import running_sandbox

DAY = 24 * 60 * 60


def paid_by_wallet(client: stripe.StripeClient, page: httpx.Client) -> stripe.PaymentIntent:
    intent = begun(client, "grabpay", "sgd")
    press(page, intent, "authorize")
    return client.v1.payment_intents.retrieve(intent.id)


def given_back(client: stripe.StripeClient, refund: stripe.Refund) -> int:
    return client.v1.charges.retrieve(str(refund.charge)).amount_refunded


def told(client: stripe.StripeClient) -> list[tuple[str, str]]:
    """Events about refunds with the refund's state at the time, oldest first."""
    listed = reversed(client.v1.events.list({"limit": 100}).data)
    return [(event.type, event.data.object["status"]) for event in listed if "refund." in event.type]


def test_a_refund_is_told_twice(client: stripe.StripeClient) -> None:
    """By the refund itself, and by its charge with what changed there."""
    intent = paid(client)
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 300})
    client.v1.refunds.create({"payment_intent": intent.id, "reason": "fraudulent"})
    events = [event.to_dict() for event in client.v1.events.list({"type": "charge.refunded"}).data]
    assert [event["data"]["previous_attributes"] for event in events] == [
        {"amount_refunded": 300, "refunded": False, "fraud_details": {}},
        {"amount_refunded": 0},
    ]
    assert told(client) == [("refund.created", "succeeded")] * 2
    reason: Any = "no_longer_wanted"
    wrong = refused(lambda: client.v1.refunds.create({"payment_intent": intent.id, "reason": reason}))
    assert wrong.param == "reason"


def test_a_card_refund_waits_for_the_balance(client: stripe.StripeClient, control: httpx.Client) -> None:
    """No money moves until the balance is filled up."""
    control.put("/refunds", json={"outcome": "insufficient_balance"}).raise_for_status()
    refund = client.v1.refunds.create({"payment_intent": paid(client).id})
    assert (refund.status, refund.pending_reason) == ("pending", "insufficient_funds")
    assert refund.balance_transaction is None
    assert given_back(client, refund) == 2300
    control.put("/clock", json={"offset": 20 * DAY})
    assert client.v1.refunds.retrieve(refund.id).status == "pending"
    assert control.get("/refunds").json()["waiting"] == 1
    assert control.post("/refunds/release").json() == {"released": 1}
    arrived = client.v1.refunds.retrieve(refund.id, {"expand": ["balance_transaction"]})
    assert (arrived.status, arrived.to_dict().get("pending_reason")) == ("succeeded", None)
    assert isinstance(arrived.balance_transaction, stripe.BalanceTransaction)
    assert arrived.balance_transaction.amount == -2300
    assert told(client)[1:] == [("refund.updated", "succeeded"), ("charge.refund.updated", "succeeded")]


@pytest.mark.parametrize(
    ("switch", "reason"),
    [
        ({"outcome": "insufficient_balance"}, "insufficient_funds"),
        ({"outcome": "fails"}, "declined"),
        ({"outcome": "fails", "failure_reason": "unknown"}, "unknown"),
    ],
)
def test_a_wallets_refund_fails_later(
    client: stripe.StripeClient,
    control: httpx.Client,
    page: httpx.Client,
    switch: dict[str, str],
    reason: str,
) -> None:
    """The money is back on the balance, and can be refunded again."""
    intent = paid_by_wallet(client, page)
    control.put("/refunds", json=switch).raise_for_status()
    refund = client.v1.refunds.create({"payment_intent": intent.id})
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    assert refund.id.startswith("pyr_")
    control.put("/clock", json={"offset": 60})
    failed = client.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_reason) == ("failed", reason)
    assert isinstance(failed.failure_balance_transaction, stripe.BalanceTransaction)
    assert failed.failure_balance_transaction.amount == 2300
    assert given_back(client, refund) == 0
    assert [kind for kind, status in told(client) if status == "failed"] == [
        "refund.failed",
        "refund.updated",
        "charge.refund.updated",
    ]
    control.put("/refunds", json={})
    again = client.v1.refunds.create({"payment_intent": intent.id})
    control.put("/clock", json={"offset": 120})
    assert client.v1.refunds.retrieve(again.id).status == "succeeded"


def test_a_card_refund_can_be_made_to_fail(client: stripe.StripeClient, control: httpx.Client) -> None:
    """First it looks done."""
    control.put("/refunds", json={"outcome": "fails", "failure_reason": "lost_or_stolen_card"})
    refund = client.v1.refunds.create({"payment_intent": paid(client).id, "amount": 300})
    assert refund.status == "succeeded"
    control.put("/clock", json={"offset": 60})
    failed = client.v1.refunds.retrieve(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "lost_or_stolen_card")


@pytest.mark.parametrize("ending", ["cancel", "expire", "late", "answer"])
def test_a_customer_is_asked_for_an_account(
    client: stripe.StripeClient, control: httpx.Client, page: httpx.Client, ending: str
) -> None:
    """Until an answer comes the shop may cancel; without one Stripe does after 45 days."""
    control.put("/refunds", json={"outcome": "asks_customer"})
    intent = paid_by_wallet(client, page)
    refund = client.v1.refunds.create({"payment_intent": intent.id})
    assert refund.status == "requires_action"
    assert refund.next_action
    assert refund.next_action.display_details
    assert refund.next_action.display_details.email_sent.email_sent_to == HOLDER["email"]
    control.put("/clock", json={"offset": 44 * DAY})
    assert client.v1.refunds.retrieve(refund.id).status == "requires_action"
    if ending == "cancel":
        assert client.v1.refunds.cancel(refund.id).status == "canceled"
    elif ending == "expire":
        assert client.v1.test_helpers.refunds.expire(refund.id).status == "canceled"
    elif ending == "late":
        control.put("/clock", json={"offset": 46 * DAY})
    else:
        control.post("/refunds/release")
    over = client.v1.refunds.retrieve(refund.id)
    assert over.to_dict().get("next_action") is None
    assert over.status == ("succeeded" if ending == "answer" else "canceled")
    assert given_back(client, refund) == (2300 if ending == "answer" else 0)
    assert told(client)[-2:] == [("refund.updated", over.status), ("charge.refund.updated", over.status)]
    reasons = {"cancel": "merchant_request", "answer": None}
    assert over.to_dict().get("failure_reason") == reasons.get(ending, "unknown")
    for act in (client.v1.refunds.cancel, client.v1.test_helpers.refunds.expire):
        assert f"status of {over.status}" in str(refused(lambda act=act: act(refund.id)))


def test_asking_needs_an_address(client: stripe.StripeClient, control: httpx.Client) -> None:
    """Of the payment, or given with the refund."""
    control.put("/refunds", json={"outcome": "asks_customer"})
    intent = paid(client)
    assert (
        refused(lambda: client.v1.refunds.create({"payment_intent": intent.id})).param == "instructions_email"
    )
    wrong: Any = {"payment_intent": intent.id, "instructions_email": "nowhere"}
    assert refused(lambda: client.v1.refunds.create(wrong)).code == "email_invalid"
    named: Any = {"payment_intent": intent.id, "instructions_email": "ada@example.com"}
    assert client.v1.refunds.create(named).instructions_email == "ada@example.com"


def test_only_a_refund_that_waits_for_its_customer_is_canceled(client: stripe.StripeClient) -> None:
    """Neither one that is done nor one on its way."""
    for token, status in (("pm_card_visa", "succeeded"), ("pm_card_pendingRefund", "pending")):
        refund = client.v1.refunds.create({"payment_intent": paid(client, payment_method=token).id})
        assert f"status of {status}" in str(
            refused(lambda refund=refund: client.v1.refunds.cancel(refund.id))
        )


def test_a_card_refund_is_canceled_by_hand(client: stripe.StripeClient, control: httpx.Client) -> None:
    """Within half an hour, as Stripe's Dashboard does; the API never does."""
    intent = paid(client)
    in_time = client.v1.refunds.create({"payment_intent": intent.id, "amount": 300})
    control.put("/clock", json={"offset": 29 * 60})
    assert control.post(f"/refunds/{in_time.id}/cancel").json()["status"] == "canceled"
    canceled = client.v1.refunds.retrieve(in_time.id)
    assert canceled.failure_reason == "merchant_request"
    assert given_back(client, canceled) == 0
    assert control.post(f"/refunds/{in_time.id}/cancel").status_code == 400
    late = client.v1.refunds.create({"payment_intent": intent.id, "amount": 300})
    control.put("/clock", json={"offset": 60 * 60})
    assert control.post(f"/refunds/{late.id}/cancel").status_code == 400
    assert control.post("/refunds/re_none/cancel").status_code == 404
    assert client.v1.refunds.retrieve(late.id).status == "succeeded"


@pytest.mark.parametrize(("age", "status"), [(0, "failed"), (300, "succeeded")])
def test_an_inquiry_that_escalates_overtakes_a_fresh_refund(
    client: stripe.StripeClient, control: httpx.Client, age: int, status: str
) -> None:
    """A chargeback takes the whole amount; what was refunded minutes before is lost to the shop."""
    intent = paid(client, payment_method="pm_card_createDisputeInquiry")
    control.put("/clock", json={"offset": 60})
    refund = client.v1.refunds.create({"payment_intent": intent.id, "amount": 300})
    control.put("/clock", json={"offset": 60 + age})
    (dispute,) = client.v1.disputes.list({"payment_intent": intent.id}).data
    client.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": "escalate_inquiry_evidence"}})
    control.put("/clock", json={"offset": 62 + age})
    assert client.v1.disputes.retrieve(dispute.id).status == "needs_response"
    found = client.v1.refunds.retrieve(refund.id)
    expected = "charge_for_pending_refund_disputed" if status == "failed" else None
    assert (found.status, found.to_dict().get("failure_reason")) == (status, expected)


@pytest.mark.parametrize(("method", "days"), [("grabpay", 90), ("wechat_pay", 180)])
def test_each_method_has_its_last_day(
    client: stripe.StripeClient, control: httpx.Client, page: httpx.Client, method: str, days: int
) -> None:
    """A card has none."""
    intent = begun(client, method, "sgd")
    press(page, intent, "authorize")
    card = paid(client)
    control.put("/clock", json={"offset": days * DAY - 60})
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 100})
    control.put("/clock", json={"offset": days * DAY + 60})
    late = refused(lambda: client.v1.refunds.create({"payment_intent": intent.id, "amount": 100}))
    assert late.code == "charge_not_refundable"
    assert client.v1.refunds.create({"payment_intent": card.id}).status == "succeeded"


def test_a_restart_forgets_no_refund(tmp_path: Path, client_for: Callable[..., stripe.StripeClient]) -> None:
    """Neither one on its way nor one that waits."""
    state = ("--state", str(tmp_path / "sandbox.db"))
    with running_sandbox(*state) as first:
        client = client_for(first)
        coming = client.v1.refunds.create(
            {"payment_intent": paid(client, payment_method="pm_card_pendingRefund").id}
        )
        httpx.put(f"{first.address}/_sandbox/refunds", json={"outcome": "insufficient_balance"})
        waits = client.v1.refunds.create({"payment_intent": paid(client).id})
        first.kill()
    with running_sandbox(*state) as second:
        client = client_for(second)
        httpx.put(f"{second.address}/_sandbox/clock", json={"offset": 7200})
        statuses = [client.v1.refunds.retrieve(one.id).status for one in (coming, waits)]
        assert statuses == ["succeeded", "pending"]
        assert httpx.post(f"{second.address}/_sandbox/refunds/release").json() == {"released": 1}
