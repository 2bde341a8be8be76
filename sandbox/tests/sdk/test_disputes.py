"""Disputes: how they come, what they take, and how evidence decides them."""

from typing import Any

import httpx
import pytest
import stripe

from stripe_calls import paid, refused

DAY = 24 * 60 * 60


def disputed(client: stripe.StripeClient, control: httpx.Client, token: str) -> stripe.Dispute:
    """The dispute of a fresh payment; the clock's offset stays at one minute."""
    intent = paid(client, payment_method=token)
    control.put("/clock", json={"offset": 60}).raise_for_status()
    found = client.v1.disputes.list({"payment_intent": intent.id}).data
    assert [dispute.charge for dispute in found] == [intent.latest_charge]
    return found[0]


def hand_in(client: stripe.StripeClient, control: httpx.Client, dispute: stripe.Dispute, text: str) -> str:
    """The dispute's status once the bank has read the evidence."""
    sent = client.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": text}})
    assert sent.status.endswith("under_review")
    assert sent.evidence_details.submission_count
    control.put("/clock", json={"offset": 60 + 60 * sent.evidence_details.submission_count})
    return client.v1.disputes.retrieve(dispute.id).status


def told(client: stripe.StripeClient) -> list[str]:
    listed = reversed(client.v1.events.list({"limit": 100}).data)
    return [event.type.removeprefix("charge.dispute.") for event in listed if "dispute" in event.type]


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("pm_card_createDispute", "fraudulent"),
        ("pm_card_createDisputeProductNotReceived", "product_not_received"),
    ],
)
def test_winning_evidence_brings_the_money_back(
    client: stripe.StripeClient, control: httpx.Client, token: str, reason: str
) -> None:
    """Amount and fee go at once, and return after a win."""
    dispute = disputed(client, control, token)
    assert (dispute.status, dispute.reason, dispute.amount) == ("needs_response", reason, 2300)
    assert [item.net for item in dispute.balance_transactions] == [-2300 - 1500]
    charge: Any = dispute.charge
    assert client.v1.charges.retrieve(charge).disputed
    assert refused(lambda: client.v1.refunds.create({"charge": charge})).code == "charge_disputed"
    assert hand_in(client, control, dispute, "winning_evidence") == "won"
    assert [item.net for item in client.v1.disputes.retrieve(dispute.id).balance_transactions][1:] == [
        2300 + 1500
    ]
    assert told(client) == ["created", "funds_withdrawn", "updated", "closed", "funds_reinstated"]
    assert client.v1.refunds.create({"charge": charge}).status == "succeeded"


def test_losing_evidence_and_accepting_lose_it(client: stripe.StripeClient, control: httpx.Client) -> None:
    """Closed either way, and nothing can be added afterwards."""
    dispute = disputed(client, control, "pm_card_createDispute")
    assert hand_in(client, control, dispute, "losing_evidence") == "lost"
    evidence: Any = {"evidence": {"uncategorized_text": "more"}}
    assert "closed" in str(refused(lambda: client.v1.disputes.update(dispute.id, evidence)))
    control.put("/clock", json={"offset": 0})
    other = disputed(client, control, "pm_card_createDispute")
    assert client.v1.disputes.close(other.id).status == "lost"
    assert "closed" in str(refused(lambda: client.v1.disputes.close(other.id)))


def test_evidence_can_wait_and_the_deadline_cannot(
    client: stripe.StripeClient, control: httpx.Client
) -> None:
    """`submit=false` keeps a draft; without a submission the dispute is lost when its time is over."""
    dispute = disputed(client, control, "pm_card_createDispute")
    draft = client.v1.disputes.update(
        dispute.id, {"evidence": {"customer_name": "Ada Byron"}, "submit": False, "metadata": {"a": "1"}}
    )
    assert (draft.status, draft.evidence_details.has_evidence) == ("needs_response", True)
    control.put("/clock", json={"offset": 10 * DAY})
    late = client.v1.disputes.retrieve(dispute.id)
    assert (late.status, late.evidence_details.past_due) == ("lost", True)


def test_an_inquiry_takes_no_money_until_it_escalates(
    client: stripe.StripeClient, control: httpx.Client
) -> None:
    """Warnings leave the charge refundable; evidence closes them, or escalates them to a dispute."""
    dispute = disputed(client, control, "pm_card_createDisputeInquiry")
    assert (dispute.status, dispute.is_charge_refundable) == ("warning_needs_response", True)
    assert dispute.balance_transactions == []
    assert hand_in(client, control, dispute, "escalate_inquiry_evidence") == "needs_response"
    escalated = client.v1.disputes.retrieve(dispute.id, {"expand": ["charge"]})
    assert (escalated.is_charge_refundable, len(escalated.balance_transactions)) == (False, 1)
    control.put("/clock", json={"offset": 0})
    other = disputed(client, control, "pm_card_createDisputeInquiry")
    assert hand_in(client, control, other, "winning_evidence") == "warning_closed"


def test_a_debit_can_be_disputed_by_its_bank(client: stripe.StripeClient, control: httpx.Client) -> None:
    """The test account of SEPA Direct Debit that does so."""
    intent = paid(
        client,
        currency="eur",
        payment_method="pm_sepaDebit_disputed_de",
        mandate_data={"customer_acceptance": {"type": "offline"}},
    )
    control.put("/clock", json={"offset": 60})
    control.put("/clock", json={"offset": 120})
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    found = client.v1.disputes.list({"payment_intent": intent.id}).data
    assert [dispute.reason for dispute in found] == ["debit_not_authorized"]
