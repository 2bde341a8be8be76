"""The follow-ups as whoever keeps the shop sees them: what waits, what failed, and how that begins again."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from dbos import DBOSClient, WorkflowStatus
from dbos import error as engine_errors
from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import workers
from bookshop.database import driver_url
from bookshop.workflows.follow_ups import APPLICATION

# The engine's words. Nothing happens to the failed ones until somebody restarts them.
FAILED = ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
WAITING = ("PENDING", "ENQUEUED", "DELAYED")

# As many as somebody reads.
SHOWN = 200

workflow_status = sa.table(
    "workflow_status",
    *(sa.column(name) for name in ("workflow_uuid", "name", "status", "schedule_name")),
    sa.column("created_at", sa.BigInteger),
    schema="dbos",
)


@dataclass(frozen=True, slots=True)
class Count:
    """So many workflows of one name are in one state; the first was asked for `oldest` seconds ago."""

    name: str
    state: str
    workflows: int
    oldest: float


@dataclass(frozen=True, slots=True)
class Entry:
    """A workflow; `error` is the first line of what ended it, empty for one that has not ended."""

    id: str
    name: str
    state: str
    asked_for_at: datetime
    error: str


class NotRestartedError(Exception):
    """There is no failed workflow of this id."""


async def count(session: AsyncSession) -> list[Count]:
    """What waits and what failed, for measures; cheap, and without the runs of a schedule that ran since."""
    age = sa.func.extract("epoch", sa.func.now()) - sa.func.min(workflow_status.c.created_at) / 1000
    found = await session.execute(
        sa.select(workflow_status.c.name, workflow_status.c.status, sa.func.count(), age)
        .where(sa.or_(workflow_status.c.status.in_(WAITING), _failed_and_not_made_up_for()))
        .group_by(workflow_status.c.name, workflow_status.c.status)
    )
    return [Count(name, status, number, float(oldest)) for name, status, number, oldest in found]


async def count_workers(session: AsyncSession) -> int:
    """How many workers live."""
    return await session.scalar(sa.select(sa.func.count()).select_from(workers.living().subquery())) or 0


async def failed_ids(session: AsyncSession) -> list[str]:
    """The ids of the failed workflows, oldest first, without the runs of a schedule that ran since."""
    query = sa.select(workflow_status.c.workflow_uuid).where(_failed_and_not_made_up_for())
    return list(await session.scalars(query.order_by(workflow_status.c.created_at)))


def _failed_and_not_made_up_for() -> sa.ColumnElement[bool]:
    since = workflow_status.alias("since")
    made_up_for = sa.exists().where(
        since.c.schedule_name == workflow_status.c.schedule_name,
        since.c.status == "SUCCESS",
        since.c.created_at > workflow_status.c.created_at,
    )
    return sa.and_(workflow_status.c.status.in_(FAILED), ~made_up_for)


class Engine:
    """The engine's books, for reading and for restarting; no workflow runs in here."""

    def __init__(self, client: DBOSClient) -> None:
        self._client = client

    async def waiting(self) -> list[Entry]:
        """The oldest that wait for their turn, their next try or their end."""
        found = await self._client.list_workflows_async(
            status=list(WAITING), limit=SHOWN, load_input=False, load_output=False
        )
        return [_entry(status) for status in found]

    async def failed(self, ids: Sequence[str]) -> list[Entry]:
        """The first of these, with what ended them."""
        if not ids:
            return []
        found = await self._client.list_workflows_async(workflow_ids=list(ids[:SHOWN]), load_input=False)
        return [_entry(status) for status in found]

    async def restart(self, workflow_id: str) -> None:
        """Let a workflow that failed begin again, under its own id: its steps are safe to repeat.

        Raises:
            NotRestartedError: it is unknown, still under way, or succeeded.
        """
        [*found] = await self._client.list_workflows_async(
            workflow_ids=[workflow_id], load_input=False, load_output=False
        )
        if not found or found[0].status not in FAILED:
            raise NotRestartedError(f"{workflow_id} is {found[0].status if found else 'unknown'}, not failed")
        try:
            await self._client.rewind_workflow_async(workflow_id, queue_name=found[0].queue_name)
        except engine_errors.DBOSException as error:
            raise NotRestartedError(f"{workflow_id} was restarted by somebody else") from error


@contextmanager
def open_engine(database_url: str) -> Iterator[Engine]:
    """The engine behind a database, for a command."""
    client = DBOSClient(
        system_database_url=driver_url(database_url).render_as_string(hide_password=False),
        application_name=APPLICATION,
        lazy=True,
    )
    try:
        yield Engine(client)
    finally:
        client.destroy()


def _entry(status: WorkflowStatus) -> Entry:
    error = status.error
    lines = str(error).strip().splitlines() if error is not None else []
    return Entry(
        id=status.workflow_id,
        name=status.name,
        state=status.status,
        asked_for_at=datetime.fromtimestamp((status.created_at or 0) / 1000, UTC),
        error=f"{type(error).__name__}: {lines[0] if lines else ''}" if error is not None else "",
    )
