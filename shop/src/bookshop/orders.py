"""Orders: one PaymentIntent each, every change of state written down with its cause.

States: awaiting_payment -> processing -> paid; canceled, expired. `placing.place` is the one way in,
`settlement.settle` the one way to paid.
"""

import re
import secrets
import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import (
    Mapped,
    joinedload,
    mapped_column,
    query_expression,
    relationship,
    selectinload,
    with_expression,
)

from bookshop import order_history
from bookshop.books import Book
from bookshop.carts import Cart
from bookshop.database import Table, now
from bookshop.money import Money
from bookshop.shipping import Address
from bookshop.stock import StockHold


class State(StrEnum):
    """Where an order stands. Refunds and disputes are facts beside it, not states over it."""

    AWAITING_PAYMENT = "awaiting_payment"
    PROCESSING = "processing"
    PAID = "paid"
    CANCELED = "canceled"
    EXPIRED = "expired"


# What `secrets.token_urlsafe` makes; anything else an address may hold never reaches the database.
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")

UNPAID = frozenset({State.AWAITING_PAYMENT, State.PROCESSING})

# Given up by the customer, or by us after a long wait.
CLOSED = frozenset({State.CANCELED, State.EXPIRED})


class Order(Table):
    """One purchase. `token` is its unguessable address.

    `total` and, within it, `shipping_amount` are in minor units of `currency`. `locale` is the language in
    which the customer ordered and is written to; `cart_id` names the cart that it came from, if any, and
    `left_cart_at` says when its books left that cart.
    `placed_from` is the network address that pressed Pay, known for two days (`limits.py`).
    `payment_next_action` is Stripe's word for what it waits for, such as `paynow_display_qr_code`, until
    `payment_action_until` where it says so; `payment_failure` is Stripe's sentence about a refused card.
    `opening` counts the idempotency keys under which its PaymentIntent was asked for, from 0, and
    `opening_since` says when the present one was taken, None for the first.
    `cancel_attempts` counts the requests to cancel at Stripe; `cancel_refused_by` is the payment's status
    that stood in the way of the last one. `called_off_at` is when the shopkeeper called a paid order off: its
    money goes back and its books are not sent. `review_reason` is what a person should know, a line each.
    """

    __tablename__ = "orders"
    __table_args__ = (
        sa.CheckConstraint("total > 0", name="total_positive"),
        sa.CheckConstraint("shipping_amount >= 0", name="shipping_not_negative"),
        sa.Index(
            "ix_orders_unsettled",
            "created_at",
            postgresql_where="state IN ('awaiting_payment', 'processing')",
        ),
        sa.Index("ix_orders_placed_from", "placed_from", postgresql_where="placed_from IS NOT NULL"),
        sa.Index("ix_orders_cart_id", "cart_id", postgresql_where="cart_id IS NOT NULL"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    token: Mapped[str] = mapped_column(unique=True, default=lambda: secrets.token_urlsafe(16))
    checkout_key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    email: Mapped[str] = mapped_column(sa.String(254))
    currency: Mapped[str] = mapped_column(sa.String(3))
    total: Mapped[int]
    shipping_amount: Mapped[int] = mapped_column(default=0, server_default="0")
    shipping_address: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    locale: Mapped[str] = mapped_column(sa.String(16), default="en", server_default="en")
    cart_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey(Cart.id, ondelete="SET NULL"))
    left_cart_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default=State.AWAITING_PAYMENT)
    review_reason: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    placed_from: Mapped[str | None] = mapped_column(sa.String(64))
    called_off_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]

    payment_intent_id: Mapped[str | None] = mapped_column(unique=True)
    payment_status: Mapped[str | None]
    payment_failure: Mapped[str | None]
    payment_failure_code: Mapped[str | None]
    payment_read_at: Mapped[datetime | None]
    payment_next_action: Mapped[str | None]
    payment_action_until: Mapped[datetime | None]
    payment_method: Mapped[str | None]
    card_brand: Mapped[str | None]
    card_last4: Mapped[str | None] = mapped_column(sa.String(4))
    wallet: Mapped[str | None]

    opening: Mapped[int] = mapped_column(default=0, server_default="0")
    opening_since: Mapped[datetime | None]
    cancel_attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    cancel_refused_by: Mapped[str | None]

    # None but where `locked_for_news` loaded it. What an order holds is decided when it is placed.
    holds_copies: Mapped[bool | None] = query_expression()

    lines: Mapped[list["OrderLine"]] = relationship(
        lazy="raise", order_by="OrderLine.position", cascade="all, delete-orphan"
    )

    @property
    def money(self) -> Money:
        """What the customer owes or has paid."""
        return Money(self.total, self.currency)

    @property
    def shipping(self) -> Money:
        """What of it is for sending the books."""
        return Money(self.shipping_amount, self.currency)

    @property
    def subtotal(self) -> Money:
        """What of it is for the books."""
        return Money(self.total - self.shipping_amount, self.currency)

    @property
    def address(self) -> Address | None:
        """Where the books go; orders from before addresses were asked for have none."""
        return Address.model_validate(self.shipping_address) if self.shipping_address else None

    @property
    def number(self) -> str:
        """What people call the order: eight characters of its id, "7F3A-91C2"."""
        text = self.id.hex[:8].upper()
        return f"{text[:4]}-{text[4:]}"

    @property
    def idempotency_key(self) -> str:
        """The key under which this order's PaymentIntent is created: a retry finds the same one.

        It changes only after Stripe was asked whether the last one made something (`next_opening`).
        """
        return f"{self.id}:open-payment:{self.opening}"

    @property
    def cancellation_key(self) -> str:
        """The key of the last request to cancel this order's PaymentIntent.

        Each request has its own, because Stripe repeats what it answered to a key, a "not now" too;
        canceling twice is harmless.
        """
        return f"{self.id}:cancel-payment:{self.cancel_attempts}"

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
    book_id: Mapped[int] = mapped_column(sa.ForeignKey(Book.id))
    slug: Mapped[str]
    title: Mapped[str]
    quantity: Mapped[int]
    unit_amount: Mapped[int]


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


async def by_payment_intent(session: AsyncSession, payment_intent_id: str) -> Order | None:
    """The order that this PaymentIntent pays, without its lines."""
    query = sa.select(Order).where(Order.payment_intent_id == payment_intent_id)
    return (await session.scalars(query)).one_or_none()


async def waiting_of_cart(session: AsyncSession, cart_id: uuid.UUID) -> list[Order]:
    """The cart's orders that can still be paid and whose books are still in it, with their lines."""
    query = _with_lines().where(
        Order.cart_id == cart_id,
        Order.state == State.AWAITING_PAYMENT,
        Order.left_cart_at.is_(None),
        # Money that came in another way than asked for waits for a person.
        Order.payment_status.is_distinct_from("succeeded"),
    )
    return list(await session.scalars(query))


def carts_in_use() -> sa.Select[uuid.UUID | None]:
    """The carts that have an order which is not settled."""
    return sa.select(Order.cart_id).where(Order.state.in_(UNPAID), Order.cart_id.is_not(None))


LOCKED = (
    sa.select(Order)
    .where(Order.id == sa.bindparam("order_id"))
    .with_for_update(of=Order)
    .execution_options(populate_existing=True)
)
LOCKED_WITH_LINES = LOCKED.options(joinedload(Order.lines))
LOCKED_FOR_NEWS = LOCKED.options(
    with_expression(Order.holds_copies, sa.exists().where(StockHold.order_id == Order.id))
)


async def locked(session: AsyncSession, order_id: uuid.UUID) -> Order:
    """The order with its lines as they are now, held against other writers until the session ends.

    Raises sqlalchemy.exc.NoResultFound where there is none; orders are never deleted.
    """
    return (await session.scalars(LOCKED_WITH_LINES, {"order_id": order_id})).unique().one()


async def locked_for_news(session: AsyncSession, order_id: uuid.UUID) -> Order | None:
    """The same without its lines, or None, for an id that somebody else has brought."""
    return (await session.scalars(LOCKED_FOR_NEWS, {"order_id": order_id})).one_or_none()


async def load_lines(session: AsyncSession, order: Order) -> None:
    """Add its lines to an order that was locked for news."""
    await session.refresh(order, ["lines"])


async def move(session: AsyncSession, order: Order, to: State, *, cause: str) -> None:
    """Bring a locked order to another state, and write down what brought it there."""
    await order_history.note(session, order.id, was=order.state, becomes=to, cause=cause)
    order.state = to


async def next_opening(session: AsyncSession, order_id: uuid.UUID, *, spent: int) -> Order:
    """Take the next key for the order's PaymentIntent, unless somebody has done so since key `spent`."""
    order = await locked(session, order_id)
    if order.payment_intent_id is None and order.opening == spent:
        order.opening, order.opening_since = spent + 1, now()
    return order


async def forget_origins(session: AsyncSession, *, placed_before: datetime) -> int:
    """Forget where older orders were placed from; how many they are."""
    known = (Order.placed_from.is_not(None), Order.created_at < placed_before)
    forgotten = sa.update(Order).where(*known).values(placed_from=None).returning(Order.id)
    return len((await session.scalars(forgotten)).all())


async def note_asked(session: AsyncSession, *order_ids: uuid.UUID) -> None:
    """Note that Stripe was asked about these orders' PaymentIntents just now, whatever comes of it."""
    await session.execute(sa.update(Order).where(Order.id.in_(order_ids)).values(payment_read_at=now()))


def _with_lines() -> sa.Select[Order]:
    return sa.select(Order).options(selectinload(Order.lines))
