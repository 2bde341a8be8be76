"""A walk over many orders that asks Stripe about each: several at a time, whatever becomes of one of them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import orders
from bookshop.errors import PaymentsUnavailableError
from bookshop.orders import Order
from bookshop.stripe_calls import RejectedError
from bookshop.wiring import Shop

log = structlog.get_logger()

# Calls at the same time: Stripe allows 25 a second in test mode and 100 live (docs.stripe.com/rate-limits),
# and customers need most of them.
WIDTH = 8

# Orders to a batch. When Stripe answers for none of them the walk ends: the next one tries again.
BATCH = 40

# What is said of an order when Stripe gave no usable answer.
SILENT = "not answered by Stripe"
# What is said of an order whose payment Stripe does not know, such as one of another account.
REJECTED = "refused by Stripe"

T = TypeVar("T")
R = TypeVar("R")


async def walk(
    shop: Shop,
    find: Callable[[AsyncSession], Awaitable[list[Order]]],
    act: Callable[[Order], Awaitable[str]],
) -> Counter[str]:
    """Let `act` do its work on all that `find` gives, batch after batch; its words for it, counted.

    `find` leaves out the orders that Stripe was asked about since the walk began (`open_orders.py`).
    """
    told: Counter[str] = Counter()
    while True:
        async with shop.sessions.begin() as session:
            batch = await find(session)
            await orders.note_asked(session, *[order.id for order in batch])
        words = await abreast(batch, lambda order: _acted(order, act))
        told.update(words)
        if words.count(SILENT) == len(batch):
            return told


async def abreast(subjects: Sequence[T], act: Callable[[T], Awaitable[R]]) -> list[R]:
    """What `act` gives for each, in the same order, with no more than WIDTH of them under way at once."""
    room = asyncio.Semaphore(WIDTH)

    async def one(subject: T) -> R:
        async with room:
            return await act(subject)

    tasks = [asyncio.ensure_future(one(subject)) for subject in subjects]
    try:
        # Not a TaskGroup: callers know what may be raised, and not a group of it.
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def alone(shop: Shop, name: str) -> AsyncIterator[bool]:
    """Whether nobody else, in any process, is in here under this name; given back however it ends.

    It saves calls to Stripe. Nothing may need it to be right: a database that restarts forgets it.
    """
    key = sa.func.hashtextextended(name, 0)
    async with shop.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        is_alone = bool(await connection.scalar(sa.select(sa.func.pg_try_advisory_lock(key))))
        try:
            yield is_alone
        finally:
            if is_alone:
                await connection.execute(sa.select(sa.func.pg_advisory_unlock(key)))


async def _acted(order: Order, act: Callable[[Order], Awaitable[str]]) -> str:
    try:
        return await act(order)
    except RejectedError as error:
        log.error("stripe tells nothing about an order", order=str(order.id), reason=str(error))  # noqa: TRY400
        return REJECTED
    except PaymentsUnavailableError:
        log.warning("stripe gave no answer about an order", order=str(order.id))
        return SILENT
