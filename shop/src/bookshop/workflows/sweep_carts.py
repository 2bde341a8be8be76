"""Carts that were left behind, thrown away after a year."""

from datetime import timedelta

import structlog

from bookshop import carts, orders
from bookshop.database import now
from bookshop.wiring import Shop

log = structlog.get_logger()

KEPT_FOR = timedelta(days=365)


async def sweep_carts(shop: Shop) -> int:
    """Delete carts that nobody has touched for a year, and say how many; safe to repeat at any time.

    One whose order is not settled stays, because settling takes the order's books out of it.
    """
    async with shop.sessions.begin() as session:
        swept = await carts.discard(session, untouched_since=now() - KEPT_FOR, keep=orders.carts_in_use())
    log.info("carts swept", carts=swept)
    return swept
