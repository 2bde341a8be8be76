"""What a dead worker had begun, carried on by a living one; and what a living one has lost sight of."""

import asyncio
import time

import sqlalchemy as sa
import structlog
from dbos import DBOS
from dbos._dbos import _get_dbos_instance
from dbos._utils import INTERNAL_QUEUE_NAME
from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import telemetry, workers
from bookshop.database import TROUBLE
from bookshop.wiring import Shop

log = structlog.get_logger()

# One living worker at a time looks after the dead; the others need not ask about the same rows.
ADVISORY_LOCK = 6_021_024

workflow_status = sa.table(
    "workflow_status",
    *(sa.column(name) for name in ("workflow_uuid", "status", "executor_id", "owner_xid")),
    schema="dbos",
)


class Watch:
    """One worker's view of the others and of itself; `keep` runs for as long as the worker does."""

    def __init__(self, shop: Shop, executor_id: str) -> None:
        self._shop = shop
        self.executor_id = executor_id
        self._beaten_at = time.monotonic()
        self._trusts_its_ears_at = 0.0
        self._out_of_sight: set[tuple[str, str | None]] = set()

    async def begin(self) -> None:
        """The first sign of life, waited for: a worker that nobody knows of would be taken for dead."""
        heard = await self._beat()
        while not heard:
            await asyncio.sleep(workers.BEAT)
            heard = await self._beat()

    async def keep(self) -> None:
        """Give signs of life and look after the work of those who give none."""
        await asyncio.gather(self._keep_beating(), self._keep_looking())

    async def end(self) -> None:
        """Sign off, so that what this worker leaves is carried on at once."""
        try:
            async with self._shop.sessions.begin() as session:
                await workers.leave(session, self.executor_id)
        except TROUBLE:
            log.warning("a worker could not sign off", executor=self.executor_id)

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(workers.BEAT)
            await self._beat()

    async def _beat(self) -> bool:
        try:
            async with self._shop.sessions.begin() as session:
                await workers.beat(session, self.executor_id)
        except TROUBLE as error:
            log.warning("no sign of life could be given", error=type(error).__name__)
            return False
        now = time.monotonic()
        if now - self._beaten_at > 2 * workers.BEAT:
            # The database was away, or this process stood still: the others may have had the same trouble,
            # and have to be given time to be heard again.
            self._trusts_its_ears_at = now + workers.SILENCE.total_seconds()
        self._beaten_at = now
        return True

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(workers.BEAT)
            try:
                if time.monotonic() >= self._trusts_its_ears_at:
                    await take_over(self._shop)
                await self._take_up_again()
            except TROUBLE as error:
                log.warning("the dead could not be looked after", error=type(error).__name__)

    async def _take_up_again(self) -> None:
        """Queue again what this worker claimed and then lost sight of, seen so in two looks.

        The engine claims a workflow in one transaction and starts it after reading it again; a database that
        goes away between the two leaves it claimed by a living worker, for ever.
        """
        engine = _get_dbos_instance()
        async with self._shop.sessions() as session:
            claimed = await _claimed_by(session, self.executor_id)
        # Asked after the claims: what starts in between is at work by now.
        at_work = set(engine._active_workflows_set.activeList())  # noqa: SLF001 (the engine shows it nowhere)
        lost = {(workflow_id, owner) for workflow_id, owner in claimed if workflow_id not in at_work}
        for workflow_id, _ in lost & self._out_of_sight:
            log.warning("lost workflow queued again", workflow=workflow_id)
            await asyncio.to_thread(
                engine._sys_db.reenqueue_for_recovery,  # noqa: SLF001 (what DBOS does at its start)
                workflow_id,
                [self.executor_id],
                INTERNAL_QUEUE_NAME,
            )
            telemetry.workflows_taken_over.inc()
        self._out_of_sight = lost


async def take_over(shop: Shop) -> list[str]:
    """Queue again what workers had begun that give no sign of life any more; the value is their names.

    Safe to run anywhere at any time: a workflow changes hands by one guarded statement, and who has lost it
    can write nothing more about it.
    """
    async with shop.sessions.begin() as session:
        if not await session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(ADVISORY_LOCK))):
            return []
        dead = await _dead(session)
        if dead:
            taken = await asyncio.to_thread(
                DBOS._recover_pending_workflows,  # noqa: SLF001 (public only in DBOS's paid conductor)
                dead,
            )
            # Work of another application version stays where it is, and is no news every few seconds.
            if taken:
                telemetry.workflows_taken_over.inc(len(taken))
                log.warning("work of dead workers taken over", workers=dead, workflows=len(taken))
        await workers.forget(session)
    return dead


async def _dead(session: AsyncSession) -> list[str]:
    unfinished = workflow_status.c.status == "PENDING"
    found = await session.scalars(
        sa.select(workflow_status.c.executor_id)
        .distinct()
        .where(unfinished, workflow_status.c.executor_id.not_in(workers.living()))
    )
    return list(found)


async def _claimed_by(session: AsyncSession, executor_id: str) -> list[tuple[str, str | None]]:
    found = await session.execute(
        sa.select(workflow_status.c.workflow_uuid, workflow_status.c.owner_xid).where(
            workflow_status.c.status == "PENDING", workflow_status.c.executor_id == executor_id
        )
    )
    return [(row.workflow_uuid, row.owner_xid) for row in found]
