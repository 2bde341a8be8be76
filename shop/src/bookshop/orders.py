"""Orders: placed once for a checkout, paid by one PaymentIntent, each change written down with its cause.

States: awaiting_payment -> processing -> paid, and canceled. `settlement.settle` is the one way to paid.
"""

import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from bookshop import books
from bookshop.database import Table, now
from bookshop.money import Money


class State(StrEnum):
    """Where an order stands. Refunds and disputes will be facts beside it, not states over it."""

    AWAITING_PAYMENT = "awaiting_payment"
    PROCESSING = "processing"
    PAID = "paid"
    CANCELED = "canceled"


# What `secrets.token_urlsafe` makes; anything else an address may hold never reaches the database.
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")

UNPAID = frozenset({State.AWAITING_PAYMENT, State.PROCESSING})


class Order(Table):
    """One purchase. `token` is its unguessable address; `total` is in minor units of `currency`."""

    __tablename__ = "orders"
    __table_args__ = (
        sa.CheckConstraint("total > 0", name="total_positive"),
        sa.Index(
            "ix_orders_unsettled",
            "created_at",
            postgresql_where="state IN ('awaiting_payment', 'processing')",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    token: Mapped[str] = mapped_column(unique=True, default=lambda: secrets.token_urlsafe(16))
    checkout_key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    email: Mapped[str] = mapped_column(sa.String(254))
    currency: Mapped[str] = mapped_column(sa.String(3))
    total: Mapped[int]
    state: Mapped[str] = mapped_column(default=State.AWAITING_PAYMENT)
    review_reason: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    paid_at: Mapped[datetime | None]

    payment_intent_id: Mapped[str | None] = mapped_column(unique=True)
    payment_status: Mapped[str | None]
    payment_failure: Mapped[str | None]
    payment_read_at: Mapped[datetime | None]
    payment_method: Mapped[str | None]
    card_brand: Mapped[str | None]
    card_last4: Mapped[str | None] = mapped_column(sa.String(4))

    lines: Mapped[list["OrderLine"]] = relationship(
        lazy="raise", order_by="OrderLine.position", cascade="all, delete-orphan"
    )

    @property
    def money(self) -> Money:
        """What the customer owes or has paid."""
        return Money(self.total, self.currency)

    @property
    def number(self) -> str:
        """What people call the order: eight characters of its id, "7F3A-91C2"."""
        text = self.id.hex[:8].upper()
        return f"{text[:4]}-{text[4:]}"

    @property
    def idempotency_key(self) -> str:
        """The key under which this order's PaymentIntent is created: a retry finds the same one."""
        return f"{self.id}:open-payment"

    @property
    def description(self) -> str:
        """One line for the Dashboard and Stripe's receipts."""
        return ", ".join(f"{line.quantity} x {line.title}" for line in self.lines)[:500]


class OrderLine(Table):
    """One title of an order, with title and price as they were sold."""

    __tablename__ = "order_lines"
    __table_args__ = (sa.CheckConstraint("quantity > 0", name="quantity_positive"),)

    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("orders.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(sa.ForeignKey("books.id"))
    slug: Mapped[str]
    title: Mapped[str]
    quantity: Mapped[int]
    unit_amount: Mapped[int]


class OrderChange(Table):
    """A line of an order's history: which state it went to, when, and because of what."""

    __tablename__ = "order_changes"

    id: Mapped[int] = mapped_column(sa.Identity(), primary_key=True)
    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    cause: Mapped[str]


@dataclass(frozen=True, slots=True)
class Item:
    """So many copies of the book under this slug."""

    slug: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What a checkout asks for. `shown_total` is what its page showed: compared, never charged."""

    checkout_key: str
    items: tuple[Item, ...]
    currency: str
    email: str
    shown_total: Money


@dataclass(frozen=True, slots=True)
class Placed:
    """The order stands, new or found again by its checkout key."""

    order: Order
    is_new: bool


@dataclass(frozen=True, slots=True)
class TotalChanged:
    """Our prices say something else than the page did; nothing was placed."""

    total: Money


@dataclass(frozen=True, slots=True)
class NotForSale:
    """This book is not on the shelf, or has no price in this currency; nothing was placed."""

    slug: str


@dataclass(frozen=True, slots=True)
class AlreadyPlaced:
    """The checkout key belongs to an order that is settled, or that was for something else."""

    order: Order


@dataclass(frozen=True, slots=True)
class TooMuch:
    """More money than one payment can carry; nothing was placed."""


Result = Placed | TotalChanged | NotForSale | TooMuch | AlreadyPlaced


async def place(session: AsyncSession, draft: Draft) -> Result:
    """Place the order of a checkout, or find the one that this checkout has placed before.

    A double click, a second tab and a retry after a lost answer carry the same checkout key and all end at
    the same order; the unique key decides between two that arrive together.
    """
    if earlier := await by_checkout_key(session, draft.checkout_key):
        return _again(earlier, draft)
    lines = await _priced_lines(session, draft)
    if isinstance(lines, NotForSale):
        return lines
    total = sum((line.unit_amount * line.quantity for line in lines), 0)
    if total > books.LARGEST_AMOUNT:
        return TooMuch()
    if Money(total, draft.currency) != draft.shown_total:
        return TotalChanged(Money(total, draft.currency))
    order_id = await session.scalar(
        insert(Order)
        .values(checkout_key=draft.checkout_key, email=draft.email, currency=draft.currency, total=total)
        .on_conflict_do_nothing(index_elements=[Order.checkout_key])
        .returning(Order.id)
    )
    if order_id is None:
        earlier = await by_checkout_key(session, draft.checkout_key)
        assert earlier is not None, "a conflicting key belongs to an order"  # noqa: S101
        return _again(earlier, draft)
    for line in lines:
        line.order_id = order_id
    session.add_all(lines)
    session.add(OrderChange(order_id=order_id, to_state=State.AWAITING_PAYMENT, cause="placed at checkout"))
    await session.flush()
    return Placed(await get(session, order_id), is_new=True)


async def get(session: AsyncSession, order_id: uuid.UUID) -> Order:
    """The order with its lines; raises sqlalchemy.exc.NoResultFound where there is none."""
    return (await session.scalars(_with_lines().where(Order.id == order_id))).one()


async def by_token(session: AsyncSession, token: str) -> Order | None:
    """The order at this address, with its lines."""
    if not TOKEN.fullmatch(token):
        return None
    return (await session.scalars(_with_lines().where(Order.token == token))).one_or_none()


async def by_checkout_key(session: AsyncSession, key: str) -> Order | None:
    """The order that this checkout has placed, with its lines."""
    return (await session.scalars(_with_lines().where(Order.checkout_key == key))).one_or_none()


async def locked(session: AsyncSession, order_id: uuid.UUID) -> Order | None:
    """The order with its lines as they are now, held against other writers until the session ends."""
    query = _with_lines().where(Order.id == order_id).with_for_update(of=Order)
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def note_asked(session: AsyncSession, order_id: uuid.UUID) -> None:
    """Note that Stripe was asked about the order's PaymentIntent just now, whatever came of it."""
    await session.execute(sa.update(Order).where(Order.id == order_id).values(payment_read_at=now()))


async def unsettled(session: AsyncSession, *, before: datetime, limit: int = 500) -> list[Order]:
    """Orders placed before this moment whose PaymentIntent may have moved on without us.

    Those that were not asked about for the longest time come first, so that many abandoned orders never keep
    anybody from the others.
    """
    query = (
        sa.select(Order)
        .where(Order.state.in_(UNPAID), Order.payment_intent_id.is_not(None), Order.created_at < before)
        .order_by(Order.payment_read_at.asc().nulls_first(), Order.created_at)
        .limit(limit)
    )
    return list(await session.scalars(query))


def _again(order: Order, draft: Draft) -> Placed | TotalChanged | AlreadyPlaced:
    same = [(line.slug, line.quantity) for line in order.lines] == [(i.slug, i.quantity) for i in draft.items]
    if order.state != State.AWAITING_PAYMENT or not same or order.currency != draft.currency:
        return AlreadyPlaced(order)
    if order.money != draft.shown_total:
        return TotalChanged(order.money)
    order.email = draft.email
    return Placed(order, is_new=False)


async def _priced_lines(session: AsyncSession, draft: Draft) -> list[OrderLine] | NotForSale:
    lines = []
    for position, item in enumerate(draft.items):
        book = await books.find(session, item.slug)
        price = book.price(draft.currency) if book else None
        if book is None or price is None:
            return NotForSale(item.slug)
        lines.append(
            OrderLine(
                position=position,
                book_id=book.id,
                slug=book.slug,
                title=book.title,
                quantity=item.quantity,
                unit_amount=price.amount,
            )
        )
    return lines


def _with_lines() -> sa.Select[Order]:
    return sa.select(Order).options(selectinload(Order.lines))
