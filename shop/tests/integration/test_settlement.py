"""What `settle` makes of news about an order, in a database: what moves it, is ignored, or is given back."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

import factories
import shop_records
from bookshop import database, orders, settlement, stock
from bookshop.money import Money
from bookshop.orders import Order, State
from bookshop.settlement import Outcome
from bookshop.snapshots import ABANDONED, Method, PaymentSnapshot

T = TypeVar("T")

OPEN_STATUSES = ["requires_payment_method", "requires_confirmation", "requires_action", "requires_capture"]
MANY_TIMES_ONE_DATABASE = rules(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
PRICE = Money(2300, "sgd")


class Books:
    """The shop's books in a database of their own, and one order among them."""

    def __init__(self, database_url: str, *, counted: int | None = None, **changes: Any) -> None:
        self.url = database_url
        order = factories.order(**changes)
        order.payment_intent_id = changes.get("payment_intent_id", f"pi_{order.id.hex}")
        self.order_id, self.intent = order.id, f"pi_{order.id.hex}"

        async def place(session: AsyncSession) -> None:
            session.add(order)
            await session.flush()
            if counted is not None:
                await stock.receive(session, 1, counted)
                assert await stock.hold(session, order.id, {1: 1}) == {}

        self.run(place)

    def news(self, status: str = "succeeded", **changes: Any) -> PaymentSnapshot:
        values = {"id": self.intent} | changes
        return factories.payment(self.order_id, status=status, **values)

    def settle(self, *news: PaymentSnapshot) -> list[Outcome]:
        """Each piece of news in a commit of its own, as the doors do."""
        return self.run(*[self._settling(payment) for payment in news])

    def _settling(self, payment: PaymentSnapshot) -> Callable[[AsyncSession], Awaitable[Any]]:
        async def settle(session: AsyncSession) -> Outcome:
            return (await settlement.settle(session, payment, cause="test")).outcome

        return settle

    def run(self, *acts: Callable[[AsyncSession], Awaitable[T]]) -> list[T]:
        async def all_acts() -> list[T]:
            engine = database.connect(self.url)
            made = []
            for act in acts:
                async with database.sessions(engine).begin() as session:
                    made.append(await act(session))
            await engine.dispose()
            return made

        return asyncio.run(all_acts())

    @property
    def order(self) -> Order:
        return self.run(lambda session: orders.get(session, self.order_id))[0]

    @property
    def state(self) -> State:
        return State(self.order.state)

    @property
    def changes(self) -> list[tuple[str, str]]:
        query = "SELECT from_state, to_state FROM order_changes WHERE order_id = %s ORDER BY id"
        found = shop_records.rows(self.url, query, self.order_id)
        return [(row["from_state"], row["to_state"]) for row in found]

    @property
    def invoices(self) -> int:
        return self._count("SELECT count(*) AS found FROM invoices WHERE order_id = %s")

    @property
    def takings(self) -> int:
        """Minor units that the ledger has for the order on Stripe's side."""
        query = """SELECT coalesce(sum(amount), 0)::int AS found FROM ledger
                   WHERE account = 'stripe' AND order_id = %s"""
        return self._count(query)

    @property
    def refunds(self) -> list[tuple[str, int]]:
        """Refunds that are owed, by payment and minor units."""
        query = "SELECT payment_intent_id, amount FROM refunds WHERE order_id = %s ORDER BY requested_at"
        found = shop_records.rows(self.url, query, self.order_id)
        return [(row["payment_intent_id"], row["amount"]) for row in found]

    @property
    def shelf(self) -> dict[str, int]:
        return shop_records.rows(self.url, "SELECT received, held, sold FROM stock WHERE book_id = 1")[0]

    def _count(self, query: str) -> int:
        found: int = shop_records.rows(self.url, query, self.order_id)[0]["found"]
        return found


def settled(database_url: str, statuses: Iterable[str]) -> tuple[Books, list[Outcome]]:
    books = Books(database_url)
    return books, books.settle(*[books.news(status) for status in statuses])


def test_paid_once_however_often_it_is_told(database_url: str) -> None:
    """The first news pays, numbers and enters the money; each later one changes nothing."""
    books, outcomes = settled(database_url, ["succeeded"] * 3)
    assert outcomes == [Outcome.PAID, Outcome.UNCHANGED, Outcome.UNCHANGED]
    assert books.changes == [("awaiting_payment", "paid")]
    assert books.order.paid_at is not None
    assert (books.invoices, books.takings, books.refunds) == (1, PRICE.amount, [])


@MANY_TIMES_ONE_DATABASE
@given(st.permutations(["processing", "succeeded", *OPEN_STATUSES]))
def test_no_order_of_news_loses_the_payment(database_url: str, statuses: list[str]) -> None:
    """Whatever comes before or after `succeeded`, the order ends paid, with Stripe's final word beside it."""
    books, outcomes = settled(database_url, statuses)
    assert outcomes.count(Outcome.PAID) == 1
    assert (books.state, books.order.payment_status) == (State.PAID, "succeeded")


@pytest.mark.parametrize("late", ["requires_payment_method", "processing", "canceled", *OPEN_STATUSES])
def test_late_news_never_downgrades_a_paid_order(database_url: str, late: str) -> None:
    """Story 9: a failure event that arrives after the success changes neither the order nor its history."""
    books, outcomes = settled(database_url, ["succeeded", late])
    assert outcomes[1] == Outcome.UNCHANGED
    assert (books.state, len(books.changes)) == (State.PAID, 1)
    assert books.order.payment_status == "succeeded"


def test_processing_is_neither_success_nor_failure(database_url: str) -> None:
    """Story 18: money on its way has its own state, and falls back when the bank says no."""
    books, outcomes = settled(database_url, ["processing"])
    assert (outcomes, books.state, books.invoices) == ([Outcome.PROCESSING], State.PROCESSING, 0)
    assert books.settle(books.news("requires_payment_method")) == [Outcome.REOPENED]
    assert books.state == State.AWAITING_PAYMENT
    assert books.settle(books.news("processing"), books.news()) == [Outcome.PROCESSING, Outcome.PAID]


@pytest.mark.parametrize("status", OPEN_STATUSES)
def test_an_unfinished_payment_leaves_the_order_open(database_url: str, status: str) -> None:
    """Whatever the customer still has to do, the order waits and can be paid."""
    books, outcomes = settled(database_url, [status])
    assert (outcomes, books.state) == ([Outcome.UNCHANGED], State.AWAITING_PAYMENT)


@pytest.mark.parametrize(
    "received", [Money(2299, "sgd"), Money(2301, "sgd"), Money(2300, "usd"), Money(2300, "jpy")]
)
def test_another_amount_is_given_back_not_kept(database_url: str, received: Money) -> None:
    """A cent less, a cent more, or the right figure in another currency: refunded in full, for a person."""
    books = Books(database_url, counted=1)
    news = books.news(received=received)
    assert books.settle(news, news) == [Outcome.FLAGGED, Outcome.UNCHANGED]
    assert (books.state, books.invoices) == (State.CANCELED, 0)
    assert str(received.amount) in (books.order.review_reason or "")
    assert books.refunds == [(books.intent, received.amount)]
    assert books.shelf == {"received": 1, "held": 0, "sold": 0}


def test_a_success_without_money_is_flagged(database_url: str) -> None:
    """Nothing came, so nothing goes back; a person looks."""
    books = Books(database_url)
    assert books.settle(books.news(received=Money(0, "sgd"))) == [Outcome.FLAGGED]
    assert (books.invoices, books.takings, books.refunds) == (0, 0, [])


def test_a_second_payment_of_one_order_is_given_back(database_url: str) -> None:
    """Another PaymentIntent of a paid order that brought money is refunded, and never becomes the order's."""
    books, _ = settled(database_url, ["succeeded"])
    second = [books.news(status, id="pi_second") for status in ("processing", "succeeded", "succeeded")]
    assert books.settle(*second) == [Outcome.UNCHANGED, Outcome.FLAGGED, Outcome.UNCHANGED]
    assert (books.state, books.order.payment_intent_id) == (State.PAID, books.intent)
    assert books.refunds == [("pi_second", PRICE.amount)]
    assert (books.invoices, books.takings) == (1, 2 * PRICE.amount)


def test_a_stranger_does_not_pay_an_open_order(database_url: str) -> None:
    """Story 11: a payment that is not the order's own is given back, and the order waits for its own."""
    books = Books(database_url)
    assert books.settle(books.news(id="pi_other")) == [Outcome.FLAGGED]
    assert (books.state, books.refunds) == (State.AWAITING_PAYMENT, [("pi_other", PRICE.amount)])
    assert books.settle(books.news()) == [Outcome.PAID]


def test_money_after_a_cancellation_is_given_back(database_url: str) -> None:
    """An order that its customer gave up stays so, and its money goes back in full."""
    books, outcomes = settled(database_url, ["canceled", "succeeded", "succeeded"])
    assert outcomes == [Outcome.CANCELED, Outcome.FLAGGED, Outcome.UNCHANGED]
    assert (books.state, books.refunds) == (State.CANCELED, [(books.intent, PRICE.amount)])


def test_money_for_an_expired_order_whose_books_are_there(database_url: str) -> None:
    """Story 2: 3-D Secure slower than the hold; the books are still there, so the payment wins."""
    books = Books(database_url, counted=1)
    assert books.settle(books.news("canceled", cancellation_reason=ABANDONED)) == [Outcome.EXPIRED]
    assert books.shelf == {"received": 1, "held": 0, "sold": 0}
    assert books.settle(books.news(), books.news()) == [Outcome.PAID, Outcome.UNCHANGED]
    assert books.shelf == {"received": 1, "held": 0, "sold": 1}
    assert (books.changes[-1], books.invoices, books.refunds) == (("expired", "paid"), 1, [])


def test_money_for_an_expired_order_whose_books_are_gone(database_url: str) -> None:
    """Story 2: sold to somebody else meanwhile: refunded in full, once and for good."""
    books = Books(database_url, counted=1)
    books.settle(books.news("canceled", cancellation_reason=ABANDONED))
    faster = factories.order(payment_intent_id="pi_faster")

    async def sell_the_last(session: AsyncSession) -> None:
        session.add(faster)
        await session.flush()
        assert await stock.hold(session, faster.id, {1: 1}) == {}

    books.run(sell_the_last)
    assert books.settle(books.news()) == [Outcome.FLAGGED]
    books.run(lambda session: stock.receive(session, 1, 5))
    assert books.settle(books.news()) == [Outcome.UNCHANGED]
    assert (books.state, books.invoices) == (State.EXPIRED, 0)
    assert books.refunds == [(books.intent, PRICE.amount)]


def test_an_order_adopts_the_intent_it_has_not_noted_yet(database_url: str) -> None:
    """Story 4: the web server died after Stripe's answer; the event's intent is the order's own."""
    books = Books(database_url, payment_intent_id=None)
    assert books.settle(books.news(id="pi_found")) == [Outcome.PAID]
    assert books.order.payment_intent_id == "pi_found"


def test_an_order_adopts_no_intent_that_asks_for_something_else(database_url: str) -> None:
    """Somebody made it by hand, before the order's own was opened: it goes back, the order goes on."""
    books = Books(database_url, payment_intent_id=None)
    half = Money(1150, "sgd")
    assert books.settle(books.news(id="pi_by_hand", total=half, received=half)) == [Outcome.FLAGGED]
    assert (books.state, books.order.payment_intent_id) == (State.AWAITING_PAYMENT, None)
    assert books.refunds == [("pi_by_hand", 1150)]
    assert books.settle(books.news(id="pi_found")) == [Outcome.PAID]


@pytest.mark.parametrize("reference", [None, "", "7", "not-an-id", "'; DROP TABLE orders; --", "\0"])
def test_an_intent_without_an_order_of_ours(database_url: str, reference: str | None) -> None:
    """Another application on the same Stripe account uses metadata as it likes."""
    books = Books(database_url)
    assert books.settle(books.news(order_id=reference)) == [Outcome.NOT_OURS]
    unknown = books.news(order_id="00000000-0000-4000-8000-000000000000")
    assert books.settle(unknown) == [Outcome.UNKNOWN_ORDER]


def test_method_is_kept_when_later_news_lacks_it(database_url: str) -> None:
    """A webhook's payload names no card; it does not blank out what a full answer said before."""
    books = Books(database_url)
    books.settle(books.news(method=Method("card", "visa", "4242")), books.news())
    assert (books.order.card_brand, books.order.card_last4) == ("visa", "4242")


def test_every_change_has_its_line(database_url: str) -> None:
    """Through every sequence of three pieces of news, states and history tell the same story."""
    for statuses in itertools.product(
        ["processing", "succeeded", "canceled", "requires_payment_method"], repeat=3
    ):
        books, _ = settled(database_url, statuses)
        told = ["awaiting_payment", *(to for _, to in books.changes)]
        assert [before for before, _ in books.changes] == told[:-1]
        assert books.state == told[-1]
