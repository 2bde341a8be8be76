"""Repair what a lost webhook left behind: ask Stripe about every order that is not settled."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from bookshop import orders
from bookshop.database import now
from bookshop.settlement import Outcome
from bookshop.wiring import Shop
from bookshop.workflows.cancel_order import put_away
from bookshop.workflows.settle_payment import Cause, ask_stripe

log = structlog.get_logger()

# An order this young is most likely still being paid, and its webhook or its page will tell.
SETTLING_TIME = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Report:
    """How many orders were asked about, and how many of them had moved on without us."""

    asked: int
    repaired: int


async def reconcile(shop: Shop) -> Report:
    """Settle every unsettled order by Stripe's own word, and put away what closed orders left open there.

    Safe to run at any time and beside itself.
    """
    async with shop.sessions() as session:
        waiting = await orders.unsettled(session, before=now() - SETTLING_TIME)
        left_open = await orders.left_open(session)
    asked, repaired = len(waiting) + len(left_open), 0
    for order in left_open:
        repaired += await put_away(shop, order.id, cause=Cause.RECONCILER)
    for order in waiting:
        outcome, _ = await ask_stripe(shop, order, cause=Cause.RECONCILER)
        repaired += outcome is not Outcome.UNCHANGED
    if repaired:
        log.warning("reconciler repaired orders", asked=asked, repaired=repaired)
    return Report(asked=asked, repaired=repaired)
