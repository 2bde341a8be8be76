"""What a checkout comes to: lines at today's prices, shipping by the country, and what cannot be sold."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import books, orders, shipping
from bookshop.money import Money, least, most
from bookshop.orders import Order, OrderLine
from bookshop.settings import Settings


@dataclass(frozen=True, slots=True)
class Item:
    """So many copies of the book under this slug."""

    slug: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Quote:
    """What a checkout comes to: lines and shipping add up to the total."""

    subtotal: Money
    shipping: Money

    @property
    def total(self) -> Money:
        """What would be charged."""
        return self.subtotal + self.shipping


@dataclass(frozen=True, slots=True)
class NotForSale:
    """This book is not on the shelf, or has no price in this currency."""

    slug: str


@dataclass(frozen=True, slots=True)
class NotShippable:
    """We do not ship to this country, or not for money of this currency."""

    country: str
    currency: str


@dataclass(frozen=True, slots=True)
class TooLittle:
    """Less money than Stripe charges in this currency."""

    least: Money


@dataclass(frozen=True, slots=True)
class TooMuch:
    """More money than one payment can carry."""

    most: Money


Unsellable = NotForSale | NotShippable | TooLittle | TooMuch


async def quote(
    session: AsyncSession,
    settings: Settings,
    *,
    checkout_key: str,
    items: tuple[Item, ...],
    currency: str,
    country: str,
) -> Quote | Unsellable:
    """What the checkout comes to when sent to this country; as sold, where it has placed its order before."""
    order = await orders.by_checkout_key(session, checkout_key)
    if order is not None and order.currency == currency and holds(order, items):
        return of_order(settings, order, country)
    lines = await priced_lines(session, items, currency)
    return lines if isinstance(lines, NotForSale) else of_lines(settings, lines, currency, country)


def holds(order: Order, items: tuple[Item, ...]) -> bool:
    """Whether the order is for these books."""
    ordered = sorted((line.slug, line.quantity) for line in order.lines)
    return ordered == sorted((item.slug, item.quantity) for item in items)


def of_order(settings: Settings, order: Order, country: str) -> Quote | NotShippable | TooLittle | TooMuch:
    """An order keeps its prices, and its rate for as long as it goes to the same country."""
    if order.address is not None and order.address.country == country:
        return Quote(order.subtotal, order.shipping)
    return _with_shipping(settings, order.subtotal, country)


def of_lines(
    settings: Settings, lines: list[OrderLine], currency: str, country: str
) -> Quote | NotShippable | TooLittle | TooMuch:
    """What these lines come to when sent to this country."""
    subtotal = Money(sum(line.unit_amount * line.quantity for line in lines), currency)
    return _with_shipping(settings, subtotal, country)


async def priced_lines(
    session: AsyncSession, items: tuple[Item, ...], currency: str
) -> list[OrderLine] | NotForSale:
    """The lines of an order that is not placed yet, at the prices of the shelf."""
    lines = []
    shelf = await books.offers(session, [item.slug for item in items], currency)
    for position, item in enumerate(items):
        offer = shelf.get(item.slug)
        if offer is None:
            return NotForSale(item.slug)
        lines.append(
            OrderLine(
                position=position,
                book_id=offer.book_id,
                slug=item.slug,
                title=offer.title,
                quantity=item.quantity,
                unit_amount=offer.price.amount,
            )
        )
    return lines


def _with_shipping(
    settings: Settings, subtotal: Money, country: str
) -> Quote | NotShippable | TooLittle | TooMuch:
    rate = shipping.rate(settings, country, subtotal.currency)
    if rate is None:
        return NotShippable(country, subtotal.currency)
    quoted = Quote(subtotal, rate)
    if quoted.total.amount > most(subtotal.currency).amount:
        return TooMuch(most(subtotal.currency))
    if quoted.total.amount < least(subtotal.currency).amount:
        return TooLittle(least(subtotal.currency))
    return quoted
