"""Refunds: asked for here or made in Stripe's Dashboard, followed until the money is back or refused.

A refund asked for here is written down with its own id before Stripe hears of it. That id is its idempotency
key and its metadata, so that a lost answer, a repeated workflow and an event that is faster than the answer
all find the same row.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
import stripe
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bookshop import ledger
from bookshop.database import Table, now
from bookshop.ledger import Account
from bookshop.money import Money
from bookshop.orders import Order
from bookshop.stripe_calls import StripeConnection, unavailable

# Marks a refund as asked for by this shop.
REFUND_METADATA = "bookshop_refund"


class RefundState(StrEnum):
    """`requested` is ours: Stripe has not answered yet. The rest are Stripe's words."""

    REQUESTED = "requested"
    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


# The money stayed with us, or came back.
UNDONE = frozenset({RefundState.FAILED, RefundState.CANCELED})


class Refund(Table):
    """Money on its way back to a customer, in minor units of the order's currency."""

    __tablename__ = "refunds"
    __table_args__ = (sa.CheckConstraint("amount > 0", name="amount_positive"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    payment_intent_id: Mapped[str]
    stripe_id: Mapped[str | None] = mapped_column(unique=True)
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))
    state: Mapped[str] = mapped_column(default=RefundState.REQUESTED)
    cause: Mapped[str]
    failure: Mapped[str | None]
    requested_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def idempotency_key(self) -> str:
        """The key under which Stripe makes this refund, once."""
        return f"{self.id}:refund"


@dataclass(frozen=True, slots=True)
class RefundSnapshot:
    """What Stripe said about one refund at one moment. `reference` is our id, None for the Dashboard's."""

    id: str
    payment_intent_id: str
    money: Money
    state: RefundState
    reference: uuid.UUID | None
    failure: str | None


class RefundRefusedError(Exception):
    """Stripe will not make this refund: a person has to look."""


@dataclass(frozen=True, slots=True)
class TooMuchBack:
    """More than is left of the payment; nothing was asked for."""

    left: Money


async def request(
    session: AsyncSession, order: Order, payment_intent_id: str, amount: Money, *, cause: str
) -> Refund | TooMuchBack:
    """Write down that this much of a payment goes back; the workflow `refund_order` has to carry it out.

    The order's row must be locked: two requests at once see each other. The payment is the order's own or
    another one that paid for it by mistake.
    """
    left = await refundable(session, payment_intent_id, amount.currency)
    if not 0 < amount.amount <= left.amount:
        return TooMuchBack(left)
    refund = Refund(
        order_id=order.id,
        payment_intent_id=payment_intent_id,
        amount=amount.amount,
        currency=amount.currency,
        cause=cause,
    )
    session.add(refund)
    await session.flush()
    return refund


async def refundable(session: AsyncSession, payment_intent_id: str, currency: str) -> Money:
    """What is left of a payment after everything that went back or is on its way back."""
    charged = await ledger.charged(session, payment_intent_id, currency)
    gone = await session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Refund.amount), 0)).where(
            Refund.payment_intent_id == payment_intent_id, Refund.state.not_in(UNDONE)
        )
    )
    return Money(charged.amount - int(gone or 0), currency)


async def get(session: AsyncSession, refund_id: uuid.UUID) -> Refund:
    """The refund; raises sqlalchemy.exc.NoResultFound where there is none."""
    return (await session.scalars(sa.select(Refund).where(Refund.id == refund_id))).one()


async def note_refused(session: AsyncSession, refund_id: uuid.UUID, reason: str) -> None:
    """Note that Stripe will not make this refund; a person has to find another way."""
    await session.execute(
        sa.update(Refund)
        .where(Refund.id == refund_id, Refund.state == RefundState.REQUESTED)
        .values(state=RefundState.FAILED, failure=reason, changed_at=now())
    )


async def carry_out(stripe_api: StripeConnection, refund: Refund) -> RefundSnapshot:
    """Let Stripe make the refund, or get the same one back.

    Raises:
        PaymentsUnavailableError: no usable answer; calling again is safe.
        RefundRefusedError: Stripe will not make it, now or later.
    """
    try:
        made = await stripe_api.client.v1.refunds.create_async(
            {
                "payment_intent": refund.payment_intent_id,
                "amount": refund.amount,
                "metadata": {REFUND_METADATA: str(refund.id)},
            },
            {"idempotency_key": refund.idempotency_key},
        )
    except stripe.InvalidRequestError as error:
        raise RefundRefusedError(error.user_message or error.code or "refused") from error
    except stripe.StripeError as error:
        raise unavailable(error, "refunding") from error
    return snapshot(made.to_dict())


def snapshot(refund: dict[str, Any]) -> RefundSnapshot:
    """A refund in Stripe's JSON (from an answer or an event) as our value."""
    return RefundSnapshot(
        id=refund["id"],
        payment_intent_id=refund.get("payment_intent") or "",
        money=Money(refund["amount"], refund["currency"]),
        state=RefundState(refund["status"]),
        reference=_reference((refund.get("metadata") or {}).get(REFUND_METADATA)),
        failure=refund.get("failure_reason"),
    )


async def mirror(session: AsyncSession, order: Order, seen: RefundSnapshot) -> Refund:
    """Bring our row to what Stripe says, whoever made the refund. The order's row must be locked."""
    refund = await _find(session, seen)
    if refund is None:
        refund = Refund(
            order_id=order.id,
            payment_intent_id=seen.payment_intent_id,
            stripe_id=seen.id,
            amount=seen.money.amount,
            currency=seen.money.currency,
            cause="made at Stripe",
        )
        session.add(refund)
    refund.stripe_id = seen.id
    if refund.state not in UNDONE:
        refund.state, refund.failure, refund.changed_at = seen.state, seen.failure, now()
    await session.flush()
    await _enter(session, refund, seen)
    return refund


async def _enter(session: AsyncSession, refund: Refund, seen: RefundSnapshot) -> None:
    """Stripe takes the money out of our balance when the refund is made, and puts it back when it fails."""
    back = Money(-seen.money.amount, seen.money.currency)
    await ledger.post(session, f"refund:{seen.id}", refund.order_id, Account.REFUNDS, back)
    if refund.state in UNDONE:
        await ledger.post(session, f"refund undone:{seen.id}", refund.order_id, Account.REFUNDS, seen.money)


async def _find(session: AsyncSession, seen: RefundSnapshot) -> Refund | None:
    query = sa.select(Refund).where(sa.or_(Refund.stripe_id == seen.id, Refund.id == seen.reference))
    return (await session.scalars(query.with_for_update())).first()


def _reference(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None
