"""The past runs of schedules, thrown away after a week: one a minute is half a million rows a year."""

from datetime import timedelta

import sqlalchemy as sa
import structlog

from bookshop.database import now
from bookshop.wiring import Shop

log = structlog.get_logger()

# Long enough to look why last weekend's failed.
KEPT_FOR = timedelta(days=7)

BATCH = 1000

workflow_status = sa.table(
    "workflow_status",
    *(sa.column(name) for name in ("workflow_uuid", "status", "schedule_name", "created_at")),
    schema="dbos",
)


async def sweep_runs(shop: Shop) -> int:
    """Delete scheduled runs that ended more than a week ago, and say how many; safe to repeat at any time.

    Follow-ups stay: that one exists is how asking twice is asking once.
    """
    before = int((now() - KEPT_FOR).timestamp() * 1000)
    past = (
        sa.select(workflow_status.c.workflow_uuid)
        .where(workflow_status.c.schedule_name.is_not(None), workflow_status.c.created_at < before)
        .where(workflow_status.c.status.in_(("SUCCESS", "ERROR", "CANCELLED")))
        .limit(BATCH)
    )
    swept = 0
    while True:
        async with shop.sessions() as session:
            ids = list(await session.scalars(past))
        if not ids:
            break
        await shop.follow_ups.forget(ids)
        swept += len(ids)
    log.info("past runs swept", runs=swept)
    return swept
