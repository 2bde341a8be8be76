"""An order's history: each change of its state, with what brought it about."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bookshop.database import Table, now


class OrderChange(Table):
    """A line of an order's history: which state it went to, when, and because of what."""

    __tablename__ = "order_changes"

    id: Mapped[int] = mapped_column(sa.Identity(), primary_key=True)
    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    cause: Mapped[str]


CHANGE = sa.insert(OrderChange.__table__)


async def note(
    session: AsyncSession, order_id: uuid.UUID, *, was: str | None, becomes: str, cause: str
) -> None:
    """Add a line to the order's history."""
    change = {"order_id": order_id, "from_state": was, "to_state": becomes, "cause": cause}
    await session.execute(CHANGE, change)
