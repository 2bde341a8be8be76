"""Disputes: a customer's bank takes money back until Stripe says who keeps it."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bookshop import ledger
from bookshop.database import Table, now
from bookshop.ledger import Account
from bookshop.money import Money
from bookshop.orders import Order

# Stripe's words for a dispute that is over (docs.stripe.com/api/disputes/object).
CLOSED = frozenset({"won", "lost", "warning_closed", "prevented"})


class Dispute(Table):
    """One dispute, in minor units of its currency. `status` and `reason` are Stripe's words."""

    __tablename__ = "disputes"

    stripe_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))
    status: Mapped[str]
    reason: Mapped[str]
    opened_at: Mapped[datetime]
    evidence_due_at: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(default=now)


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement of money that a dispute caused: taken by the bank (negative) or given back."""

    id: str
    money: Money


@dataclass(frozen=True, slots=True)
class DisputeSnapshot:
    """What Stripe said about one dispute at one moment."""

    id: str
    payment_intent_id: str
    money: Money
    status: str
    reason: str
    opened_at: datetime
    evidence_due_at: datetime | None
    movements: tuple[Movement, ...]


def snapshot(dispute: dict[str, Any]) -> DisputeSnapshot:
    """A dispute in Stripe's JSON as our value."""
    due = (dispute.get("evidence_details") or {}).get("due_by")
    return DisputeSnapshot(
        id=dispute["id"],
        payment_intent_id=dispute.get("payment_intent") or "",
        money=Money(dispute["amount"], dispute["currency"]),
        status=dispute["status"],
        reason=dispute["reason"],
        opened_at=datetime.fromtimestamp(dispute["created"], UTC),
        evidence_due_at=datetime.fromtimestamp(due, UTC) if due else None,
        movements=tuple(
            Movement(line["id"], Money(line["amount"], line["currency"]))
            for line in dispute.get("balance_transactions") or []
        ),
    )


async def mirror(session: AsyncSession, order: Order, seen: DisputeSnapshot) -> None:
    """Bring our row and the ledger to what Stripe says; a dispute that is over is never opened again."""
    values = {
        "order_id": order.id,
        "amount": seen.money.amount,
        "currency": seen.money.currency,
        "status": seen.status,
        "reason": seen.reason,
        "opened_at": seen.opened_at,
        "evidence_due_at": seen.evidence_due_at,
        "changed_at": now(),
    }
    row = insert(Dispute).values(stripe_id=seen.id, **values)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[Dispute.stripe_id], set_=values, where=Dispute.status.not_in(CLOSED)
        )
    )
    for movement in seen.movements:
        await ledger.post(session, f"dispute:{movement.id}", order.id, Account.DISPUTES, movement.money)


async def of_order(session: AsyncSession, order_id: uuid.UUID) -> list[Dispute]:
    """The order's disputes, newest first."""
    query = sa.select(Dispute).where(Dispute.order_id == order_id).order_by(Dispute.opened_at.desc())
    return list(await session.scalars(query))
