"""Refunds and disputes in Stripe's JSON as values of ours: currencies, states that are new, other marks."""

import uuid
from typing import Any

import pytest

from bookshop import disputes, refund_calls
from bookshop.money import Money
from bookshop.refunds import RefundState

OURS = uuid.uuid4()


def dispute(*lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    values = {
        "id": "du_1",
        "payment_intent": {"id": "pi_1"},
        "amount": 2300,
        "currency": "eur",
        "status": "needs_response",
        "reason": "fraudulent",
        "is_charge_refundable": False,
        "created": 1_795_000_000,
        "evidence_details": {"due_by": None},
        "balance_transactions": list(lines),
    }
    return values | changes


def line(amount: int, currency: str, fee: int = 1500) -> dict[str, Any]:
    return {"id": "txn_1", "amount": amount, "currency": currency, "fee": fee}


def refund(**changes: Any) -> dict[str, Any]:
    values = {"id": "re_1", "payment_intent": "pi_1", "amount": 300, "currency": "sgd", "metadata": {}}
    return values | {"status": "succeeded"} | changes


@pytest.mark.parametrize(
    ("moved", "entered"),
    [
        (line(-2300, "eur"), -2300),
        (line(-1000, "eur"), -1000),
        (line(-3381, "sgd"), -2300),
        (line(3402, "sgd"), 2300),
    ],
    ids=["the same currency", "a part in it", "taken in another", "given back at another rate"],
)
def test_a_dispute_moves_the_customers_amount(moved: dict[str, Any], entered: int) -> None:
    """Decision 0014: what a bank takes or gives back is in the payment's currency, fees are as they are."""
    (movement,) = disputes.snapshot(dispute(moved)).movements
    assert movement.money == Money(entered, "eur")
    assert movement.fee.money == Money(1500, moved["currency"])


@pytest.mark.parametrize(
    ("changes", "is_refundable"),
    [
        ({}, False),
        ({"is_charge_refundable": True, "status": "warning_needs_response"}, True),
        ({"status": "prevented"}, True),
        ({"status": "prevented", "balance_transactions": [line(-2300, "eur")]}, False),
    ],
)
def test_whether_a_disputed_payment_can_be_refunded(changes: dict[str, Any], *, is_refundable: bool) -> None:
    """As Stripe says; one that was prevented before money moved is in nobody's way."""
    assert disputes.snapshot(dispute(**changes)).is_refundable is is_refundable


@pytest.mark.parametrize("status", [None, "", "something_new", "pending"])
def test_a_state_that_stripe_invents_is_not_the_end(status: str | None) -> None:
    """Stripe's status may be missing or new (the schema says so): the refund is still under way."""
    assert refund_calls.snapshot(refund(status=status)).state == RefundState.PENDING


@pytest.mark.parametrize(
    ("metadata", "reference"),
    [
        ({"bookshop_refund": str(OURS)}, OURS),
        ({"bookshop_refund": "seven"}, None),
        ({"other": str(OURS)}, None),
        (None, None),
    ],
)
def test_the_mark_of_a_refund(metadata: dict[str, str] | None, reference: uuid.UUID | None) -> None:
    """Our id where it stands in our field; whatever else people write there is theirs."""
    assert refund_calls.snapshot(refund(metadata=metadata)).reference == reference
