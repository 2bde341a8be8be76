"""This machine's clock beside Stripe's: signatures of webhooks are refused when the two are minutes apart."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog

from bookshop import listings, telemetry
from bookshop.database import now
from bookshop.errors import PaymentsUnavailableError
from bookshop.wiring import Shop

log = structlog.get_logger()

# Seconds apart that are an alarm: webhooks of a clock five minutes off are all refused, and long before that
# the times in mails and invoices are wrong.
ALARM = 60

# Seconds between two looks.
SELDOM = 3600


@asynccontextmanager
async def watching(shop: Shop) -> AsyncIterator[None]:
    """Look at the clock now and every hour, beside whatever is done meanwhile."""
    task = asyncio.create_task(_watch(shop))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def check_clock(shop: Shop) -> float:
    """Seconds that this machine's clock is ahead of Stripe's; kept as a metric, and an alarm beyond ALARM.

    Raises:
        PaymentsUnavailableError: Stripe does not answer.
    """
    before = now()
    theirs = await listings.moment(shop.stripe)
    ahead = (before + (now() - before) / 2 - theirs).total_seconds()
    telemetry.clock_ahead.set(ahead)
    if abs(ahead) > ALARM:
        log.error("this machine's clock is wrong", seconds_ahead_of_stripe=round(ahead))
    return ahead


async def _watch(shop: Shop) -> None:
    while True:
        try:
            await check_clock(shop)
        except PaymentsUnavailableError:
            log.warning("stripe did not tell the time")
        except Exception:
            # Nobody waits for this task: what ends it would be seen by no one.
            log.exception("the clock could not be checked")
        await asyncio.sleep(SELDOM)
