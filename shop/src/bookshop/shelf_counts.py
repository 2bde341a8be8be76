"""`bookshop stock`: what the shopkeeper sees of the counted books, and changes."""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import books, stock
from bookshop.books import Book
from bookshop.stock import Stock

HEADING = f"{'free':>7} {'held':>7} {'sold':>7} {'in all':>7}  book"


class CountError(Exception):
    """What was asked for cannot be; the message says why, for the shopkeeper."""


async def run(session: AsyncSession, slug: str | None, change: int | None) -> list[str]:
    """Count so many copies of a book in, or out (negative), if told to; lines that say how many there are.

    Raises:
        CountError: there is no such book, or it has fewer copies than are to go.
    """
    if slug is None:
        return await _all(session)
    book = await books.find_any(session, slug)
    if book is None:
        raise CountError(f"There is no book {slug}. `bookshop catalog load` puts books on the shelf.")
    if change is not None:
        await _change(session, book, change)
    counted = await stock.all_counted(session)
    if book.id not in counted:
        return [f"{slug} is not counted, so it never sells out. `bookshop stock {slug} +10` begins."]
    return [HEADING, _line(slug, counted[book.id])]


async def _all(session: AsyncSession) -> list[str]:
    counted = await stock.all_counted(session)
    if not counted:
        return ["No book is counted, so none sells out. `bookshop stock SLUG +10` begins."]
    query = sa.select(Book.id, Book.slug).where(Book.id.in_(counted)).order_by(Book.position, Book.slug)
    return [HEADING, *(_line(slug, counted[book_id]) for book_id, slug in await session.execute(query))]


async def _change(session: AsyncSession, book: Book, change: int) -> None:
    row = (await stock.all_counted(session)).get(book.id)
    free = row.free if row else 0
    try:
        if abs(change) > books.MOST_STOCK:
            raise CountError(f"{change} copies are more than a shelf can hold.")
        await stock.receive(session, book.id, change)
    except IntegrityError as error:
        raise CountError(
            f"{book.slug} has {free} free copies, so {-change} cannot go: the others are held or sold."
        ) from error


def _line(slug: str, row: Stock) -> str:
    return f"{row.free:>7} {row.held:>7} {row.sold:>7} {row.received:>7}  {slug}"
