"""Charges, refunds and the balance through the official SDK."""

import pytest
import stripe

from stripe_calls import paid, refused
from webhook_receiver import Receiver


def test_a_charge_carries_what_the_intent_knew(client: stripe.StripeClient) -> None:
    """Metadata, description, receipt address and shipping are copied when the charge is made."""
    address = {"line1": "1 Raffles Place", "country": "SG", "postal_code": "048616"}
    intent = paid(
        client,
        description="Order 6735",
        metadata={"order_id": "6735"},
        receipt_email="ada@example.com",
        shipping={"name": "Ada", "address": address},
        statement_descriptor_suffix="6735",
    )
    charge = client.v1.charges.retrieve(str(intent.latest_charge))
    assert (charge.description, charge.receipt_email) == ("Order 6735", "ada@example.com")
    assert charge.metadata.to_dict() == {"order_id": "6735"}
    assert charge.outcome
    assert charge.outcome.type == "authorized"
    assert charge.receipt_url
    client.v1.payment_intents.update(intent.id, {"metadata": {"order_id": "1"}})
    assert client.v1.charges.retrieve(charge.id).metadata.to_dict() == {"order_id": "6735"}
    changed = client.v1.charges.update(
        charge.id, {"description": "Order 6735, gift", "metadata": {"gift": "yes"}}
    )
    assert changed.description == "Order 6735, gift"
    assert [one.id for one in client.v1.charges.list({"payment_intent": intent.id}).data] == [charge.id]


def test_the_balance_follows_charge_and_refund(client: stripe.StripeClient) -> None:
    """With plain automatic capture the balance transaction is there at once, fee and net adding up."""
    intent = paid(client, capture_method="automatic", expand=["latest_charge.balance_transaction"])
    assert isinstance(intent.latest_charge, stripe.Charge)
    earned = intent.latest_charge.balance_transaction
    assert isinstance(earned, stripe.BalanceTransaction)
    assert (earned.amount, earned.fee + earned.net, earned.type) == (2300, 2300, "charge")
    refund = client.v1.refunds.create(
        {"payment_intent": intent.id, "amount": 300, "expand": ["balance_transaction"]}
    )
    assert isinstance(refund.balance_transaction, stripe.BalanceTransaction)
    assert (refund.balance_transaction.amount, refund.balance_transaction.fee) == (-300, 0)
    types = [one.type for one in client.v1.balance_transactions.list().data]
    assert types == ["refund", "charge"]
    assert client.v1.balance_transactions.retrieve(earned.id) == earned


def test_refunds_add_up_to_the_charge_and_no_further(client: stripe.StripeClient) -> None:
    """In part, the rest, and then nothing is left."""
    intent = paid(client)
    first = client.v1.refunds.create(
        {
            "payment_intent": intent.id,
            "amount": 800,
            "reason": "requested_by_customer",
            "metadata": {"why": "late"},
        }
    )
    assert (first.status, first.amount, first.charge) == ("succeeded", 800, intent.latest_charge)
    more = refused(lambda: client.v1.refunds.create({"payment_intent": intent.id, "amount": 1501}))
    assert (
        str(more.user_message) == "Refund amount (15.01) is greater than unrefunded amount on charge (15.00)"
    )
    assert more.param == "amount"
    rest = client.v1.refunds.create({"charge": str(intent.latest_charge), "expand": ["charge.refunds"]})
    assert isinstance(rest.charge, stripe.Charge)
    assert (rest.charge.amount_refunded, rest.charge.refunded) == (2300, True)
    assert rest.charge.refunds
    assert len(rest.charge.refunds.data) == 2
    again = refused(lambda: client.v1.refunds.create({"payment_intent": intent.id}))
    assert again.code == "charge_already_refunded"
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    noted = client.v1.refunds.update(first.id, {"metadata": {"why": "lost"}}).metadata
    assert noted
    assert noted.to_dict() == {"why": "lost"}
    assert [one.id for one in client.v1.refunds.list({"payment_intent": intent.id}).data] == [
        rest.id,
        first.id,
    ]
    assert "requires_action" in str(refused(lambda: client.v1.refunds.cancel(first.id)))


def test_only_captured_money_can_be_refunded(client: stripe.StripeClient) -> None:
    """Unpaid intents have nothing to refund, holds are canceled instead."""
    unpaid = client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"})
    assert "does not have a successful charge" in str(
        refused(lambda: client.v1.refunds.create({"payment_intent": unpaid.id}))
    )
    held = paid(client, capture_method="manual")
    assert (
        refused(lambda: client.v1.refunds.create({"payment_intent": held.id})).code == "charge_not_refundable"
    )


@pytest.mark.parametrize(
    ("token", "first", "last", "event"),
    [
        ("pm_card_pendingRefund", "pending", "succeeded", "refund.updated"),
        ("pm_card_refundFail", "succeeded", "failed", "refund.failed"),
    ],
)
def test_a_refund_may_change_its_mind(
    client: stripe.StripeClient, receiver: Receiver, *, token: str, first: str, last: str, event: str
) -> None:
    """Two test cards: one refund arrives later, one comes back, and both are told by webhook."""
    client.v1.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": ["refund.updated", "refund.failed"]}
    )
    intent = paid(client, payment_method=token)
    refund = client.v1.refunds.create({"payment_intent": intent.id})
    assert refund.status == first
    told = receiver.wait_for_type(event).event["data"]["object"]
    assert (told["id"], told["status"]) == (refund.id, last)
    charge = client.v1.charges.retrieve(str(intent.latest_charge))
    assert charge.amount_refunded == (0 if last == "failed" else 2300)
