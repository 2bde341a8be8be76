"""A cart on its way to an order: whether it still is what its checkout shows, and what has to go first.

The rule: a cart has at most one order that can still be paid. A cart that changed gets a new checkout with a
new key, and its earlier order is closed at Stripe before the new one is placed.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import carts, orders, stock
from bookshop.carts import Cart
from bookshop.orders import Order, State


@dataclass(frozen=True, slots=True)
class CartChanged:
    """The cart holds something else than the page showed, perhaps nothing; nothing was placed."""


@dataclass(frozen=True, slots=True)
class Superseded:
    """Earlier orders of the cart that could still be paid; nothing was placed before they are closed."""

    orders: tuple[Order, ...]


async def check(
    session: AsyncSession, token: str | None, checkout_key: str, shown: Iterable[tuple[str, int]]
) -> uuid.UUID | CartChanged | Superseded:
    """The id of the cart, held until the session ends, if an order of what the page showed may be placed now.

    `shown` are copies by slug. A cart without a change since the page was drawn, and without another open
    order, may be ordered; so may one whose order stands under the same checkout key.
    """
    cart_id = await carts.hold(session, token)
    if cart_id is None:
        return CartChanged()
    earlier = await orders.by_checkout_key(session, checkout_key)
    if earlier is not None and earlier.cart_id == cart_id and earlier.state != State.AWAITING_PAYMENT:
        return cart_id  # Placing says what has become of it.
    # Read before the lines: what an order has taken out of the cart by now is then not in the lines either.
    waiting = await orders.waiting_of_cart(session, cart_id)
    cart = await carts.find(session, token)
    is_as_shown = cart is not None and contents(cart) == sorted(shown)
    is_still_its_order = earlier is None or (cart is not None and is_order_of(earlier, cart))
    if not (is_as_shown and is_still_its_order):
        return cart_id if await _has_just_ended(session, earlier, cart_id) else CartChanged()
    others = tuple(order for order in waiting if order.checkout_key != checkout_key)
    return Superseded(others) if others else cart_id


async def _has_just_ended(session: AsyncSession, order: Order | None, cart_id: uuid.UUID) -> bool:
    """Whether the order was paid or closed since it was read, and the cart is empty because of that."""
    if order is None or order.cart_id != cart_id:
        return False
    await session.refresh(order, ["state"])
    return order.state != State.AWAITING_PAYMENT


async def available(session: AsyncSession, cart: Cart) -> dict[int, int]:
    """Copies that the cart can order now, by the id of each counted book.

    What its own open orders hold counts too: they are found again, or closed before the next one is placed.
    """
    left = await stock.available(session)
    for order in await orders.waiting_of_cart(session, cart.id):
        for book_id, copies in (await stock.held(session, order.id)).items():
            left[book_id] += copies
    return left


def is_order_of(order: Order, cart: Cart) -> bool:
    """Whether this order is the cart as it is now, so that its checkout can go on with it."""
    return (
        order.cart_id == cart.id
        and order.left_cart_at is None
        and order.state == State.AWAITING_PAYMENT
        and sorted((line.slug, line.quantity) for line in order.lines) == contents(cart)
    )


def contents(cart: Cart) -> list[tuple[str, int]]:
    """Copies by slug, in an order that only depends on them."""
    return sorted((line.book.slug, line.quantity) for line in cart.lines)
