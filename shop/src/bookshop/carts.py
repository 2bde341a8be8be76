"""Carts: what a visitor means to buy, kept on the server and found again by a cookie.

Amounts are never kept here: a cart is priced when it is looked at. Whoever changes a cart holds its row until
the commit, so that changes made at the same time queue and add up.
"""

import re
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from bookshop.books import Book
from bookshop.database import Table, now

# What one cart, and one order, may hold.
MOST_COPIES = 99
MOST_TITLES = 20

# What `secrets.token_urlsafe` makes; anything else a cookie may hold never reaches the database.
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


class Cart(Table):
    """One visitor's cart. `token` is what their cookie holds; amounts are never kept here."""

    __tablename__ = "carts"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    token: Mapped[str] = mapped_column(unique=True, default=lambda: secrets.token_urlsafe(16))
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now, index=True)

    lines: Mapped[list["CartLine"]] = relationship(
        lazy="raise", order_by="CartLine.added_at, CartLine.book_id", cascade="all, delete-orphan"
    )


class CartLine(Table):
    """So many copies of one book."""

    __tablename__ = "cart_lines"
    __table_args__ = (sa.CheckConstraint("quantity > 0", name="quantity_positive"),)

    cart_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("carts.id", ondelete="CASCADE"), primary_key=True
    )
    book_id: Mapped[int] = mapped_column(sa.ForeignKey(Book.id), primary_key=True)
    quantity: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(default=now)

    book: Mapped[Book] = relationship(lazy="raise")


class Refusal(StrEnum):
    """Why a cart did not take what was asked of it; it holds what it held before."""

    COPIES = "copies"
    TITLES = "titles"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Added:
    """What became of `add`: the cart's token, a new one where there was no cart, and why not, if not."""

    token: str
    refusal: Refusal | None


async def find(session: AsyncSession, token: str | None) -> Cart | None:
    """The cart behind this token, with its lines, their books and all prices."""
    if not is_token(token):
        return None
    whole = selectinload(Cart.lines).selectinload(CartLine.book).selectinload(Book.prices)
    query = sa.select(Cart).where(Cart.token == token).options(whole)
    return (await session.scalars(query)).one_or_none()


async def count(session: AsyncSession, token: str | None) -> int:
    """How many copies the cart holds, of all its books together."""
    if not is_token(token):
        return 0
    query = sa.select(sa.func.sum(CartLine.quantity)).join(Cart).where(Cart.token == token)
    return await session.scalar(query) or 0


async def add(session: AsyncSession, token: str | None, book_id: int, quantity: int) -> Added:
    """Put 1 to 99 copies into the cart, on top of those that are there; opens a cart where there is none.

    One guarded statement: of any number at the same time none is lost, and together they stay in the limits.
    """
    cart_id = await hold(session, token)
    if cart_id is None or token is None:
        cart = Cart()
        session.add(cart)
        await session.flush()
        cart_id, token = cart.id, cart.token
    here = CartLine.cart_id == cart_id
    is_there = sa.exists().where(here, CartLine.book_id == book_id)
    titles = sa.select(sa.func.count()).select_from(CartLine).where(here).scalar_subquery()
    line = sa.select(
        sa.literal(cart_id, sa.Uuid), sa.literal(book_id), sa.literal(quantity), sa.literal(now())
    ).where(is_there | (titles < MOST_TITLES))
    statement = insert(CartLine).from_select(["cart_id", "book_id", "quantity", "added_at"], line)
    together = CartLine.quantity + statement.excluded.quantity
    added = await session.scalar(
        statement.on_conflict_do_update(
            index_elements=[CartLine.cart_id, CartLine.book_id],
            set_={"quantity": together},
            where=together <= MOST_COPIES,
        ).returning(CartLine.quantity)
    )
    if added is not None:
        return Added(token, None)
    held = await session.scalar(sa.select(is_there))
    return Added(token, Refusal.COPIES if held else Refusal.TITLES)


async def change(session: AsyncSession, token: str | None, book_id: int, quantity: int) -> Refusal | None:
    """Let the cart hold exactly so many copies (0 to 99) of a book that is in it; 0 takes it out."""
    cart_id = await hold(session, token)
    if cart_id is None:
        return Refusal.GONE
    line = (CartLine.cart_id == cart_id, CartLine.book_id == book_id)
    if quantity == 0:
        await session.execute(sa.delete(CartLine).where(*line))
        return None
    changed = await session.scalar(
        sa.update(CartLine).where(*line).values(quantity=quantity).returning(CartLine.quantity)
    )
    return Refusal.GONE if changed is None else None


async def take_out(session: AsyncSession, cart_id: uuid.UUID, bought: Mapping[int, int]) -> None:
    """Take what was bought (copies by book id) out of the cart, never more than is there.

    Holds the lines, not the cart's row: this runs under an order's lock, and whoever holds a cart may be
    waiting for its order.
    """
    query = (
        sa.select(CartLine)
        .where(CartLine.cart_id == cart_id, CartLine.book_id.in_(bought))
        .order_by(CartLine.book_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for line in await session.scalars(query):
        if line.quantity > bought[line.book_id]:
            line.quantity -= bought[line.book_id]
        else:
            await session.delete(line)
    await session.flush()


async def hold(session: AsyncSession, token: str | None) -> uuid.UUID | None:
    """The id of the cart, held against other changes until the session ends; it counts as changed now."""
    if not is_token(token):
        return None
    touched = sa.update(Cart).where(Cart.token == token).values(changed_at=now()).returning(Cart.id)
    return await session.scalar(touched)


async def discard(
    session: AsyncSession, *, untouched_since: datetime, keep: sa.Select[uuid.UUID | None]
) -> int:
    """Delete carts that nobody has changed since then, except those of `keep`; their number."""
    old = sa.delete(Cart).where(Cart.changed_at < untouched_since, Cart.id.not_in(keep)).returning(Cart.id)
    return len((await session.scalars(old)).all())


def is_token(text: str | None) -> bool:
    """Whether this can be a cart's token at all."""
    return text is not None and TOKEN.fullmatch(text) is not None
