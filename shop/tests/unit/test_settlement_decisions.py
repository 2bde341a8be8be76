"""What `settle` decides, on orders in memory: which news moves an order, which is ignored or flagged."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

import factories
from bookshop import settlement
from bookshop.money import Money
from bookshop.orders import Order, OrderChange, State
from bookshop.settlement import Outcome
from bookshop.snapshots import Method, PaymentSnapshot

OPEN_STATUSES = ["requires_payment_method", "requires_confirmation", "requires_action", "requires_capture"]


@dataclass
class Rows:
    """Holds one order as a locked row would be held, and keeps what is added to its history."""

    order: Order | None
    changes: list[OrderChange] = field(default_factory=list)

    async def scalars(self, _query: object) -> "Rows":
        return self

    def one_or_none(self) -> Order | None:
        return self.order

    def add(self, change: OrderChange) -> None:
        self.changes.append(change)


def settle(rows: Rows, news: Iterable[PaymentSnapshot]) -> list[Outcome]:
    return [_run(rows, payment) for payment in news]


def _run(rows: Rows, payment: PaymentSnapshot) -> Outcome:
    story = settlement.settle(cast("AsyncSession", rows), payment, cause="test")
    try:
        story.send(None)
    except StopIteration as end:
        return cast("Outcome", end.value[0])
    raise AssertionError("settle waited for something: it does no I/O of its own")


@pytest.fixture
def rows() -> Rows:
    return Rows(factories.order())


def of(rows: Rows, status: str = "succeeded", **changes: Any) -> PaymentSnapshot:
    assert rows.order is not None
    return factories.payment(rows.order.id, status=status, **changes)


def state(rows: Rows) -> State:
    assert rows.order is not None
    return State(rows.order.state)


def test_paid_once_however_often_it_is_told(rows: Rows) -> None:
    """The first news pays, each later one changes nothing, and the history has one line."""
    assert settle(rows, [of(rows)] * 3) == [Outcome.PAID, Outcome.UNCHANGED, Outcome.UNCHANGED]
    assert [(c.from_state, c.to_state, c.cause) for c in rows.changes] == [
        ("awaiting_payment", "paid", "test")
    ]
    assert rows.order is not None
    assert rows.order.paid_at is not None


@given(st.permutations(["processing", "succeeded", *OPEN_STATUSES]))
def test_no_order_of_news_loses_the_payment(statuses: list[str]) -> None:
    """Whatever comes before or after `succeeded`, the order ends paid, with Stripe's final word beside it."""
    rows = Rows(factories.order())
    outcomes = settle(rows, [of(rows, status) for status in statuses])
    assert state(rows) == State.PAID
    assert outcomes.count(Outcome.PAID) == 1
    assert rows.order is not None
    assert rows.order.payment_status == "succeeded"


@pytest.mark.parametrize("late", ["requires_payment_method", "processing", "canceled", *OPEN_STATUSES])
def test_late_news_never_downgrades_a_paid_order(rows: Rows, late: str) -> None:
    """Story 9: a failure event that arrives after the success changes neither the order nor its history."""
    settle(rows, [of(rows)])
    assert settle(rows, [of(rows, late)]) == [Outcome.UNCHANGED]
    assert (state(rows), len(rows.changes)) == (State.PAID, 1)


def test_processing_is_neither_success_nor_failure(rows: Rows) -> None:
    """Story 18: money on its way has its own state, and falls back when the bank says no."""
    assert settle(rows, [of(rows, "processing")]) == [Outcome.PROCESSING]
    assert state(rows) == State.PROCESSING
    assert settle(rows, [of(rows, "requires_payment_method")]) == [Outcome.REOPENED]
    assert state(rows) == State.AWAITING_PAYMENT
    assert settle(rows, [of(rows, "processing"), of(rows)]) == [Outcome.PROCESSING, Outcome.PAID]


@pytest.mark.parametrize("status", OPEN_STATUSES)
def test_an_unfinished_payment_leaves_the_order_open(rows: Rows, status: str) -> None:
    """Whatever the customer still has to do, the order waits and can be paid."""
    assert settle(rows, [of(rows, status)]) == [Outcome.UNCHANGED]
    assert state(rows) == State.AWAITING_PAYMENT


@pytest.mark.parametrize(
    "received",
    [Money(2299, "sgd"), Money(2301, "sgd"), Money(0, "sgd"), Money(2300, "usd"), Money(2300, "jpy")],
)
def test_another_amount_is_flagged_not_paid(rows: Rows, received: Money) -> None:
    """A cent less, a cent more, or the right figure in another currency is for a person to look at."""
    assert settle(rows, [of(rows, received=received)]) == [Outcome.FLAGGED]
    assert state(rows) == State.AWAITING_PAYMENT
    assert rows.order is not None
    assert rows.order.review_reason is not None
    assert str(received.amount) in rows.order.review_reason


def test_the_same_flag_is_raised_once(rows: Rows) -> None:
    """The reconciler meets a flagged order every minute; only the first time is news."""
    wrong = of(rows, received=Money(1, "sgd"))
    assert settle(rows, [wrong, wrong, wrong]) == [Outcome.FLAGGED, Outcome.UNCHANGED, Outcome.UNCHANGED]


def test_a_second_payment_of_one_order_is_flagged(rows: Rows) -> None:
    """Another PaymentIntent of the same order that brought money never vanishes silently."""
    settle(rows, [of(rows)])
    second = of(rows, id="pi_second")
    assert settle(rows, [of(rows, "processing", id="pi_second"), second]) == [
        Outcome.UNCHANGED,
        Outcome.FLAGGED,
    ]
    assert rows.order is not None
    assert rows.order.payment_intent_id == "pi_ours"
    assert "pi_second" in (rows.order.review_reason or "")


def test_money_after_a_cancellation_is_flagged(rows: Rows) -> None:
    """A canceled order that is paid after all stays canceled and goes to a person."""
    assert settle(rows, [of(rows, "canceled")]) == [Outcome.CANCELED]
    assert settle(rows, [of(rows)]) == [Outcome.FLAGGED]
    assert state(rows) == State.CANCELED


def test_an_order_adopts_the_intent_it_has_not_noted_yet() -> None:
    """The web server died after Stripe's answer: the event's intent is the order's own."""
    rows = Rows(factories.order(payment_intent_id=None))
    assert settle(rows, [of(rows, id="pi_found")]) == [Outcome.PAID]
    assert rows.order is not None
    assert rows.order.payment_intent_id == "pi_found"


@pytest.mark.parametrize("reference", [None, "", "7", "not-an-id", "'; DROP TABLE orders; --", "\0"])
def test_an_intent_without_an_order_of_ours(rows: Rows, reference: str | None) -> None:
    """Another application on the same Stripe account uses metadata as it likes."""
    assert settle(rows, [of(rows, order_id=reference)]) == [Outcome.NOT_OURS]
    assert settle(Rows(None), [of(rows)]) == [Outcome.UNKNOWN_ORDER]


def test_method_is_kept_when_later_news_lacks_it(rows: Rows) -> None:
    """A webhook's payload names no card; it does not blank out what a full answer said before."""
    settle(rows, [of(rows, method=Method("card", "visa", "4242")), of(rows)])
    assert rows.order is not None
    assert (rows.order.card_brand, rows.order.card_last4) == ("visa", "4242")


def test_every_change_has_its_line() -> None:
    """Through every sequence of three pieces of news, states and history tell the same story."""
    for statuses in itertools.product(
        ["processing", "succeeded", "canceled", "requires_payment_method"], repeat=3
    ):
        rows = Rows(factories.order())
        settle(rows, [of(rows, status) for status in statuses])
        told = ["awaiting_payment", *(change.to_state for change in rows.changes)]
        assert [change.from_state for change in rows.changes] == told[:-1]
        assert state(rows) == told[-1]
