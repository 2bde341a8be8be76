"""Disputes: a customer's bank takes money back until Stripe says who keeps it.

What is disputed, and what the bank took or gave back, is kept in the currency of the payment; Stripe's fee in
the one in which the account settles.
"""

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
from bookshop.payment_facts import Kind, payment_of
from bookshop.snapshots import Fee

# Stripe's words for a dispute that is over (docs.stripe.com/api/disputes/object). One that was lost may be
# appealed against; nothing else opens one again.
CLOSED = frozenset({"won", "lost", "warning_closed", "prevented"})
APPEALED = frozenset({"appeal_needs_response", "appeal_under_review", "won"})

# A bank asks; no money has moved.
INQUIRIES = frozenset({"warning_needs_response", "warning_under_review", "warning_closed"})


class Dispute(Table):
    """One dispute, in minor units of its currency. `status` and `reason` are Stripe's words.

    `is_refundable`: Stripe would refund the payment in spite of it.
    """

    __tablename__ = "disputes"

    stripe_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    payment_intent_id: Mapped[str] = mapped_column(index=True, server_default="")
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))
    status: Mapped[str]
    reason: Mapped[str]
    is_refundable: Mapped[bool] = mapped_column(server_default="false")
    opened_at: Mapped[datetime]
    evidence_due_at: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def money(self) -> Money:
        """What is disputed."""
        return Money(self.amount, self.currency)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to decide."""
        return self.status not in CLOSED


@dataclass(frozen=True, slots=True)
class Movement:
    """What a dispute moved by one balance transaction: taken by the bank (negative) or given back.

    `money` is in the payment's currency, `fee` is what Stripe took for it, or gave back (negative).
    """

    id: str
    money: Money
    fee: Fee


@dataclass(frozen=True, slots=True)
class DisputeSnapshot:
    """What Stripe said about one dispute at one moment."""

    id: str
    payment_intent_id: str
    money: Money
    status: str
    reason: str
    is_refundable: bool
    opened_at: datetime
    evidence_due_at: datetime | None
    movements: tuple[Movement, ...]


def snapshot(dispute: dict[str, Any]) -> DisputeSnapshot:
    """A dispute in Stripe's JSON as our value."""
    due = (dispute.get("evidence_details") or {}).get("due_by")
    money = Money(dispute["amount"], dispute["currency"])
    return DisputeSnapshot(
        id=dispute["id"],
        payment_intent_id=payment_of(dispute),
        money=money,
        status=dispute["status"],
        reason=dispute["reason"],
        is_refundable=_is_refundable(dispute),
        opened_at=datetime.fromtimestamp(dispute["created"], UTC),
        evidence_due_at=datetime.fromtimestamp(due, UTC) if due else None,
        movements=tuple(_movement(line, money) for line in dispute.get("balance_transactions") or []),
    )


DISPUTE = Kind("dispute", lambda stripe_api: stripe_api.client.v1.disputes, snapshot)


async def mirror(session: AsyncSession, order: Order, seen: DisputeSnapshot) -> bool:
    """Bring our row and the ledger to what Stripe says; whether that is news.

    A dispute that is over is never opened again, but by an appeal against one that was lost.
    """
    values = {
        "order_id": order.id,
        "payment_intent_id": seen.payment_intent_id,
        "amount": seen.money.amount,
        "currency": seen.money.currency,
        "status": seen.status,
        "reason": seen.reason,
        "is_refundable": seen.is_refundable,
        "opened_at": seen.opened_at,
        "evidence_due_at": seen.evidence_due_at,
        "changed_at": now(),
    }
    row = insert(Dispute).values(stripe_id=seen.id, **values)
    is_allowed: sa.ColumnElement[bool] = Dispute.status.not_in(CLOSED)
    if seen.status in APPEALED:
        is_allowed = sa.or_(is_allowed, Dispute.status == "lost")
    is_news = sa.or_(
        *(
            getattr(Dispute, name).is_distinct_from(values[name])
            for name in ("status", "is_refundable", "amount", "evidence_due_at")
        )
    )
    changed = await session.scalar(
        row.on_conflict_do_update(
            index_elements=[Dispute.stripe_id], set_=values, where=sa.and_(is_allowed, is_news)
        ).returning(Dispute.stripe_id)
    )
    for movement in seen.movements:
        await ledger.post(session, f"dispute:{movement.id}", order.id, Account.DISPUTES, movement.money)
        await ledger.fee(session, order.id, movement.fee.transaction_id, movement.fee.money)
    return changed is not None


async def quiet(session: AsyncSession, *, since: datetime, limit: int = 100) -> list[Dispute]:
    """Open disputes that nobody has told us anything of since this moment."""
    query = sa.select(Dispute).where(Dispute.status.not_in(CLOSED), Dispute.changed_at < since)
    return list(await session.scalars(query.order_by(Dispute.changed_at).limit(limit)))


async def note_looked_at(session: AsyncSession, dispute_id: str) -> None:
    """Note that Stripe was asked about the dispute just now, whatever came of it."""
    await session.execute(sa.update(Dispute).where(Dispute.stripe_id == dispute_id).values(changed_at=now()))


async def in_the_way(session: AsyncSession, payment_intent_id: str) -> str | None:
    """The dispute because of which Stripe would not refund this payment, if there is one."""
    return await session.scalar(
        sa.select(Dispute.stripe_id).where(
            Dispute.payment_intent_id == payment_intent_id, Dispute.is_refundable.is_(False)
        )
    )


async def of_order(session: AsyncSession, order_id: uuid.UUID) -> list[Dispute]:
    """The order's disputes, newest first."""
    query = sa.select(Dispute).where(Dispute.order_id == order_id).order_by(Dispute.opened_at.desc())
    return list(await session.scalars(query))


def _is_refundable(dispute: dict[str, Any]) -> bool:
    """Stripe's word for it; a dispute that was prevented without anybody's money is in nobody's way."""
    is_prevented = dispute["status"] == "prevented" and not dispute.get("balance_transactions")
    return is_prevented or bool(dispute.get("is_charge_refundable"))


def _movement(line: dict[str, Any], disputed: Money) -> Movement:
    """A balance transaction is in the currency in which the account settles.

    Where that is another one than the payment's, the disputed amount moved, whole: the exchange rate, which
    has changed since the payment, is what Stripe settles with us and nothing that the customer paid.
    """
    amount = line["amount"]
    if line["currency"] != disputed.currency:
        amount = disputed.amount if amount > 0 else -disputed.amount
    fee = Fee(line["id"], Money(line["fee"], line["currency"]))
    return Movement(line["id"], Money(amount, disputed.currency), fee)
