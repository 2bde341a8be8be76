"""What fell between: facts whose follow-up is nowhere to be found, owed again.

A fact and its follow-up are written in one commit, so this finds nothing. It is here for the day on which
that is not true: a row mended by hand, a backup restored in part, a mistake of ours.
"""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import limits, telemetry
from bookshop.mail import Mail, Purpose
from bookshop.orders import Order, State
from bookshop.refunds import UNDONE, Refund, RefundState
from bookshop.wiring import Shop
from bookshop.workflows import follow_ups
from bookshop.workflows.follow_ups import FollowUps

log = structlog.get_logger()

# How far back a sweep looks: longer than anybody takes to restore a backup, shorter than the whole table.
LOOKS_BACK = timedelta(days=7)

# Found at once; the rest in the next sweep.
AT_ONCE = 500

Id = sa.orm.InstrumentedAttribute[uuid.UUID]

workflow_status = sa.table("workflow_status", sa.column("workflow_uuid"), schema="dbos")


@dataclass(frozen=True, slots=True)
class Check:
    """Every `subject` of these `facts` has this workflow, or had it, or is owed it."""

    workflow: str
    subject: Id
    facts: tuple[sa.ColumnElement[bool], ...]
    owe: Callable[[FollowUps, AsyncSession, uuid.UUID], Awaitable[None]]

    async def missing(self, session: AsyncSession) -> list[uuid.UUID]:
        """The subjects without it."""
        workflow_id = sa.literal(f"{self.workflow}:") + sa.cast(self.subject, sa.String)
        is_there = sa.exists().where(workflow_status.c.workflow_uuid == workflow_id)
        query = sa.select(self.subject).where(*self.facts, ~is_there).limit(AT_ONCE)
        return list(await session.scalars(query))


def _is_mailed(order_id: Id, purpose: sa.ColumnElement[str]) -> sa.Exists:
    return sa.exists().where(
        Mail.order_id == order_id, Mail.purpose == purpose, Mail.state.in_(("sent", "refused"))
    )


LATELY = sa.func.now() - LOOKS_BACK
REFUND_NOTICE = sa.literal(f"{Purpose.REFUND}.") + sa.cast(Refund.id, sa.String)

CHECKS = (
    Check(
        follow_ups.DELIVER_CONFIRMATION,
        Order.id,
        (Order.paid_at > LATELY, ~_is_mailed(Order.id, sa.literal(Purpose.CONFIRMATION))),
        FollowUps.deliver_confirmation,
    ),
    Check(
        follow_ups.REFUND_ORDER,
        Refund.id,
        (Refund.state == RefundState.REQUESTED,),
        FollowUps.refund_order,
    ),
    Check(
        follow_ups.DELIVER_REFUND_NOTICE,
        Refund.id,
        (
            Refund.changed_at > LATELY,
            Refund.stripe_id.is_not(None),
            Refund.state.not_in(UNDONE),
            ~_is_mailed(Refund.order_id, REFUND_NOTICE),
        ),
        FollowUps.deliver_refund_notice,
    ),
    Check(
        follow_ups.CLOSE_ORDER,
        Order.id,
        (
            Order.state == State.AWAITING_PAYMENT,
            limits.is_overdrawn(limits.DECLINES, sa.cast(Order.id, sa.String)),
        ),
        FollowUps.close_order,
    ),
)


async def sweep_follow_ups(shop: Shop) -> int:
    """Owe again what is owed and not on its way, and say how much that was; safe to repeat at any time."""
    found = 0
    for check in CHECKS:
        async with shop.sessions.begin() as session:
            missing = await check.missing(session)
            for subject in missing:
                await check.owe(shop.follow_ups, session, subject)
        telemetry.follow_ups_owed_again.labels(check.workflow).inc(len(missing))
        if missing:
            log.error("follow-ups were missing", workflow=check.workflow, subjects=list(map(str, missing)))
        found += len(missing)
    return found
