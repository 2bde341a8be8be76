"""Invoice numbers: gapless, in the order in which orders were paid, given by the commit that pays.

The database gives them: a deferred trigger on `orders` takes the next number from the one locked row of
`invoice_counter` when a transaction that paid an order commits (migration 20261123_04, decision 0012). So a
paid order without a number cannot exist, a number without a paid order neither, and what locks the counter
is the commit alone. A sequence would leave a gap wherever a transaction rolls back.
"""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bookshop.database import Table


class InvoiceCounter(Table):
    """The last number given: one row."""

    __tablename__ = "invoice_counter"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Invoice(Table):
    """The number of a paid order's invoice, and when it was given."""

    __tablename__ = "invoices"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("orders.id"), unique=True)
    issued_at: Mapped[datetime]
