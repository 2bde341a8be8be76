"""Carts: what a visitor means to buy, kept on the server and found again by a cookie."""

import secrets
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bookshop.database import Table, now


class Cart(Table):
    """One visitor's cart. `token` is what their cookie holds; amounts are never kept here."""

    __tablename__ = "carts"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    token: Mapped[str] = mapped_column(unique=True, default=lambda: secrets.token_urlsafe(16))
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now, index=True)

    lines: Mapped[list["CartLine"]] = relationship(
        lazy="raise", order_by="CartLine.added_at", cascade="all, delete-orphan"
    )


class CartLine(Table):
    """So many copies of one book."""

    __tablename__ = "cart_lines"
    __table_args__ = (sa.CheckConstraint("quantity > 0", name="quantity_positive"),)

    cart_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("carts.id", ondelete="CASCADE"), primary_key=True
    )
    book_id: Mapped[int] = mapped_column(sa.ForeignKey("books.id"), primary_key=True)
    quantity: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(default=now)
