"""Invoice numbers: gapless, in the order in which orders were paid, given in the commit that pays."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bookshop.database import Table, now


class InvoiceCounter(Table):
    """The last number given: one row, locked by whoever takes the next until it commits.

    A sequence would be faster and leaves a gap wherever a transaction rolls back.
    """

    __tablename__ = "invoice_counter"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Invoice(Table):
    """The number of a paid order's invoice."""

    __tablename__ = "invoices"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("orders.id"), unique=True)
    issued_at: Mapped[datetime] = mapped_column(default=now)


async def issue(session: AsyncSession, order_id: uuid.UUID) -> int:
    """Give the order its invoice number. Called once, as late as can be in the transaction that pays it.

    The moment is taken after the lock, so that numbers and dates are in the same order.
    """
    # What is pending is written first: from the next statement on every other payment waits for this one.
    await session.flush()
    given = sa.update(InvoiceCounter).values(last=InvoiceCounter.last + 1).returning(InvoiceCounter.last)
    number = (await session.scalars(given)).one()
    await session.execute(sa.insert(Invoice).values(number=number, order_id=order_id, issued_at=now()))
    return number
