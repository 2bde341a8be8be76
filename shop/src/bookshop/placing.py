"""Placing an order: once for each checkout, at our prices, whatever the browser says.

`place` and `resume` are called by the checkout's doors alone; everything they can answer is a value below.
"""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import limits, new_orders, order_history, orders, quotes, stock
from bookshop.database import now
from bookshop.money import Money
from bookshop.orders import Order, OrderLine, State
from bookshop.quotes import Item, NotForSale, NotShippable, Quote, TooLittle, TooMuch
from bookshop.settings import Settings
from bookshop.shipping import Address


@dataclass(frozen=True, slots=True)
class Draft:
    """What a checkout asks for. `shown_total` is what its page showed: compared, never charged.

    `locale` is the language in which the customer reads, and is written to; `placed_from` who is counted for
    it (`network.subject_of`), None where that cannot be told.
    """

    checkout_key: str
    items: tuple[Item, ...]
    currency: str
    email: str
    address: Address
    shown_total: Money
    locale: str
    cart_id: uuid.UUID | None = None
    placed_from: str | None = None
    at: datetime = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is written to, in which language, and where the books go."""

    email: str
    locale: str
    address: Address


@dataclass(frozen=True, slots=True)
class Placed:
    """The order stands, new or found again by its checkout key."""

    order: Order
    is_new: bool


@dataclass(frozen=True, slots=True)
class TotalChanged:
    """Our prices say something else than the page did; nothing was placed."""

    total: Money
    shipping: Money


@dataclass(frozen=True, slots=True)
class Readdressed:
    """The order stands, for an address that costs another rate than its present one; nothing was changed.

    Its PaymentIntent has to ask for `total` first; `take_new_rate` then lets the order follow.
    """

    order: Order
    recipient: Recipient
    shipping: Money
    total: Money


@dataclass(frozen=True, slots=True)
class AlreadyPlaced:
    """The checkout key belongs to an order that is settled, or that was for something else."""

    order: Order


@dataclass(frozen=True, slots=True)
class SoldOut:
    """Fewer copies of this counted book are left than were asked for; nothing was placed."""

    title: str
    left: int


@dataclass(frozen=True, slots=True)
class TooOften:
    """So much was placed from this address, or this payment opened so often, that it has to wait."""

    wait: timedelta


@dataclass(frozen=True, slots=True)
class _Priced:
    """The lines of an order that is not placed yet, and what they come to."""

    lines: list[OrderLine]
    quote: Quote


Refusal = TooOften | TotalChanged | SoldOut | NotForSale | NotShippable | TooLittle | TooMuch | AlreadyPlaced
Result = Placed | Readdressed | Refusal


async def place(session: AsyncSession, settings: Settings, draft: Draft) -> Result:
    """Place the order of a checkout, or find the one that this checkout has placed before.

    A double click, a second tab and a retry after a lost answer carry the same checkout key and all end at
    the same order; the unique key decides between two that arrive together.
    """
    wanted = await _priced(session, settings, draft)
    if isinstance(wanted, _Priced):
        placed = await _place_new(session, settings, draft, wanted)
        if placed is not None:
            return placed
    # An order keeps what it was placed with, whatever has become of prices and shelves since.
    earlier = await orders.by_checkout_key(session, draft.checkout_key)
    if earlier is not None:
        return await _again(session, settings, earlier, draft)
    assert not isinstance(wanted, _Priced), "a conflicting key belongs to an order"  # noqa: S101
    return wanted


async def _priced(session: AsyncSession, settings: Settings, draft: Draft) -> _Priced | Refusal:
    lines = await quotes.priced_lines(session, draft.items, draft.currency)
    if isinstance(lines, NotForSale):
        return lines
    quoted = quotes.of_lines(settings, lines, draft.currency, draft.address.country)
    if isinstance(quoted, Quote) and quoted.total != draft.shown_total:
        return TotalChanged(quoted.total, quoted.shipping)
    return _Priced(lines, quoted) if isinstance(quoted, Quote) else quoted


async def _place_new(
    session: AsyncSession, settings: Settings, draft: Draft, wanted: _Priced
) -> Placed | SoldOut | TooOften | None:
    """None where this checkout has placed its order before."""
    order = await new_orders.write(session, _row(draft, wanted.quote))
    if order is None:
        return None
    if wait := await limits.spend(session, settings, limits.ADDRESS, draft.placed_from, at=draft.at):
        await new_orders.withdraw(session, order)
        return TooOften(wait)
    short = await stock.hold(session, order.id, _copies(wanted.lines))
    if short:
        await new_orders.withdraw(session, order)
        line = next(line for line in wanted.lines if line.book_id in short)
        return SoldOut(line.title, short[line.book_id])
    await new_orders.write_lines(session, order, wanted.lines)
    return Placed(order, is_new=True)


async def resume(
    session: AsyncSession,
    settings: Settings,
    order_id: uuid.UUID,
    *,
    locale: str,
    address: Address | None,
    shown_total: Money,
) -> Result:
    """The order again, to be paid and sent to this address, or where it is sent to already."""
    order = await orders.locked(session, order_id)
    if wait := await _wait_to_open(session, settings, order):
        return TooOften(wait)
    address = address or order.address
    if address is not None:
        return _resumed(settings, order, Recipient(order.email, locale, address), shown_total)
    if order.state != State.AWAITING_PAYMENT:
        return AlreadyPlaced(order)
    if order.money != shown_total:
        return TotalChanged(order.money, order.shipping)
    return Placed(order, is_new=False)


async def take_new_rate(session: AsyncSession, change: Readdressed) -> Placed | TotalChanged | AlreadyPlaced:
    """Let the order follow its PaymentIntent, which asks for the new total by now."""
    order = await orders.locked(session, change.order.id)
    if order.state != State.AWAITING_PAYMENT:
        return AlreadyPlaced(order)
    if order.money not in {change.order.money, change.total}:
        # Another window was faster with a third address.
        return TotalChanged(order.money, order.shipping)
    if order.money != change.total:
        cause = (
            f"sent to {change.recipient.address.country}: total {order.total} becomes {change.total.amount}"
        )
        await order_history.note(session, order.id, was=order.state, becomes=order.state, cause=cause)
    order.total, order.shipping_amount = change.total.amount, change.shipping.amount
    _send_to(order, change.recipient)
    return Placed(order, is_new=False)


async def _again(session: AsyncSession, settings: Settings, earlier: Order, draft: Draft) -> Result:
    order = await orders.locked(session, earlier.id)
    if order.currency != draft.currency or not quotes.holds(order, draft.items):
        return AlreadyPlaced(order)
    if wait := await _wait_to_open(session, settings, order):
        return TooOften(wait)
    recipient = Recipient(draft.email, draft.locale, draft.address)
    return _resumed(settings, order, recipient, draft.shown_total)


async def _wait_to_open(session: AsyncSession, settings: Settings, order: Order) -> timedelta | None:
    if order.state != State.AWAITING_PAYMENT:
        return None
    return await limits.spend(session, settings, limits.OPENINGS, order.id, at=now())


def _resumed(settings: Settings, order: Order, recipient: Recipient, shown_total: Money) -> Result:
    if order.state != State.AWAITING_PAYMENT:
        return AlreadyPlaced(order)
    quoted = quotes.of_order(settings, order, recipient.address.country)
    if not isinstance(quoted, Quote):
        return quoted
    if quoted.total != shown_total:
        return TotalChanged(quoted.total, quoted.shipping)
    if quoted.total != order.money:
        return Readdressed(order, recipient, quoted.shipping, quoted.total)
    _send_to(order, recipient)
    return Placed(order, is_new=False)


def _send_to(order: Order, recipient: Recipient) -> None:
    order.email, order.locale = recipient.email, recipient.locale
    order.shipping_address = recipient.address.model_dump()


def _copies(lines: list[OrderLine]) -> dict[int, int]:
    """Copies by book id."""
    copies: Counter[int] = Counter()
    for line in lines:
        copies[line.book_id] += line.quantity
    return copies


def _row(draft: Draft, quoted: Quote) -> dict[str, object]:
    return {
        "checkout_key": draft.checkout_key,
        "email": draft.email,
        "currency": draft.currency,
        "total": quoted.total.amount,
        "shipping_amount": quoted.shipping.amount,
        "shipping_address": draft.address.model_dump(),
        "locale": draft.locale,
        "cart_id": draft.cart_id,
        "placed_from": draft.placed_from,
        "created_at": draft.at,
    }
