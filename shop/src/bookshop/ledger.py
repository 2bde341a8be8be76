"""The ledger: every movement of money that Stripe told us of, written once and never changed.

Double entry: each posting is two lines that add up to nothing, one on `stripe` (what Stripe holds for us) and
one on what it was for. Amounts are in minor units of their currency; what an order has brought in, given back
and lost is read from here and kept nowhere else. A trigger refuses every change of a line.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bookshop.database import Table, now
from bookshop.money import Money

STRIPE = "stripe"


class Account(StrEnum):
    """What money came or went for. A charge is positive on `stripe`, so negative here, as in any ledger."""

    SALES = "sales"
    REFUNDS = "refunds"
    DISPUTES = "disputes"
    FEES = "fees"


class LedgerLine(Table):
    """One side of a posting. `posting` names the movement by Stripe's id: "charge:pi_…", "refund:re_…"."""

    __tablename__ = "ledger"

    posting: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    at: Mapped[datetime] = mapped_column(default=now)


@dataclass(frozen=True, slots=True)
class Balance:
    """What one order's money did so far, all of it in the order's currency."""

    charged: Money
    refunded: Money
    disputed: Money


POST = insert(LedgerLine.__table__).on_conflict_do_nothing().returning(LedgerLine.account)


async def post(
    session: AsyncSession, posting: str, order_id: uuid.UUID, account: Account, received: Money
) -> bool:
    """Write a movement down unless it is there already. `received` is negative where money left us."""
    at = now()
    shared = {"posting": posting, "order_id": order_id, "currency": received.currency, "at": at}
    lines = [
        shared | {"account": STRIPE, "amount": received.amount},
        shared | {"account": account, "amount": -received.amount},
    ]
    return (await session.execute(POST, lines)).first() is not None


async def charge(session: AsyncSession, order_id: uuid.UUID, payment_intent_id: str, received: Money) -> None:
    """Write down that a PaymentIntent brought money for an order."""
    await post(session, f"charge:{payment_intent_id}", order_id, Account.SALES, received)


async def fee(session: AsyncSession, order_id: uuid.UUID, transaction_id: str, taken: Money) -> None:
    """Write down what Stripe kept by a balance transaction, or gave back (negative), in its currency.

    That is the currency in which the account settles, which may be another one than the order's.
    """
    if taken.amount:
        given = Money(-taken.amount, taken.currency)
        await post(session, f"fee:{transaction_id}", order_id, Account.FEES, given)


async def charged(session: AsyncSession, payment_intent_id: str) -> Money | None:
    """What this PaymentIntent brought in; None where it has brought nothing."""
    query = sa.select(LedgerLine.amount, LedgerLine.currency).where(
        LedgerLine.posting == f"charge:{payment_intent_id}", LedgerLine.account == STRIPE
    )
    found = (await session.execute(query)).first()
    return Money(found.amount, found.currency) if found else None


async def returned(session: AsyncSession, order_id: uuid.UUID) -> dict[str, int]:
    """Minor units that went back, by the Stripe id of each of the order's refunds; 0 for one undone."""
    query = sa.select(LedgerLine.posting, LedgerLine.amount).where(
        LedgerLine.order_id == order_id, LedgerLine.account == Account.REFUNDS
    )
    found: dict[str, int] = {}
    for posting, amount in await session.execute(query):
        refund_id = posting.rpartition(":")[2]
        found[refund_id] = found.get(refund_id, 0) + amount
    return found


async def balance(session: AsyncSession, order_id: uuid.UUID, currency: str) -> Balance:
    """What the order has brought in, what went back, and what a bank has taken back."""
    sums = await session.execute(
        sa.select(LedgerLine.account, sa.func.sum(LedgerLine.amount))
        .where(LedgerLine.order_id == order_id, LedgerLine.currency == currency)
        .group_by(LedgerLine.account)
    )
    totals = {account: int(total) for account, total in sums}
    return Balance(
        charged=Money(-totals.get(Account.SALES, 0), currency),
        refunded=Money(totals.get(Account.REFUNDS, 0), currency),
        disputed=Money(totals.get(Account.DISPUTES, 0), currency),
    )
