"""Stock: counted for the books that a shopkeeper counts, held for an order, never sold twice.

A book without a row here is printed on demand: it never runs out. The caller commits, so that what is held
stands and falls with its order. Rows are locked in the order of their books' ids, so that two orders of the
same books wait for each other and never lock each other out.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bookshop.database import Table, now


class Stock(Table):
    """How many copies of a counted book came in, are held for open orders, and are sold."""

    __tablename__ = "stock"
    __table_args__ = (
        sa.CheckConstraint("held >= 0", name="held_not_negative"),
        sa.CheckConstraint("sold >= 0", name="sold_not_negative"),
        sa.CheckConstraint("held + sold <= received", name="not_oversold"),
    )

    book_id: Mapped[int] = mapped_column(sa.ForeignKey("books.id"), primary_key=True)
    received: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    sold: Mapped[int] = mapped_column(default=0)

    @property
    def free(self) -> int:
        """Copies that can be ordered now."""
        return self.received - self.held - self.sold


class StockReceipt(Table):
    """Copies of a counted book that came in, or were written off (negative)."""

    __tablename__ = "stock_receipts"

    id: Mapped[int] = mapped_column(sa.Identity(), primary_key=True)
    book_id: Mapped[int] = mapped_column(sa.ForeignKey("stock.book_id"), index=True)
    copies: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)


class Hold(StrEnum):
    """What became of the copies that an order asked for."""

    HELD = "held"
    RELEASED = "released"
    SOLD = "sold"


class StockHold(Table):
    """The copies of one counted book that an order holds, has given back, or has bought."""

    __tablename__ = "stock_holds"
    __table_args__ = (sa.CheckConstraint("quantity > 0", name="quantity_positive"),)

    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("orders.id"), primary_key=True)
    book_id: Mapped[int] = mapped_column(sa.ForeignKey("stock.book_id"), primary_key=True)
    quantity: Mapped[int]
    state: Mapped[str] = mapped_column(default=Hold.HELD)
    changed_at: Mapped[datetime] = mapped_column(default=now)


async def available(session: AsyncSession) -> dict[int, int]:
    """Copies that can be ordered now, by the id of each counted book; other books never run out."""
    return {book_id: row.free for book_id, row in (await all_counted(session)).items()}


async def all_counted(session: AsyncSession) -> dict[int, Stock]:
    """Every counted book's row, by the book's id."""
    query = sa.select(Stock).execution_options(populate_existing=True)
    return {row.book_id: row for row in await session.scalars(query)}


async def begin_counting(session: AsyncSession, book_id: int, copies: int) -> None:
    """Count a book that was not counted so far; nothing where it is."""
    row = insert(Stock).values(book_id=book_id, received=copies, held=0, sold=0)
    begun = await session.scalar(row.on_conflict_do_nothing().returning(Stock.book_id))
    if begun is not None:
        session.add(StockReceipt(book_id=book_id, copies=copies))


async def receive(session: AsyncSession, book_id: int, copies: int) -> None:
    """Put copies on the shelf, or take some off (negative); from the first call on the book is counted.

    Raises:
        sqlalchemy.exc.IntegrityError: fewer copies would be left than are held and sold.
    """
    # Two statements, because the checks look at the row to insert even where it is there already.
    row = insert(Stock).values(book_id=book_id, received=0, held=0, sold=0)
    await session.execute(row.on_conflict_do_nothing())
    shelf = sa.update(Stock).where(Stock.book_id == book_id)
    await session.execute(shelf.values(received=Stock.received + copies))
    session.add(StockReceipt(book_id=book_id, copies=copies))
    await session.flush()


async def hold(session: AsyncSession, order_id: uuid.UUID, copies: Mapping[int, int]) -> dict[int, int]:
    """Hold so many copies by book id for an order that was inserted just now.

    Gives the books that have too few with what is left of each, and then holds nothing.
    """
    counted = await _locked(session, copies)
    short = {row.book_id: row.free for row in counted if row.free < copies[row.book_id]}
    if short:
        return short
    for row in counted:
        row.held += copies[row.book_id]
        session.add(StockHold(order_id=order_id, book_id=row.book_id, quantity=copies[row.book_id]))
    return {}


async def held(session: AsyncSession, order_id: uuid.UUID) -> dict[int, int]:
    """The copies that the order holds now, by book id."""
    return {copies.book_id: copies.quantity for copies in await _holds(session, order_id, {Hold.HELD})}


async def release(session: AsyncSession, order_id: uuid.UUID) -> None:
    """Give back what the order holds; nothing where it holds nothing any more."""
    await _put_back(session, order_id, Hold.HELD)


async def sell(session: AsyncSession, order_id: uuid.UUID) -> bool:
    """Sell what the order holds or has given back.

    False, with nothing sold, where something that it had given back is gone meanwhile.
    """
    asked = await _holds(session, order_id, {Hold.HELD, Hold.RELEASED})
    shelf = {row.book_id: row for row in await _locked(session, [hold.book_id for hold in asked])}
    released = [hold for hold in asked if hold.state == Hold.RELEASED]
    if any(shelf[hold.book_id].free < hold.quantity for hold in released):
        return False
    for copies in asked:
        row = shelf[copies.book_id]
        row.sold += copies.quantity
        if copies.state == Hold.HELD:
            row.held -= copies.quantity
        _turn(copies, Hold.SOLD)
    return True


async def take_back(session: AsyncSession, order_id: uuid.UUID) -> None:
    """Put what the order has bought back on the shelf: it was called off before it was sent."""
    await _put_back(session, order_id, Hold.SOLD)


async def _put_back(session: AsyncSession, order_id: uuid.UUID, was: Hold) -> None:
    found = await _holds(session, order_id, {was})
    shelf = {row.book_id: row for row in await _locked(session, [hold.book_id for hold in found])}
    for copies in found:
        row = shelf[copies.book_id]
        if was == Hold.HELD:
            row.held -= copies.quantity
        else:
            row.sold -= copies.quantity
        _turn(copies, Hold.RELEASED)


LOCKED = (
    sa.select(Stock)
    .where(Stock.book_id.in_(sa.bindparam("book_ids", expanding=True)))
    .order_by(Stock.book_id)
    .with_for_update()
    .execution_options(populate_existing=True)
)

HOLDS = (
    sa.select(StockHold)
    .where(StockHold.order_id == sa.bindparam("order_id"))
    .where(StockHold.state.in_(sa.bindparam("states", expanding=True)))
    .execution_options(populate_existing=True)
)


async def _locked(session: AsyncSession, book_ids: Iterable[int]) -> list[Stock]:
    wanted = list(book_ids)
    return list(await session.scalars(LOCKED, {"book_ids": wanted})) if wanted else []


async def _holds(session: AsyncSession, order_id: uuid.UUID, states: set[Hold]) -> list[StockHold]:
    return list(await session.scalars(HOLDS, {"order_id": order_id, "states": list(states)}))


def _turn(copies: StockHold, state: Hold) -> None:
    copies.state = state
    copies.changed_at = now()
