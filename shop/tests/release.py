"""A worker of one release or another of a made-up follow-up: `python -m release RELEASE [STEP]`.

    first     pack, label, send
    second    pack, weigh, label, send, with a patch around the new step
    careless  the same without the patch
    patient   the shop's own confirmation mails, with ten minutes for a try
    clock     none of these: notes every second, on a schedule, which worker had the run

STEP is one that this process never ends, as if it waited for another machine: there it can be killed. Which
steps were done is in the table `parcels`. VERSION is what the engine takes for the application's version.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, ScheduleInput

from bookshop import settings as shop_settings
from bookshop import workers
from bookshop.database import driver_url
from bookshop.wiring import Shop, open_shop
from bookshop.workflows import deliver_confirmation
from bookshop.workflows.follow_ups import APPLICATION, MAIL_QUEUE
from bookshop.workflows.take_over import Watch

WORKFLOW = "ship_parcel"
QUEUE = "parcels"


def register(shop: Shop, release: str, endless: str | None) -> None:
    def step(name: str) -> Callable[[str], Awaitable[None]]:
        @DBOS.step(name=name)
        async def do(parcel: str) -> None:
            if name == endless:
                await asyncio.Event().wait()
            async with shop.sessions.begin() as session:
                await session.execute(
                    sa.text("INSERT INTO parcels (parcel, step) VALUES (:parcel, :step)"),
                    {"parcel": parcel, "step": name},
                )

        return do

    pack, weigh, label, send = map(step, ("pack", "weigh", "label", "send"))

    @DBOS.workflow(name=WORKFLOW)
    async def ship_parcel(parcel: str) -> None:
        await pack(parcel)
        if release == "careless" or (release == "second" and await DBOS.patch_async("weigh")):
            await weigh(parcel)
        await label(parcel)
        await send(parcel)


def register_clock(shop: Shop) -> ScheduleInput:
    @DBOS.step(name="note")
    async def note(second: str) -> None:
        async with shop.sessions.begin() as session:
            await session.execute(
                sa.text("INSERT INTO parcels (parcel, step) VALUES (:second, :worker)"),
                {"second": second, "worker": str(os.getpid())},
            )

    @DBOS.workflow(name="clock")
    async def clock(scheduled: datetime, _context: Any) -> None:
        await note(scheduled.isoformat())

    return {"schedule_name": "clock", "workflow_fn": clock, "schedule": "* * * * * *", "context": None}


async def work(release: str, endless: str | None) -> None:
    settings = shop_settings.load()
    name = workers.name_this_process()
    async with open_shop(settings) as shop:
        watch = Watch(shop, name)
        await watch.begin()
        DBOS(
            config={
                "name": APPLICATION,
                "system_database_url": driver_url(settings.database_url.get_secret_value()).render_as_string(
                    hide_password=False
                ),
                "application_version": os.environ["VERSION"],
                "executor_id": name,
                "run_migrations": False,
            }
        )
        if release == "patient":
            deliver_confirmation.register(shop, limit=600)
        register(shop, release, endless)
        schedules = [register_clock(shop)] if release == "clock" else []
        DBOS.launch()
        for queue in (QUEUE, MAIL_QUEUE):
            await DBOS.register_queue_async(queue, polling_interval_sec=0.2, on_conflict="always_update")
        await DBOS.apply_schedules_async(schedules)
        await watch.keep()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None))
