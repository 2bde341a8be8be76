"""Which workers live: each writes down every few seconds that it does, and one that stops is missed."""

import os
import secrets
import socket
from datetime import datetime, timedelta
from importlib.metadata import version

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bookshop.database import Table

# Seconds between two signs of life.
BEAT = 3.0

# A worker that gave no sign for so long counts as dead, and its work is taken over. Longer than a slow disk,
# a garbage collection or a database that changes over; short, because a customer waits for a mail meanwhile.
# Too short would do no harm but work: the engine lets nobody write whose work was taken over.
SILENCE = timedelta(seconds=20)

# What is left of a dead worker is of interest for a day, to whoever looks why it died.
REMEMBERED_FOR = timedelta(days=1)


class Worker(Table):
    """A worker process, by the database's clock alone: workers' clocks may differ."""

    __tablename__ = "workers"

    executor_id: Mapped[str] = mapped_column(primary_key=True)
    release: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    seen_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())


def name_this_process() -> str:
    """A name that no process ever had: in a container host and process id come again with each start."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


async def beat(session: AsyncSession, executor_id: str) -> None:
    """Give a sign of life."""
    await session.execute(
        insert(Worker)
        .values(executor_id=executor_id, release=version("bookshop"))
        .on_conflict_do_update(index_elements=[Worker.executor_id], set_={"seen_at": sa.func.now()})
    )


async def leave(session: AsyncSession, executor_id: str) -> None:
    """Say that this worker has ended, so that others need not wait before they take over what it left."""
    await session.execute(sa.delete(Worker).where(Worker.executor_id == executor_id))


async def forget(session: AsyncSession) -> None:
    """Strike out workers that died long ago."""
    await session.execute(sa.delete(Worker).where(Worker.seen_at < sa.func.now() - REMEMBERED_FOR))


def living() -> sa.Select[str]:
    """The names of the workers that gave a sign of life lately."""
    return sa.select(Worker.executor_id).where(Worker.seen_at > sa.func.now() - SILENCE)
