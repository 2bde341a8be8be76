"""What a running shop holds, opened once a process and passed to whoever needs it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from bookshop import database, payments
from bookshop.database import Sessions
from bookshop.payments import StripeConnection
from bookshop.settings import Settings
from bookshop.workflows.follow_ups import FollowUps


@dataclass(frozen=True, slots=True)
class Shop:
    """The settings and the open connections of one process."""

    settings: Settings
    engine: AsyncEngine
    sessions: Sessions
    stripe: StripeConnection
    follow_ups: FollowUps


@asynccontextmanager
async def open_shop(settings: Settings) -> AsyncIterator[Shop]:
    """Open everything; connections are made on first use, so a start does not wait for the database."""
    engine = database.connect(settings.database_url.get_secret_value())
    stripe = payments.connect(settings)
    follow_ups = FollowUps(settings.database_url.get_secret_value())
    try:
        yield Shop(settings, engine, database.sessions(engine), stripe, follow_ups)
    finally:
        follow_ups.close()
        await stripe.close()
        await engine.dispose()
