"""The process that does what was promised: mails, refunds, and what comes round by the clock."""

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any

import prometheus_client
import structlog
from dbos import DBOS

from bookshop import telemetry, workers
from bookshop.database import TROUBLE, driver_url
from bookshop.errors import PaymentsUnavailableError
from bookshop.settings import Settings
from bookshop.stripe_calls import WORKERS_PATIENCE
from bookshop.wiring import Shop, open_shop
from bookshop.workflows import close_order, deliver_confirmation, deliver_refund_notice, refund_order
from bookshop.workflows.database_away import let_the_engine_wait
from bookshop.workflows.expire_orders import expire_orders
from bookshop.workflows.follow_returned_money import follow_returned_money
from bookshop.workflows.follow_ups import (
    APPLICATION,
    APPLICATION_VERSION,
    CLOSING_QUEUE,
    MAIL_QUEUE,
    REFUND_QUEUE,
)
from bookshop.workflows.reconcile import reconcile_by_the_clock
from bookshop.workflows.sweep_carts import sweep_carts
from bookshop.workflows.sweep_follow_ups import sweep_follow_ups
from bookshop.workflows.sweep_limits import sweep_limits
from bookshop.workflows.sweep_runs import sweep_runs
from bookshop.workflows.take_over import Watch
from bookshop.workflows.watch_clock import watching

log = structlog.get_logger()

# Seconds that running workflows get to finish when the worker is asked to stop: a mail on its way needs less,
# and one that waits for its next try would take all of them. Supervisors lose patience after ten.
GRACE = 5

# Seconds after which the worker ends however far its shutdown has come.
LAST_MOMENT = 7

# Follow-ups of a queue that a worker has in hand, most of them waiting for their next try: so many that a few
# mail servers which say "later" for days keep nobody else's mail waiting. `until_done` says how many of them
# are tried at the same time.
QUEUES = (MAIL_QUEUE, REFUND_QUEUE, CLOSING_QUEUE)
IN_HAND = 500

# Seconds between two looks into a queue. Each costs a query of every worker, at night too.
POLL = 0.5


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    telemetry.configure(settings)
    if settings.worker_metrics_port is not None:
        prometheus_client.start_http_server(settings.worker_metrics_port, addr=settings.host)
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with open_shop(settings, patience=WORKERS_PATIENCE) as shop, watching(shop):
        watch = Watch(shop, workers.name_this_process())
        stopping = asyncio.create_task(stop.wait())
        if await _unless(stopping, watch.begin()):
            await _launch(shop, watch.executor_id)
            log.info("worker ready", executor=watch.executor_id)
            await _unless(stopping, watch.keep())
            leave_within(LAST_MOMENT)
            await asyncio.to_thread(DBOS.destroy, workflow_completion_timeout_sec=GRACE)
            await watch.end()
    log.info("worker stopped")
    # All is closed and signed off. Python's own way out waits for whatever threads the engine has left, and
    # has taken more than ten seconds.
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


async def _unless(stopping: asyncio.Task[Any], work: Coroutine[Any, Any, None]) -> bool:
    """Do this work until it ends or the stop comes; says whether it ended, and raises what it raises."""
    doing = asyncio.create_task(work)
    await asyncio.wait({stopping, doing}, return_when=asyncio.FIRST_COMPLETED)
    if doing.done():
        doing.result()
        return True
    doing.cancel()
    return False


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


async def _launch(shop: Shop, executor_id: str) -> None:
    settings = shop.settings
    let_the_engine_wait()
    DBOS(
        config={
            "name": APPLICATION,
            "system_database_url": driver_url(settings.database_url.get_secret_value()).render_as_string(
                hide_password=False
            ),
            "application_version": APPLICATION_VERSION,
            "executor_id": executor_id,
            "run_migrations": False,
            "log_level": "WARNING",
            "scheduler_polling_interval_sec": 5.0,
        }
    )
    deliver_confirmation.register(shop)
    deliver_refund_notice.register(shop)
    refund_order.register(shop)
    close_order.register(shop)
    schedules = {
        "reconcile": ("*/20 * * * * *", _scheduled("reconcile", lambda: reconcile_by_the_clock(shop))),
        "expire_orders": ("* * * * *", _scheduled("expire_orders", lambda: expire_orders(shop))),
        "sweep_follow_ups": (
            "*/5 * * * *",
            _scheduled("sweep_follow_ups", lambda: sweep_follow_ups(shop)),
        ),
        "follow_returned_money": (
            "41 * * * *",
            _scheduled("follow_returned_money", lambda: follow_returned_money(shop)),
        ),
        "sweep_limits": ("29 * * * *", _scheduled("sweep_limits", lambda: sweep_limits(shop))),
        "sweep_runs": ("47 3 * * *", _scheduled("sweep_runs", lambda: sweep_runs(shop))),
        "sweep_carts": ("17 3 * * *", _scheduled("sweep_carts", lambda: sweep_carts(shop))),
    }
    # Launched on the running loop, which DBOS then runs workflows on: the shop's connections belong to it.
    DBOS.launch()
    for queue in QUEUES:
        await DBOS.register_queue_async(
            queue, worker_concurrency=IN_HAND, polling_interval_sec=POLL, on_conflict="always_update"
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
        try:
            await work()
        except (*TROUBLE, PaymentsUnavailableError) as error:
            # It passes, and the schedule comes round again.
            log.warning("scheduled work waits", name=name, error=type(error).__name__)
        except Exception:
            log.exception("scheduled work failed", name=name)
            raise

    @DBOS.workflow(name=name)
    async def workflow(_scheduled: datetime, _context: Any) -> None:
        await step()

    return workflow
