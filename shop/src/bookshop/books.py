"""Books, their prices in each currency, and the catalogue file that a shopkeeper edits."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
from babel.numbers import is_currency
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from bookshop import stock
from bookshop.database import Table
from bookshop.money import Money, least, most

FIRST_CATALOG = Path(__file__).parent / "catalog.toml"

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
Slug = Annotated[str, StringConstraints(pattern=f"^{SLUG.pattern}$", max_length=80)]
# A typing slip in a count, rather than a shelf.
MOST_STOCK = 1_000_000
Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=200)]
Paragraphs = Annotated[str, StringConstraints(pattern=r"^[^\x00]+$")]


class Book(Table):
    """One title on the shelf. A book taken out of the catalogue stays, because orders point at it."""

    __tablename__ = "books"

    id: Mapped[int] = mapped_column(sa.Identity(), primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    title: Mapped[str]
    author: Mapped[str]
    description: Mapped[str]
    palette: Mapped[str]
    motif: Mapped[str]
    position: Mapped[int]
    on_sale: Mapped[bool] = mapped_column(default=True)
    prices: Mapped[list["Price"]] = relationship(lazy="raise", cascade="all, delete-orphan")

    def price(self, currency: str) -> Money | None:
        """The price of one copy in this lower-case ISO currency, or None where the list has none."""
        return next((Money(p.amount, p.currency) for p in self.prices if p.currency == currency), None)


class Price(Table):
    """What one copy costs in one currency, in its minor units: a price list, never a conversion."""

    __tablename__ = "prices"
    __table_args__ = (sa.CheckConstraint("amount > 0", name="amount_positive"),)

    book_id: Mapped[int] = mapped_column(sa.ForeignKey("books.id", ondelete="CASCADE"), primary_key=True)
    currency: Mapped[str] = mapped_column(sa.String(3), primary_key=True)
    amount: Mapped[int]


@dataclass(frozen=True, slots=True)
class Offer:
    """What one copy of a book on the shelf costs now."""

    book_id: int
    title: str
    price: Money


async def on_sale(session: AsyncSession) -> list[Book]:
    """Every book on the shelf with its prices, in the catalogue's order."""
    query = sa.select(Book).where(Book.on_sale).order_by(Book.position).options(selectinload(Book.prices))
    return list(await session.scalars(query))


async def currencies(session: AsyncSession) -> frozenset[str]:
    """The currencies in which something on the shelf has a price."""
    query = sa.select(Price.currency).distinct().join(Book, Book.id == Price.book_id).where(Book.on_sale)
    return frozenset(await session.scalars(query))


async def find(session: AsyncSession, slug: str) -> Book | None:
    """The book on sale under this slug, with its prices."""
    if not SLUG.fullmatch(slug):
        return None
    query = sa.select(Book).where(Book.slug == slug, Book.on_sale).options(selectinload(Book.prices))
    return (await session.scalars(query)).one_or_none()


OFFERS = (
    sa.select(Book.id, Book.slug, Book.title, Price.amount)
    .join(Price, Price.book_id == Book.id)
    .where(Book.slug.in_(sa.bindparam("slugs", expanding=True)), Book.on_sale)
    .where(Price.currency == sa.bindparam("currency"))
)


async def offers(session: AsyncSession, slugs: Iterable[str], currency: str) -> dict[str, Offer]:
    """What is on sale under these slugs and has a price in this lower-case ISO currency, by slug."""
    wanted = [slug for slug in slugs if SLUG.fullmatch(slug)]
    found = await session.execute(OFFERS, {"slugs": wanted, "currency": currency})
    return {row.slug: Offer(row.id, row.title, Money(row.amount, currency)) for row in found}


async def find_any(session: AsyncSession, slug: str) -> Book | None:
    """The book under this slug, on sale or not, without its prices."""
    if not SLUG.fullmatch(slug):
        return None
    return (await session.scalars(sa.select(Book).where(Book.slug == slug))).one_or_none()


class CatalogEntry(BaseModel):
    """One `[[books]]` table of the catalogue file; prices as people write them (`sgd = "23.00"`).

    `stock` is how many copies there are when the book is counted for the first time. It is read once: a book
    that is counted already keeps its count, however often the file is loaded.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    slug: Slug
    title: Line
    author: Line
    description: Paragraphs
    palette: str = Field(default="ink", pattern=r"^[a-z]+$")
    motif: str = Field(default="rule", pattern=r"^[a-z]+$")
    prices: dict[Annotated[str, StringConstraints(pattern="^[a-z]{3}$")], str] = Field(min_length=1)
    stock: int | None = Field(default=None, ge=0, le=MOST_STOCK, strict=True)

    @model_validator(mode="after")
    def _prices_are_money(self) -> "CatalogEntry":
        for money in self.money:
            if not is_currency(money.currency.upper()):
                raise ValueError(f"{money.currency} is no currency")
            if not money.is_chargeable:
                bounds = f"{least(money.currency).figure} to {most(money.currency).figure}"
                raise ValueError(f"Stripe charges {bounds} {money.currency.upper()}, not {money.figure}")
        return self

    @property
    def money(self) -> list[Money]:
        """The prices in minor units."""
        return [Money.of(figure, currency) for currency, figure in self.prices.items()]


class Catalog(BaseModel):
    """The whole catalogue file."""

    model_config = ConfigDict(extra="forbid")

    books: list[CatalogEntry] = Field(min_length=1)

    @model_validator(mode="after")
    def _slugs_differ(self) -> "Catalog":
        slugs = [entry.slug for entry in self.books]
        if doubled := {slug for slug in slugs if slugs.count(slug) > 1}:
            raise ValueError(f"two books share the slug {', '.join(sorted(doubled))}")
        return self


class CatalogError(Exception):
    """The catalogue file cannot be used; the message says where and why, for its editor."""


@dataclass(frozen=True)
class CatalogReport:
    """How many books are on sale after loading, and how many others were taken off the shelf."""

    on_sale: int
    withdrawn: int


def read_catalog(path: Path) -> Catalog:
    """The catalogue in a TOML file.

    Raises:
        CatalogError: the file is missing, no TOML, or says something impossible.
    """
    try:
        return Catalog.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise CatalogError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogError(f"{path}: {error}") from error
    except ValidationError as error:
        lines = [f"{path}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise CatalogError("\n".join(lines)) from error


async def load_catalog(session: AsyncSession, catalog: Catalog) -> CatalogReport:
    """Put the catalogue on the shelf; what it no longer names is taken off, never deleted."""
    slugs = []
    for position, entry in enumerate(catalog.books):
        slugs.append(entry.slug)
        await _shelve(session, entry, position)
    withdrawn = await session.execute(
        sa.update(Book).where(Book.on_sale, Book.slug.not_in(slugs)).values(on_sale=False).returning(Book.id)
    )
    return CatalogReport(on_sale=len(slugs), withdrawn=len(withdrawn.all()))


async def _shelve(session: AsyncSession, entry: CatalogEntry, position: int) -> None:
    values = entry.model_dump(exclude={"slug", "prices", "stock"}) | {"position": position, "on_sale": True}
    upsert = insert(Book).values(slug=entry.slug, **values)
    book_id = await session.scalar(
        upsert.on_conflict_do_update(index_elements=[Book.slug], set_=values).returning(Book.id)
    )
    await session.execute(sa.delete(Price).where(Price.book_id == book_id))
    rows = [{"book_id": book_id, "currency": m.currency, "amount": m.amount} for m in entry.money]
    await session.execute(insert(Price), rows)
    if entry.stock is not None and book_id is not None:
        await stock.begin_counting(session, book_id, entry.stock)
