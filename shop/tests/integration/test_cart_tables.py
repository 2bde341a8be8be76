"""What the functions of carts.py make of the tables, on PostgreSQL and with others at the same time."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TypeVar

import sqlalchemy as sa

from bookshop import carts, database, orders
from bookshop.carts import Cart, CartLine, Refusal
from bookshop.database import Sessions, now
from bookshop.orders import Order, State

T = TypeVar("T")
Story = Callable[[Sessions], Awaitable[T]]


def tell(database_url: str, story: Story[T]) -> T:
    """Run a story with sessions on this database."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Sessions]:
        engine = database.connect(database_url)
        yield database.sessions(engine)
        await engine.dispose()

    async def run() -> T:
        async with opened() as sessions:
            return await story(sessions)

    return asyncio.run(run())


async def filled(sessions: Sessions, **copies: int) -> tuple[Cart, dict[int, int]]:
    """A cart with so many copies of the first, second and third book, and what it holds."""
    async with sessions.begin() as session:
        token = None
        for name, quantity in copies.items():
            token = (await carts.add(session, token, BOOKS[name], quantity)).token
        cart = await carts.find(session, token)
        assert cart is not None
    return cart, await held(sessions, cart.id)


BOOKS = {"first": 1, "second": 2, "third": 3}


async def held(sessions: Sessions, cart_id: uuid.UUID) -> dict[int, int]:
    async with sessions() as session:
        query = sa.select(CartLine).where(CartLine.cart_id == cart_id)
        return {line.book_id: line.quantity for line in await session.scalars(query)}


def test_what_was_bought_leaves_the_cart_and_no_more(database_url: str) -> None:
    """Fewer stay, as many or more take the line out, other books and other carts are left alone."""

    async def story(sessions: Sessions) -> None:
        cart, _ = await filled(sessions, first=5, second=2, third=1)
        other, before = await filled(sessions, first=5)
        async with sessions.begin() as session:
            await carts.take_out(session, cart.id, {1: 3, 2: 7, 4711: 1})
        assert await held(sessions, cart.id) == {1: 2, 3: 1}
        assert await held(sessions, other.id) == before

    tell(database_url, story)


def test_adding_while_the_bought_leaves(database_url: str) -> None:
    """Ten copies are added while five orders of two are paid: whatever comes first, ten are left."""

    async def story(sessions: Sessions) -> None:
        cart, _ = await filled(sessions, first=10)

        async def add() -> None:
            async with sessions.begin() as session:
                await carts.add(session, cart.token, 1, 2)

        async def buy() -> None:
            async with sessions.begin() as session:
                await carts.take_out(session, cart.id, {1: 2})

        await asyncio.gather(*[add() for _ in range(5)], *[buy() for _ in range(5)])
        assert await held(sessions, cart.id) == {1: 10}

    tell(database_url, story)


def test_a_cart_is_counted_in_copies(database_url: str) -> None:
    """All copies of all books; nothing for no cart."""

    async def story(sessions: Sessions) -> None:
        cart, _ = await filled(sessions, first=5, second=2)
        async with sessions() as session:
            assert await carts.count(session, cart.token) == 7
            assert await carts.count(session, None) == 0
            assert await carts.count(session, "x" * 22) == 0

    tell(database_url, story)


def test_a_change_of_what_is_not_there_is_refused(database_url: str) -> None:
    """Neither a cart nor a line comes into being by changing it."""

    async def story(sessions: Sessions) -> None:
        cart, before = await filled(sessions, first=5)
        async with sessions.begin() as session:
            assert await carts.change(session, cart.token, 2, 3) is Refusal.GONE
            assert await carts.change(session, "x" * 22, 1, 3) is Refusal.GONE
            assert await carts.change(session, cart.token, 2, 0) is None
        assert await held(sessions, cart.id) == before

    tell(database_url, story)


def test_old_carts_are_thrown_away(database_url: str) -> None:
    """Untouched for too long: gone with its lines, and its settled order stays without it.

    One that was touched since, and one whose order may still be paid, are kept.
    """

    async def story(sessions: Sessions) -> None:
        names = ["old", "old and paid", "old and waiting", "young"]
        found = {name: (await filled(sessions, first=1))[0] for name in names}
        async with sessions.begin() as session:
            for name, state in [("old and paid", State.PAID), ("old and waiting", State.AWAITING_PAYMENT)]:
                order = Order(
                    checkout_key=name,
                    email="a@example.com",
                    currency="sgd",
                    total=1,
                    state=state,
                    cart_id=found[name].id,
                )
                session.add(order)
            for name in names[:3]:
                cart = await session.get_one(Cart, found[name].id)
                cart.changed_at = now() - timedelta(days=200)
        async with sessions.begin() as session:
            keep = orders.carts_in_use()
            assert await carts.discard(session, untouched_since=now() - timedelta(days=180), keep=keep) == 2
        async with sessions() as session:
            kept = set(await session.scalars(sa.select(Cart.id)))
            assert kept == {found["old and waiting"].id, found["young"].id}
            assert set(await session.scalars(sa.select(CartLine.cart_id))) == kept
            paid = await session.scalar(sa.select(Order).where(Order.checkout_key == "old and paid"))
            assert paid is not None
            assert paid.cart_id is None

    tell(database_url, story)
