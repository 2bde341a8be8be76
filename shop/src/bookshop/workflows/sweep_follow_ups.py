"""What fell between: facts whose follow-up is nowhere to be found, owed again.

A fact and its follow-up are written in one commit, so this finds nothing. It is here for the day on which
that is not true: a row mended by hand, a backup restored in part, a mistake of ours.
"""

import uuid
from datetime import timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import telemetry
from bookshop.mail import Mail, Purpose
from bookshop.orders import Order
from bookshop.refunds import UNDONE, Refund, RefundState
from bookshop.wiring import Shop
from bookshop.workflows.follow_ups import DELIVER_CONFIRMATION, DELIVER_REFUND_NOTICE, REFUND_ORDER

log = structlog.get_logger()

# How far back a sweep looks: longer than anybody takes to restore a backup, shorter than the whole table.
LOOKS_BACK = timedelta(days=7)

# Found at once; the rest in the next sweep.
AT_ONCE = 500

workflow_status = sa.table("workflow_status", sa.column("workflow_uuid"), schema="dbos")


async def sweep_follow_ups(shop: Shop) -> int:
    """Owe again what is owed and not on its way, and say how much that was; safe to repeat at any time."""
    async with shop.sessions.begin() as session:
        unmailed = await _paid_without_confirmation(session)
        for order_id in unmailed:
            await shop.follow_ups.deliver_confirmation(session, order_id)
        stuck = await _requested_without_workflow(session)
        for refund_id in stuck:
            await shop.follow_ups.refund_order(session, refund_id)
        untold = await _refunded_without_notice(session)
        for refund_id in untold:
            await shop.follow_ups.deliver_refund_notice(session, refund_id)
    missing = {DELIVER_CONFIRMATION: unmailed, REFUND_ORDER: stuck, DELIVER_REFUND_NOTICE: untold}
    for workflow, found in missing.items():
        telemetry.follow_ups_owed_again.labels(workflow).inc(len(found))
        if found:
            log.error("follow-ups were missing", workflow=workflow, subjects=[str(item) for item in found])
    return sum(map(len, missing.values()))


async def _paid_without_confirmation(session: AsyncSession) -> list[uuid.UUID]:
    mailed = sa.exists().where(
        Mail.order_id == Order.id,
        Mail.purpose == Purpose.CONFIRMATION,
        Mail.state.in_(("sent", "refused")),
    )
    query = (
        sa.select(Order.id)
        .where(Order.paid_at > sa.func.now() - LOOKS_BACK, ~mailed)
        .where(~_has_workflow(DELIVER_CONFIRMATION, Order.id))
        .limit(AT_ONCE)
    )
    return list(await session.scalars(query))


async def _requested_without_workflow(session: AsyncSession) -> list[uuid.UUID]:
    query = (
        sa.select(Refund.id)
        .where(Refund.state == RefundState.REQUESTED, ~_has_workflow(REFUND_ORDER, Refund.id))
        .limit(AT_ONCE)
    )
    return list(await session.scalars(query))


async def _refunded_without_notice(session: AsyncSession) -> list[uuid.UUID]:
    purpose = sa.literal(f"{Purpose.REFUND}.") + sa.cast(Refund.id, sa.String)
    told = sa.exists().where(
        Mail.order_id == Refund.order_id, Mail.purpose == purpose, Mail.state.in_(("sent", "refused"))
    )
    query = (
        sa.select(Refund.id)
        .where(Refund.changed_at > sa.func.now() - LOOKS_BACK, ~told)
        .where(Refund.stripe_id.is_not(None), Refund.state.not_in(UNDONE))
        .where(~_has_workflow(DELIVER_REFUND_NOTICE, Refund.id))
        .limit(AT_ONCE)
    )
    return list(await session.scalars(query))


def _has_workflow(name: str, subject: sa.orm.InstrumentedAttribute[uuid.UUID]) -> sa.Exists:
    workflow_id = sa.literal(f"{name}:") + sa.cast(subject, sa.String)
    return sa.exists().where(workflow_status.c.workflow_uuid == workflow_id)
