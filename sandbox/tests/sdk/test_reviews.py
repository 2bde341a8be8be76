"""Payments that wait for a person's judgement, and what ends the wait."""

from typing import Any

import httpx
import pytest
import stripe

from stripe_calls import paid, refused

RISKY = "pm_card_riskLevelElevated"


@pytest.fixture(autouse=True)
def _with_reviews(control: httpx.Client) -> None:
    control.put("/account", json={"review_elevated_risk": True}).raise_for_status()


def review_of(client: stripe.StripeClient, **params: Any) -> stripe.Review:
    intent = paid(client, payment_method=RISKY, expand=["review.charge"], **params)
    assert isinstance(intent.review, stripe.Review)
    assert isinstance(intent.review.charge, stripe.Charge)
    outcome = intent.review.charge.outcome
    assert outcome
    assert (outcome.type, outcome.reason, outcome.risk_level) == (
        "manual_review",
        "elevated_risk_level",
        "elevated",
    )
    return client.v1.reviews.retrieve(intent.review.id)


def test_a_risky_payment_is_let_through_and_reviewed(client: stripe.StripeClient) -> None:
    """The money is there; approval closes the review once."""
    review = review_of(client)
    assert (review.open, review.reason, review.opened_reason) == (True, "rule", "rule")
    assert [one.id for one in client.v1.reviews.list().data] == [review.id]
    approved = client.v1.reviews.approve(review.id)
    assert (approved.open, approved.closed_reason, approved.reason) == (False, "approved", "approved")
    assert client.v1.reviews.list().data == []
    assert "already been closed" in str(refused(lambda: client.v1.reviews.approve(review.id)))
    told = [event.type for event in client.v1.events.list({"types": ["review.*"]}).data]
    assert told == ["review.closed", "review.opened"]


@pytest.mark.parametrize("reason", ["requested_by_customer", "fraudulent"])
def test_a_full_refund_closes_it(client: stripe.StripeClient, reason: Any) -> None:
    """And says whether for fraud; part of the money back is no judgement."""
    review = review_of(client)
    client.v1.refunds.create({"payment_intent": str(review.payment_intent), "amount": 300})
    assert client.v1.reviews.retrieve(review.id).open
    client.v1.refunds.create({"payment_intent": str(review.payment_intent), "reason": reason})
    expected = "refunded_as_fraud" if reason == "fraudulent" else "refunded"
    assert client.v1.reviews.retrieve(review.id).closed_reason == expected


def test_a_charge_without_an_intent_is_reviewed_too(client: stripe.StripeClient) -> None:
    """Its outcome says so, and a refund of it all closes the review."""
    charge = client.v1.charges.create(
        {"amount": 2300, "currency": "sgd", "source": "tok_riskLevelElevated", "expand": ["review"]}
    )
    assert charge.outcome
    assert charge.outcome.type == "manual_review"
    assert isinstance(charge.review, stripe.Review)
    assert (charge.review.open, charge.review.charge) == (True, charge.id)
    assert "payment_intent" not in charge.review
    client.v1.refunds.create({"charge": charge.id})
    assert client.v1.reviews.retrieve(charge.review.id).closed_reason == "refunded"


def test_letting_a_hold_go_closes_it(client: stripe.StripeClient) -> None:
    """There is no payment left to judge."""
    review = review_of(client, capture_method="manual")
    client.v1.payment_intents.cancel(str(review.payment_intent))
    assert client.v1.reviews.retrieve(review.id).closed_reason == "canceled"


def test_a_usual_payment_is_not_reviewed(client: stripe.StripeClient, control: httpx.Client) -> None:
    """Nor a risky one of an account that does not ask for it."""
    assert paid(client).review is None
    control.put("/account", json={"review_elevated_risk": False})
    assert paid(client, payment_method=RISKY).review is None
