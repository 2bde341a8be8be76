"""The one PostgreSQL: its URL, engine, sessions and the base of every table."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

if TYPE_CHECKING:
    from alembic.config import Config

# Connections of one process at most. They stay open: SQLAlchemy closes one beyond `pool_size` as soon as it
# comes back, and a new one costs PostgreSQL more than what most transactions ask of it.
CONNECTIONS = 20

# Seconds for a connection to come free, or to come about.
PATIENCE = 5

# Seconds without work after which a pooled connection is asked whether it is alive.
RESTED = 1.0

type_map: dict[object, object] = {datetime: sa.DateTime(timezone=True)}

# What a database that is away, restarts or has no connection to give raises on use. It passes by itself.
TROUBLE = (DBAPIError, PoolTimeoutError, OSError)

Sessions = async_sessionmaker[AsyncSession]


class Table(DeclarativeBase):
    """The base of every table: named constraints, so that migrations can name them too.

    What every order and every webhook asks of PostgreSQL is a statement that its module builds once, and an
    insert is one into `__table__`: building a statement anew takes SQLAlchemy as long as PostgreSQL's answer
    does, and its unit of work twice that (docs/performance.md).
    """

    __table__: ClassVar[sa.Table]

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = type_map


def now() -> datetime:
    """This moment in UTC."""
    return datetime.now(UTC)


def driver_url(url: str) -> sa.URL:
    """A PostgreSQL URL in any usual spelling (`postgres://`, `postgresql://`), with psycopg 3 as driver."""
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    return sa.make_url(url).set(drivername="postgresql+psycopg")


def connect(url: str) -> AsyncEngine:
    """An engine whose every connection gives up a statement or a lock that takes too long.

    Raises later, on use: sqlalchemy.exc.OperationalError when the database does not answer within 5 s.
    """
    engine = create_async_engine(
        driver_url(url),
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=PATIENCE,
        connect_args={
            "connect_timeout": PATIENCE,
            "options": "-c statement_timeout=10s -c lock_timeout=5s -c timezone=UTC",
        },
    )
    _ping_after_rest(engine.sync_engine)
    return engine


def _ping_after_rest(engine: sa.Engine) -> None:
    """Ask a pooled connection whether it is alive when it has rested, not each time.

    A server that went away breaks one request at most: SQLAlchemy then drops every older connection.
    `pool_pre_ping` would ask before each transaction, which took a tenth of a webhook's time.
    """

    @sa.event.listens_for(engine, "checkin")
    def note(_connection: object, record: Any) -> None:
        record.info["rested_since"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _proxy: object) -> None:
        rested_since = record.info.get("rested_since")
        if rested_since is None or time.monotonic() - rested_since < RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.dbapi.Error as error:  # type: ignore[union-attr]
            raise sa.exc.DisconnectionError("a pooled connection did not survive its rest") from error


class Turns:
    """Lets a few of a crowd's transactions run at once, in the order in which they came.

    What waits in line holds no connection, and so leaves them to whoever asks for something else meanwhile.
    """

    def __init__(self, at_once: int) -> None:
        self._free = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
        """Wait for a turn, and keep it; raises sqlalchemy.exc.TimeoutError as an empty pool does."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._free.acquire()
        except TimeoutError as error:
            raise PoolTimeoutError("no turn came up in time") from error
        try:
            yield
        finally:
            self._free.release()


def sessions(engine: AsyncEngine) -> Sessions:
    """Sessions for `async with sessions.begin() as session:`, the edge where everything is committed."""
    return async_sessionmaker(engine, expire_on_commit=False)


def migrate(url: str, *, report: Callable[[str], None] = print) -> None:
    """Bring the shop's and the workflow engine's tables to this release; safe to repeat and to race."""
    from alembic import command  # noqa: PLC0415  the same
    from dbos import DBOS  # noqa: PLC0415  a second that only this command pays

    command.upgrade(alembic_config(url, report=report), "head")
    DBOS.migrate(driver_url(url).render_as_string(hide_password=False))


def alembic_config(url: str, *, report: Callable[[str], None] = print) -> "Config":
    """Alembic's settings, without a file: `migrations/env.py` reads the URL from here."""
    from alembic.config import Config  # noqa: PLC0415  see above

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.print_stdout = report  # type: ignore[method-assign,assignment]
    config.attributes["url"] = driver_url(url)
    return config
