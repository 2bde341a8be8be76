"""How much one address and one order may do: counted in the database, while time passes."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

import factories
from bookshop import database, limits, placing, stock
from bookshop.limits import ADDRESS, DECLINES
from bookshop.money import Money
from bookshop.placing import Draft, Placed, TooOften
from bookshop.quotes import Item
from bookshop.settings import Settings
from bookshop.shipping import Address
from processes import ADDRESS as PLACE
from shop_records import rows

T = TypeVar("T")

BOOK = "the-art-of-doing-science-and-engineering"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NORMAL, OFF = factories.settings(), factories.settings(abuse_limits="off")
ATTEMPTS = 1674


def run(database_url: str, *acts: Callable[[AsyncSession], Awaitable[T]], at_once: bool = False) -> list[T]:
    """Each act in a commit of its own, one after the other or all at the same time."""

    async def all_acts() -> list[T]:
        engine = database.connect(database_url)

        async def one(act: Callable[[AsyncSession], Awaitable[T]]) -> T:
            async with database.sessions(engine).begin() as session:
                return await act(session)

        made = await asyncio.gather(*map(one, acts)) if at_once else [await one(act) for act in acts]
        await engine.dispose()
        return list(made)

    return asyncio.run(all_acts())


def attempt(
    who: str | None, at: datetime, settings: Settings = NORMAL
) -> Callable[[AsyncSession], Awaitable[timedelta | None]]:
    return lambda session: limits.spend(session, settings, ADDRESS, who, at=at)


def pressing_pay(
    who: str, at: datetime, settings: Settings = NORMAL, *, copies: int = 1
) -> Callable[[AsyncSession], Awaitable[placing.Result]]:
    """The order of a checkout of its own."""
    draft = Draft(
        checkout_key=secrets.token_urlsafe(16),
        items=(Item(BOOK, copies),),
        currency="sgd",
        email="ada@example.com",
        address=Address.model_validate(PLACE),
        shown_total=Money(2300 * copies, "sgd"),
        locale="en",
        placed_from=who,
        at=at,
    )
    return lambda session: placing.place(session, settings, draft)


def an_hour(attempts: int = ATTEMPTS) -> list[datetime]:
    return [NOON + HOUR * number / attempts for number in range(attempts)]


def placed(database_url: str) -> int:
    return int(rows(database_url, "SELECT count(*) AS orders FROM orders")[0]["orders"])


def test_story_63_1674_attempts_from_one_address_in_an_hour(database_url: str) -> None:
    """Forty pass, and one for the hour that goes by; the others wait, and all that is kept is one row."""
    waits = run(database_url, *[attempt("81.2.69.160", at) for at in an_hour()])
    assert ADDRESS.quick.most["normal"] < waits.count(None) <= 41
    assert len(rows(database_url, "SELECT * FROM spendings")) == 1


def test_story_63_1674_attempts_from_100_addresses_in_an_hour(database_url: str) -> None:
    """No address does much, but nobody pays: the shop tightens by itself. A customer elsewhere buys."""
    presses = [pressing_pay(f"81.2.69.{number % 100}", at) for number, at in enumerate(an_hour())]
    results = run(database_url, *presses)
    most = limits.SIEGE_ORDERS + 100 * (ADDRESS.slow.most["tight"] + 1)
    assert placed(database_url) == sum(isinstance(result, Placed) for result in results) <= most
    assert isinstance(results[-1], TooOften)
    (customer,) = run(database_url, pressing_pay("92.40.0.1", NOON + HOUR))
    assert isinstance(customer, Placed)


def test_control_of_story_63_without_limits_every_attempt_is_an_order(database_url: str) -> None:
    """With the limits off more orders are placed than the two tests above allow."""
    run(database_url, *[pressing_pay("81.2.69.160", at, OFF) for at in an_hour(900)])
    assert placed(database_url) == 900 > limits.SIEGE_ORDERS + 100 * (ADDRESS.slow.most["tight"] + 1)


def test_delays_grow_and_end(database_url: str) -> None:
    """First a wait of a minute, then of an hour; whoever waits as told gets through; a day makes it whole."""
    at, waits = NOON, []
    for _ in range(80):
        (wait,) = run(database_url, attempt("81.2.69.160", at))
        if wait:
            waits.append(wait)
            at += wait
            assert run(database_url, attempt("81.2.69.160", at)) == [None]
    assert waits == sorted(waits)
    assert waits[0] <= MINUTE
    assert HOUR * 0.9 <= waits[-1] <= HOUR
    later = at + 2 * HOUR * 24
    assert run(database_url, *[attempt("81.2.69.160", later)] * 12) == [None] * 12


def test_servers_count_together(database_url: str) -> None:
    """Of fifty at the same moment as many pass as of fifty in a row."""
    waits = run(database_url, *[attempt("81.2.69.160", NOON)] * 50, at_once=True)
    assert waits.count(None) == ADDRESS.quick.most["normal"]


def test_addresses_are_counted_apart(database_url: str) -> None:
    """One address's haste is no other's; who cannot be told from others is not limited."""
    run(database_url, *[attempt("81.2.69.160", NOON)] * 20)
    assert run(database_url, attempt("81.2.69.160", NOON)) != [None]
    assert run(database_url, attempt("81.2.69.161", NOON)) == [None]
    assert run(database_url, *[attempt(None, NOON)] * 50) == [None] * 50


def test_the_switch_tightens(database_url: str) -> None:
    """With ABUSE_LIMITS=tight an address may place five orders at once, not twelve."""
    tight = factories.settings(abuse_limits="tight")
    waits = run(database_url, *[attempt("81.2.69.160", NOON, tight)] * 30)
    assert waits.count(None) == 5


def test_a_shop_that_sells_is_not_besieged(database_url: str) -> None:
    """Many new orders of which a quarter is paid are a good hour: nobody is limited more than else."""
    run(database_url, *[pressing_pay(f"92.40.{number}.1", NOON) for number in range(120)])
    besieged = run(database_url, *[attempt("81.2.69.160", NOON + MINUTE)] * 20)
    assert besieged.count(None) == ADDRESS.quick.most["tight"]
    rows(database_url, "UPDATE orders SET state = 'paid', paid_at = now() WHERE random() < 0.5")
    waits = run(database_url, *[attempt("81.2.69.161", NOON + MINUTE)] * 20)
    assert waits.count(None) == ADDRESS.quick.most["normal"]


def test_story_64_an_address_that_hoards_is_limited_more(database_url: str) -> None:
    """Who keeps fifty counted copies from others without paying gets five orders, not twelve."""
    (book,) = rows(database_url, "SELECT id FROM books WHERE slug = %s", BOOK)
    run(database_url, lambda session: stock.receive(session, book["id"], 1000))
    hoarder = run(database_url, *[pressing_pay("81.2.69.160", NOON, copies=10) for _ in range(20)])
    assert sum(isinstance(result, Placed) for result in hoarder) == 5
    modest = run(database_url, *[pressing_pay("81.2.69.161", NOON) for _ in range(20)])
    assert sum(isinstance(result, Placed) for result in modest) == 12


def test_what_has_happened_is_counted_too(database_url: str) -> None:
    """Declines are charged after the fact: beyond the eighth each is one too many, for a while."""
    charges = [
        lambda session: limits.charge(session, NORMAL, DECLINES, "an order", at=NOON) for _ in range(500)
    ]
    assert run(database_url, *charges) == [False] * 8 + [True] * 492
    (after,) = run(
        database_url, lambda session: limits.spend(session, NORMAL, DECLINES, "an order", at=NOON + 3 * HOUR)
    )
    assert after is None


def test_what_says_nothing_is_swept(database_url: str) -> None:
    """A row goes when both its buckets are empty, not before."""
    run(database_url, attempt("81.2.69.160", NOON), attempt("81.2.69.161", NOON + HOUR))
    assert run(database_url, lambda session: limits.sweep(session, at=NOON + MINUTE * 61)) == [1]
    (row,) = rows(database_url, "SELECT subject FROM spendings")
    assert row["subject"] == "81.2.69.161"
