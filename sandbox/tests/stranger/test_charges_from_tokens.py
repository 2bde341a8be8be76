"""Charges from a card's token, as shops from before PaymentIntents still test them."""

from typing import Any

import pytest
import stripe

pytestmark = pytest.mark.usefixtures("classic")
VISA: Any = {"amount": 2000, "currency": "usd", "source": "tok_visa"}


def test_charge_and_refund() -> None:
    """Paid at once, with the card in `source`, its fee in the balance, its money given back in two parts."""
    customer = stripe.Customer.create(email="jenny@example.com")
    charge = stripe.Charge.create(
        **VISA, customer=customer.id, description="Order 6735", metadata={"order_id": "6735"}
    )
    assert (charge.status, charge.paid, charge.captured, charge.payment_intent) == (
        "succeeded",
        True,
        True,
        None,
    )
    assert isinstance(charge.source, stripe.Card)
    assert (charge.source.brand, charge.source.last4) == ("Visa", "4242")
    found = stripe.Charge.retrieve(charge.id, expand=["balance_transaction", "customer"])
    assert isinstance(found.balance_transaction, stripe.BalanceTransaction)
    assert found.balance_transaction.amount == 2000
    assert [one.id for one in stripe.Charge.list(customer=customer.id)] == [charge.id]
    assert stripe.Refund.create(charge=charge.id, amount=500).status == "succeeded"
    assert stripe.Charge.retrieve(charge.id).refunded is False
    stripe.Refund.create(charge=charge.id)
    over = stripe.Charge.retrieve(charge.id)
    assert (over.refunded, over.amount_refunded) == (True, 2000)
    told = [event.type for event in stripe.Event.list(types=["charge.*"])]
    assert told.count("charge.succeeded") == 1
    assert told.count("charge.refunded") == 2


def test_hold_and_capture() -> None:
    """Authorised first, a part taken later, once."""
    held = stripe.Charge.create(**VISA, capture=False)
    assert (held.captured, held.amount_captured) == (False, 0)
    with pytest.raises(stripe.InvalidRequestError, match="held"):
        stripe.Charge.capture(held.id, amount=2001)
    taken = stripe.Charge.capture(held.id, amount=1500)
    assert (taken.captured, taken.amount_captured) == (True, 1500)
    assert taken.balance_transaction
    with pytest.raises(stripe.InvalidRequestError) as twice:
        stripe.Charge.capture(held.id)
    assert twice.value.code == "charge_already_captured"


@pytest.mark.parametrize(
    ("token", "code", "decline_code"),
    [
        ("tok_chargeDeclined", "card_declined", "generic_decline"),
        ("tok_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("tok_chargeDeclinedExpiredCard", "expired_card", None),
        ("tok_authenticationRequired", "authentication_required", "authentication_required"),
    ],
)
def test_declines(token: str, code: str, decline_code: str | None) -> None:
    """402 with the failed charge's id, and nothing paid."""
    with pytest.raises(stripe.CardError) as declined:
        stripe.Charge.create(amount=2000, currency="usd", source=token)
    assert declined.value.error
    assert (declined.value.code, declined.value.error.decline_code) == (code, decline_code)
    failed = stripe.Charge.retrieve(str(declined.value.error.charge))
    assert (failed.status, failed.paid, failed.failure_code) == ("failed", False, code)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"amount": 2000, "currency": "usd"}, "Missing required param: source"),
        ({"amount": 2000, "currency": "usd", "source": "tok_none"}, "No such token: 'tok_none'"),
        ({**VISA, "amount": 1}, "at least"),
        ({**VISA, "application_fee_amount": 10}, "imitate"),
    ],
)
def test_refusals(params: dict[str, Any], said: str) -> None:
    """Each with its sentence."""
    with pytest.raises(stripe.InvalidRequestError, match=said):
        stripe.Charge.create(**params)


def test_an_intents_charge_is_captured_through_the_intent() -> None:
    """The two ways do not mix."""
    intent = stripe.PaymentIntent.create(
        amount=2000,
        currency="usd",
        capture_method="manual",
        payment_method="pm_card_visa",
        confirm=True,
        return_url="https://shop.example",
    )
    with pytest.raises(stripe.InvalidRequestError, match="PaymentIntent"):
        stripe.Charge.capture(str(intent.latest_charge))
