"""What a running shop holds, opened once a process and passed to whoever needs it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from bookshop import database, stripe_calls
from bookshop.database import Sessions, Turns
from bookshop.settings import Settings
from bookshop.stripe_calls import CUSTOMERS_PATIENCE, StripeConnection
from bookshop.workflows.follow_ups import FollowUps

# Transactions of checkouts that run at the same time in one process. More are not faster, because one
# processor runs them all; and the pages of those who still choose would wait behind each.
CHECKOUTS_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Shop:
    """The settings and the open connections of one process."""

    settings: Settings
    engine: AsyncEngine
    sessions: Sessions
    stripe: StripeConnection
    follow_ups: FollowUps
    checkouts: Turns


@asynccontextmanager
async def open_shop(settings: Settings, *, patience: float = CUSTOMERS_PATIENCE) -> AsyncIterator[Shop]:
    """Open everything; connections are made on first use, so a start does not wait for the database.

    `patience` is how many seconds a call may wait for Stripe to have room for it.
    """
    engine = database.connect(settings.database_url.get_secret_value())
    stripe = stripe_calls.connect(settings, patience=patience)
    follow_ups = FollowUps(settings.database_url.get_secret_value())
    try:
        sessions = database.sessions(engine)
        yield Shop(settings, engine, sessions, stripe, follow_ups, Turns(CHECKOUTS_AT_ONCE))
    finally:
        follow_ups.close()
        await stripe.close()
        await engine.dispose()
