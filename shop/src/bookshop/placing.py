"""Placing an order: once for each checkout, at our prices, whatever the browser says.

`place` is called by the checkout's door alone; everything it can answer is a value below.
"""

from dataclasses import dataclass

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import books, orders
from bookshop.money import Money, least, most
from bookshop.orders import Order, OrderChange, OrderLine, State


@dataclass(frozen=True, slots=True)
class Item:
    """So many copies of the book under this slug."""

    slug: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What a checkout asks for. `shown_total` is what its page showed: compared, never charged.

    `locale` is the language in which the customer reads, and is written to.
    """

    checkout_key: str
    items: tuple[Item, ...]
    currency: str
    email: str
    shown_total: Money
    locale: str


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
class TooLittle:
    """Less money than Stripe charges in this currency; nothing was placed."""

    least: Money


@dataclass(frozen=True, slots=True)
class TooMuch:
    """More money than one payment can carry; nothing was placed."""

    most: Money


Refusal = TotalChanged | NotForSale | TooLittle | TooMuch | AlreadyPlaced
Result = Placed | Refusal


async def place(session: AsyncSession, draft: Draft) -> Result:
    """Place the order of a checkout, or find the one that this checkout has placed before.

    A double click, a second tab and a retry after a lost answer carry the same checkout key and all end at
    the same order; the unique key decides between two that arrive together.
    """
    if earlier := await orders.by_checkout_key(session, draft.checkout_key):
        return _again(earlier, draft)
    lines = await _priced_lines(session, draft)
    if isinstance(lines, NotForSale):
        return lines
    total = sum((line.unit_amount * line.quantity for line in lines), 0)
    if refusal := _refused_total(Money(total, draft.currency), draft):
        return refusal
    order_id = await session.scalar(
        insert(Order)
        .values(
            checkout_key=draft.checkout_key,
            email=draft.email,
            currency=draft.currency,
            total=total,
            locale=draft.locale,
        )
        .on_conflict_do_nothing(index_elements=[Order.checkout_key])
        .returning(Order.id)
    )
    if order_id is None:
        earlier = await orders.by_checkout_key(session, draft.checkout_key)
        assert earlier is not None, "a conflicting key belongs to an order"  # noqa: S101
        return _again(earlier, draft)
    for line in lines:
        line.order_id = order_id
    session.add_all(lines)
    session.add(OrderChange(order_id=order_id, to_state=State.AWAITING_PAYMENT, cause="placed at checkout"))
    await session.flush()
    return Placed(await orders.get(session, order_id), is_new=True)


def _again(order: Order, draft: Draft) -> Placed | TotalChanged | AlreadyPlaced:
    same = [(line.slug, line.quantity) for line in order.lines] == [(i.slug, i.quantity) for i in draft.items]
    if order.state != State.AWAITING_PAYMENT or not same or order.currency != draft.currency:
        return AlreadyPlaced(order)
    if order.money != draft.shown_total:
        return TotalChanged(order.money)
    order.email, order.locale = draft.email, draft.locale
    return Placed(order, is_new=False)


def _refused_total(total: Money, draft: Draft) -> TooLittle | TooMuch | TotalChanged | None:
    """Why this total cannot be charged, before Stripe would say so; None where it can."""
    if total.amount > most(total.currency).amount:
        return TooMuch(most(total.currency))
    if total.amount < least(total.currency).amount:
        return TooLittle(least(total.currency))
    return TotalChanged(total) if total != draft.shown_total else None


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
