"""Refunds: asked for here or made in Stripe's Dashboard, followed until the money is back or refused.

A refund asked for here is written down with its own id before Stripe hears of it. That id is its idempotency
key and its metadata, so that a lost answer, a repeated workflow and an event that is faster than the answer
all find the same row. What is asked of Stripe stands in `refund_calls.py`.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bookshop import disputes, ledger
from bookshop.database import Table, now
from bookshop.ledger import Account
from bookshop.money import Money
from bookshop.orders import Order


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

UNDER_WAY = frozenset({RefundState.REQUESTED, RefundState.PENDING, RefundState.REQUIRES_ACTION})

# A refund's state goes up only: of two pieces of news, the one that was read first may be told last.
RANKS = {
    RefundState.REQUESTED: 0,
    RefundState.PENDING: 1,
    RefundState.REQUIRES_ACTION: 1,
    RefundState.SUCCEEDED: 2,
    RefundState.FAILED: 3,
    RefundState.CANCELED: 3,
}


class Refund(Table):
    """Money on its way back to a customer, in minor units of its payment's currency.

    `is_of_the_rest`: whoever asked for it wants all that is left of the payment to go back, whatever that is
    when Stripe comes to it. `tries` counts how often Stripe was asked; `spent_keys` counts the idempotency
    keys under which Stripe has kept an error of its own and nothing else.
    """

    __tablename__ = "refunds"
    __table_args__ = (sa.CheckConstraint("amount > 0", name="amount_positive"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    payment_intent_id: Mapped[str] = mapped_column(index=True)
    stripe_id: Mapped[str | None] = mapped_column(unique=True)
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))
    state: Mapped[str] = mapped_column(default=RefundState.REQUESTED)
    cause: Mapped[str]
    failure: Mapped[str | None]
    is_of_the_rest: Mapped[bool] = mapped_column(default=False, server_default="false")
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    spent_keys: Mapped[int] = mapped_column(default=0, server_default="0")
    requested_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def money(self) -> Money:
        """How much goes back."""
        return Money(self.amount, self.currency)

    @property
    def idempotency_key(self) -> str:
        """The key under which Stripe makes this refund, once."""
        return f"{self.id}:refund:{self.spent_keys}" if self.spent_keys else f"{self.id}:refund"


@dataclass(frozen=True, slots=True)
class RefundSnapshot:
    """What Stripe said about one refund at one moment. `reference` is our id, None for the Dashboard's."""

    id: str
    payment_intent_id: str
    money: Money
    state: RefundState
    reference: uuid.UUID | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class News:
    """What `mirror` learned: whether Stripe has made the refund, or undone it, and we did not know.

    `is_change`: anything at all.
    """

    refund: Refund
    is_change: bool
    is_made: bool
    is_undone: bool


@dataclass(frozen=True, slots=True)
class TooMuchBack:
    """More than is left of the payment, or nothing; nothing was asked for."""

    left: Money


@dataclass(frozen=True, slots=True)
class UnderDispute:
    """The customer's bank has taken the money or decides about it: a refund would give it back twice."""

    dispute_id: str


Refusal = TooMuchBack | UnderDispute


async def request(
    session: AsyncSession,
    order: Order,
    payment_intent_id: str,
    amount: Money | None,
    *,
    cause: str,
    refund_id: uuid.UUID | None = None,
) -> Refund | Refusal:
    """Write down that so much of a payment goes back, None for all that is left of it.

    The workflow `refund_order` has to carry it out. The order's row must be locked: two requests at once see
    each other, and a second one of the same `refund_id` is the first. The payment is the order's own, or
    another one that paid for it by mistake.
    """
    if refund_id is not None and (asked := await session.get(Refund, refund_id)) is not None:
        return asked if asked.order_id == order.id else TooMuchBack(Money(0, order.currency))
    left = await refundable(session, payment_intent_id) or Money(0, order.currency)
    wanted = amount or left
    if wanted.currency != left.currency or not 0 < wanted.amount <= left.amount:
        return TooMuchBack(left)
    if (dispute := await disputes.in_the_way(session, payment_intent_id)) is not None:
        return UnderDispute(dispute)
    refund = Refund(
        id=refund_id or uuid.uuid4(),
        order_id=order.id,
        payment_intent_id=payment_intent_id,
        amount=wanted.amount,
        currency=wanted.currency,
        cause=cause,
        is_of_the_rest=amount is None,
    )
    session.add(refund)
    await session.flush()
    return refund


async def refundable(session: AsyncSession, payment_intent_id: str) -> Money | None:
    """What is left of a payment after all that went back or is on its way; None for no payment."""
    charged = await ledger.charged(session, payment_intent_id)
    if charged is None:
        return None
    gone = await session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Refund.amount), 0)).where(
            Refund.payment_intent_id == payment_intent_id, Refund.state.not_in(UNDONE)
        )
    )
    return Money(charged.amount - int(gone or 0), charged.currency)


async def get(session: AsyncSession, refund_id: uuid.UUID) -> Refund:
    """The refund; raises sqlalchemy.exc.NoResultFound where there is none."""
    return (await session.scalars(sa.select(Refund).where(Refund.id == refund_id))).one()


async def of_order(session: AsyncSession, order_id: uuid.UUID) -> list[Refund]:
    """The order's refunds, newest first."""
    query = sa.select(Refund).where(Refund.order_id == order_id).order_by(Refund.requested_at.desc())
    return list(await session.scalars(query))


async def quiet(session: AsyncSession, *, since: datetime, limit: int = 100) -> list[Refund]:
    """Refunds that are under way at Stripe and that nobody has told us anything of since this moment."""
    under_way = Refund.state.in_(UNDER_WAY - {RefundState.REQUESTED})
    query = sa.select(Refund).where(under_way, Refund.changed_at < since)
    return list(await session.scalars(query.order_by(Refund.changed_at).limit(limit)))


async def note_try(session: AsyncSession, refund_id: uuid.UUID) -> None:
    """Note that Stripe is about to be asked; a later try looks first whether this one arrived."""
    await session.execute(sa.update(Refund).where(Refund.id == refund_id).values(tries=Refund.tries + 1))


async def note_looked_at(session: AsyncSession, refund_id: uuid.UUID) -> None:
    """Note that Stripe was asked about the refund just now, whatever came of it."""
    await session.execute(sa.update(Refund).where(Refund.id == refund_id).values(changed_at=now()))


async def note_spent_key(session: AsyncSession, refund: Refund) -> None:
    """Note that Stripe keeps answering this refund's key with an error of its own, and made no refund."""
    await session.execute(
        sa.update(Refund)
        .where(Refund.id == refund.id, Refund.spent_keys == refund.spent_keys)
        .values(spent_keys=refund.spent_keys + 1)
        .execution_options(synchronize_session=False)
    )


async def give_up(session: AsyncSession, refund_id: uuid.UUID, state: RefundState, reason: str) -> bool:
    """Note that Stripe will not make this refund; False where it has made it, or that was noted before."""
    given_up = await session.execute(
        sa.update(Refund)
        .where(Refund.id == refund_id, Refund.state == RefundState.REQUESTED)
        .values(state=state, failure=reason, changed_at=now())
        .returning(Refund.id)
    )
    return given_up.first() is not None


async def mirror(session: AsyncSession, order: Order, seen: RefundSnapshot) -> News:
    """Bring our row and the ledger to what Stripe says, whoever made the refund. The order must be locked."""
    refund = await _find(session, order, seen)
    if refund is None:
        refund = Refund(
            order_id=order.id,
            payment_intent_id=seen.payment_intent_id,
            amount=seen.money.amount,
            currency=seen.money.currency,
            state=RefundState.REQUESTED,
            cause="made at Stripe",
        )
        session.add(refund)
    before = (refund.stripe_id, refund.state)
    was_known, was_undone = refund.stripe_id is not None, refund.state in UNDONE
    refund.stripe_id = seen.id
    if not was_known or RANKS[seen.state] >= RANKS[RefundState(refund.state)]:
        if (refund.state, refund.failure) != (seen.state, seen.failure):
            refund.changed_at = now()
        refund.state, refund.failure = seen.state, seen.failure
    await session.flush()
    await _enter(session, refund, seen)
    is_undone = refund.state in UNDONE
    return News(
        refund,
        is_change=before != (refund.stripe_id, refund.state),
        is_made=not was_known,
        is_undone=is_undone and not (was_known and was_undone),
    )


async def _enter(session: AsyncSession, refund: Refund, seen: RefundSnapshot) -> None:
    """Stripe takes the money out of our balance when the refund is made, and puts it back when it fails."""
    back = Money(-seen.money.amount, seen.money.currency)
    await ledger.post(session, f"refund:{seen.id}", refund.order_id, Account.REFUNDS, back)
    if refund.state in UNDONE:
        await ledger.post(session, f"refund undone:{seen.id}", refund.order_id, Account.REFUNDS, seen.money)


async def _find(session: AsyncSession, order: Order, seen: RefundSnapshot) -> Refund | None:
    """The row of this refund: by Stripe's id, or by ours where Stripe's is not known yet.

    Metadata can be copied: what another order, payment or refund carries of ours is not ours.
    """
    ours = sa.and_(
        Refund.id == seen.reference,
        Refund.order_id == order.id,
        Refund.payment_intent_id == seen.payment_intent_id,
        Refund.stripe_id.is_(None),
    )
    query = sa.select(Refund).where(sa.or_(Refund.stripe_id == seen.id, ours))
    query = query.order_by(Refund.stripe_id.asc().nulls_last()).limit(1).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).first()
