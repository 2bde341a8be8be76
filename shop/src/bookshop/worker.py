"""The process that does what was promised: mails, the reconciler every minute, and old carts every night."""

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any

import structlog
from dbos import DBOS

from bookshop import telemetry
from bookshop.database import driver_url
from bookshop.settings import Settings
from bookshop.wiring import Shop, open_shop
from bookshop.workflows import deliver_confirmation, refund_order
from bookshop.workflows.follow_ups import APPLICATION, APPLICATION_VERSION, MAIL_QUEUE, REFUND_QUEUE
from bookshop.workflows.reconcile import reconcile
from bookshop.workflows.sweep_carts import sweep_carts

log = structlog.get_logger()

# Seconds that running workflows get to finish when the worker is asked to stop: a mail on its way needs less,
# and one that waits for its next try would take all of them. Supervisors lose patience after ten.
GRACE = 5

# Seconds after which the worker ends however far its shutdown has come.
LAST_MOMENT = 8

# How many follow-ups of a queue one worker carries at once.
QUEUES = {MAIL_QUEUE: 8, REFUND_QUEUE: 4}


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    telemetry.configure(settings)
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with open_shop(settings) as shop:
        await _launch(shop)
        log.info("worker ready", executor=settings.worker_id)
        await stop.wait()
        leave_within(LAST_MOMENT)
        await asyncio.to_thread(DBOS.destroy, workflow_completion_timeout_sec=GRACE)
    log.info("worker stopped")


def leave_within(seconds: float) -> None:
    """End this process after `seconds`, whatever still runs in it.

    DBOS waits up to ten seconds for each of its threads, and a workflow that began in the moment of the
    shutdown can hold one for ever. What such a workflow has not done yet, the next start does.
    """

    def leave() -> None:
        log.warning("worker left with work under way", seconds=seconds)
        os._exit(0)

    timer = threading.Timer(seconds, leave)
    timer.daemon = True
    timer.start()


async def _launch(shop: Shop) -> None:
    settings = shop.settings
    DBOS(
        config={
            "name": APPLICATION,
            "system_database_url": driver_url(settings.database_url.get_secret_value()).render_as_string(
                hide_password=False
            ),
            "application_version": APPLICATION_VERSION,
            "executor_id": settings.worker_id,
            "run_migrations": False,
            "log_level": "WARNING",
            "scheduler_polling_interval_sec": 5.0,
        }
    )
    deliver_confirmation.register(shop)
    refund_order.register(shop)
    schedules = {
        "reconcile": ("* * * * *", _scheduled("reconcile", lambda: reconcile(shop))),
        "sweep_carts": ("17 3 * * *", _scheduled("sweep_carts", lambda: sweep_carts(shop))),
    }
    # Launched on the running loop, which DBOS then runs workflows on: the shop's connections belong to it.
    DBOS.launch()
    for queue, concurrency in QUEUES.items():
        await DBOS.register_queue_async(
            queue, worker_concurrency=concurrency, polling_interval_sec=0.2, on_conflict="always_update"
        )
    await DBOS.apply_schedules_async(
        [
            {"schedule_name": name, "workflow_fn": workflow, "schedule": when, "context": None}
            for name, (when, workflow) in schedules.items()
        ]
    )


def _scheduled(
    name: str, work: Callable[[], Awaitable[object]]
) -> Callable[[datetime, Any], Coroutine[Any, Any, None]]:
    """A workflow of one step, which does this work."""

    @DBOS.step(name=name)
    async def step() -> None:
        await work()

    @DBOS.workflow(name=name)
    async def workflow(_scheduled: datetime, _context: Any) -> None:
        await step()

    return workflow
