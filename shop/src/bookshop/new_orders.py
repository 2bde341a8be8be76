"""A new order written down: its row with the first line of its history, its books' lines; or none of it."""

import secrets
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from bookshop.order_history import OrderChange
from bookshop.orders import Order, OrderLine, State

# What a new order says of itself; everything else is NULL or the column's default.
COLUMNS = (
    "id",
    "token",
    "checkout_key",
    "email",
    "currency",
    "total",
    "shipping_amount",
    "shipping_address",
    "locale",
    "cart_id",
    "placed_from",
    "state",
    "opening",
    "created_at",
)

ROW = (
    insert(Order.__table__)
    .values({name: sa.bindparam(name) for name in COLUMNS})
    .on_conflict_do_nothing(index_elements=[Order.checkout_key])
    .returning(Order.id, Order.state, Order.created_at)
    .cte("placed")
)
INSERT = (
    insert(OrderChange.__table__)
    .from_select(
        ["order_id", "to_state", "at", "cause"],
        sa.select(ROW.c.id, ROW.c.state, ROW.c.created_at, sa.literal("placed at checkout")),
    )
    .returning(OrderChange.order_id)
)
INSERT_LINES = insert(OrderLine.__table__).returning(OrderLine.position)


async def write(session: AsyncSession, values: dict[str, Any]) -> Order | None:
    """The order of a checkout; None, with nothing written, where that checkout has placed its order before.

    `values` are columns of `Order` by name. What comes back is a copy of the row, which no session watches.
    """
    row = values | {
        "id": uuid.uuid4(),
        "token": secrets.token_urlsafe(16),
        "state": State.AWAITING_PAYMENT,
        "opening": 0,
    }
    written = await session.scalar(INSERT, row)
    return None if written is None else Order(**row)


async def write_lines(session: AsyncSession, order: Order, lines: list[OrderLine]) -> None:
    """Give the new order its lines."""
    columns = OrderLine.__table__.columns.keys()
    for line in lines:
        line.order_id = order.id
    await session.execute(INSERT_LINES, [{name: getattr(line, name) for name in columns} for line in lines])
    set_committed_value(order, "lines", lines)


async def withdraw(session: AsyncSession, order: Order) -> None:
    """Take an order without lines away again that turned out impossible in the transaction that wrote it."""
    await session.execute(sa.delete(OrderChange).where(OrderChange.order_id == order.id))
    await session.execute(sa.delete(Order).where(Order.id == order.id))
