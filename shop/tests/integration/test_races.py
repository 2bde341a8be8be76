"""The same at the same moment: locks, unique keys, and one commit for what belongs together."""

import json
import uuid
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

import factories
from bookshop import events, ledger, mail, orders, refunds
from bookshop.mail import Purpose
from bookshop.money import Money
from bookshop.orders import Order
from bookshop.placing import Placed, SoldOut
from bookshop.refunds import Refund, TooMuchBack
from bookshop.settlement import Outcome
from bookshop.snapshots import PaymentSnapshot
from bookshop.workflows.settle_payment import Cause, settle_payment
from bookshop.workflows.take_event import take_event
from opened_shop import PRICE, OpenedShop, event

AT_ONCE = 12


@pytest.fixture
def opened(database_url: str) -> Iterator[OpenedShop]:
    with OpenedShop(database_url) as opened:
        yield opened


async def settle(opened: OpenedShop, news: PaymentSnapshot) -> Outcome:
    async def settling(session: AsyncSession) -> Outcome:
        outcome, _ = await settle_payment(session, opened.shop.follow_ups, news, cause=Cause.WEBHOOK)
        return outcome

    return await opened.committed(settling)


def paid(opened: OpenedShop) -> Order:
    order = opened.place()
    assert opened.run(settle(opened, opened.news(order))) == Outcome.PAID
    return opened.order(order.id)


def test_the_same_news_at_once(opened: OpenedShop) -> None:
    """Story 3: webhook, page and reconciler queue for the order's row; one of them pays, the rest see it."""
    order = opened.place()
    news = opened.news(order)
    outcomes = opened.at_once([settle(opened, news) for _ in range(AT_ONCE)])
    assert sorted(outcomes) == [Outcome.PAID, *[Outcome.UNCHANGED] * (AT_ONCE - 1)]
    assert opened.changes(order) == ["paid"]
    assert opened.owed == [f"deliver_confirmation:{order.id}"]


def test_one_checkout_pressed_many_times_at_once(opened: OpenedShop) -> None:
    """Double click, second tab, impatient retry: the unique key leads all of them to one order."""
    placed = opened.at_once([opened.placing("a-key-of-one-checkout") for _ in range(AT_ONCE)])
    found = [result for result in placed if isinstance(result, Placed)]
    assert len(found) == AT_ONCE
    assert len({result.order.id for result in found}) == 1
    assert [result.is_new for result in found].count(True) == 1


def test_the_last_copies_wanted_at_once(opened: OpenedShop) -> None:
    """Story 15: as many orders as copies; nobody else gets as far as paying."""
    opened.count(2)
    placed = opened.at_once([opened.placing() for _ in range(AT_ONCE)])
    assert [type(result) for result in placed].count(Placed) == 2
    assert [type(result) for result in placed].count(SoldOut) == AT_ONCE - 2
    assert opened.shelf == (0, 2, 0)


def test_one_event_delivered_many_times_at_once(opened: OpenedShop) -> None:
    """Story 6: the copies wait for the first one's commit, and are duplicates then."""
    order = opened.place()
    body = factories.event(factories.intent(order.id))
    taken = event(json.loads(body))
    told = [take_event(opened.shop, taken, cause=Cause.WEBHOOK) for _ in range(AT_ONCE)]
    assert sorted(opened.at_once(told)) == [*["duplicate"] * (AT_ONCE - 1), "paid"]
    assert opened.rows("SELECT outcome FROM stripe_events") == [{"outcome": "paid"}]


def test_two_shopkeepers_refund_at_once(opened: OpenedShop) -> None:
    """Story 16: each asks for everything; one refund is written down, never more than was paid."""
    order = paid(opened)

    async def ask(session: AsyncSession) -> Refund | TooMuchBack:
        locked = await orders.locked(session, order.id)
        assert locked is not None
        intent = locked.payment_intent_id
        assert intent is not None
        return await refunds.request(session, locked, intent, PRICE, cause="asked for")

    answers = opened.at_once([opened.committed(ask) for _ in range(4)])
    assert [type(answer) for answer in answers].count(Refund) == 1
    assert [answer.left for answer in answers if isinstance(answer, TooMuchBack)] == [Money(0, "sgd")] * 3


def test_what_is_owed_stands_and_falls_with_its_commit(opened: OpenedShop) -> None:
    """A payment that is rolled back owes no mail; the one that stands owes it from its commit on."""
    order = opened.place()

    async def settle_and_die() -> None:
        async with opened.shop.sessions() as session:
            await settle_payment(session, opened.shop.follow_ups, opened.news(order), cause=Cause.WEBHOOK)

    opened.run(settle_and_die())
    assert (opened.changes(order), opened.owed) == ([], [])
    opened.run(settle(opened, opened.news(order)))
    assert (opened.changes(order), opened.owed) == (["paid"], [f"deliver_confirmation:{order.id}"])


def test_a_mail_that_was_sent_is_never_claimed_again(opened: OpenedShop) -> None:
    """Whoever comes back to a mail after its server took it finds nothing to do."""
    order = paid(opened)

    def claim() -> bool:
        return opened.commit(
            lambda session: mail.claim(session, order.id, Purpose.CONFIRMATION, "<1@example.com>")
        )

    assert claim()
    assert claim(), "a claim whose sender died is taken over"
    opened.commit(lambda session: mail.note_sent(session, order.id, Purpose.CONFIRMATION))
    assert not claim()


@pytest.mark.parametrize(
    "change", ["UPDATE ledger SET amount = amount + 1", "DELETE FROM ledger", "TRUNCATE ledger"]
)
def test_the_ledger_is_only_added_to(opened: OpenedShop, change: str) -> None:
    """The database itself refuses to change what was written down about money."""
    order = paid(opened)
    with pytest.raises(psycopg.errors.RaiseException, match="never changed"):
        opened.rows(change)
    balance = opened.commit(lambda session: ledger.balance(session, order.id, "sgd"))
    assert balance.charged == PRICE


def test_a_total_that_the_page_did_not_show(opened: OpenedShop) -> None:
    """Story 11: whatever the browser says it showed is compared, and never charged."""
    for shown in (Money(1, "sgd"), Money(2299, "sgd"), Money(230_000, "sgd")):
        refused = opened.run(opened.placing(shown_total=shown))
        assert not isinstance(refused, Placed)
    assert opened.rows("SELECT id FROM orders") == []


def test_an_event_of_the_other_mode(opened: OpenedShop) -> None:
    """A live event at a shop under test, or the other way round: recorded, and nothing moves."""
    order = opened.place()
    body = factories.event(factories.intent(order.id, livemode=True), livemode=True)
    told = opened.run(take_event(opened.shop, event(json.loads(body)), cause=Cause.WEBHOOK))
    assert (told, opened.changes(order)) == ("ignored", [])


def test_no_client_secret_is_kept(opened: OpenedShop) -> None:
    """What lets somebody pay or read a payment stands in no table, wherever in an event it stood."""
    intent = factories.intent(
        uuid.uuid4(), client_secret="pi_1_secret_abc", note="https://x.example/?s=pi_1_secret_abc"
    )
    opened.run(take_event(opened.shop, event(json.loads(factories.event(intent))), cause=Cause.WEBHOOK))
    (row,) = opened.rows("SELECT payload::text AS kept FROM stripe_events")
    assert "_secret_abc" not in row["kept"]
    assert events.CLIENT_SECRET not in row["kept"]
