"""What the limits no longer need to know, forgotten."""

from datetime import timedelta

import structlog

from bookshop import limits, orders
from bookshop.database import now
from bookshop.wiring import Shop

log = structlog.get_logger()

# How long an order remembers where it was placed from: longer than any allowance takes to be whole again.
ORIGIN_KEPT = timedelta(days=2)


async def sweep_limits(shop: Shop) -> int:
    """Delete what limits nobody any more, and forget where older orders came from; the number of rows."""
    at = now()
    async with shop.sessions.begin() as session:
        swept = await limits.sweep(session, at=at)
        forgotten = await orders.forget_origins(session, placed_before=at - ORIGIN_KEPT)
    log.info("limits swept", allowances=swept, origins=forgotten)
    return swept + forgotten
