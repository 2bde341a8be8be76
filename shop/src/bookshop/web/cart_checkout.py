"""The checkout of the whole cart, on the same page and with the same kind of key as that of one book."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookshop import cart_orders, carts, orders
from bookshop.carts import Cart
from bookshop.money import most
from bookshop.orders import Order, State
from bookshop.web import cart, checkout, checkout_keys
from bookshop.web.reader import reader_of
from bookshop.wiring import Shop

COOKIE = "cart_checkout"


async def page(request: Request) -> Response:
    """The checkout of what is in the cart now.

    A key whose order is settled leads to that order. One whose order is for other contents, because the cart
    has changed since, is replaced by a fresh one: that order is closed when the new one is placed.
    """
    shop: Shop = request.app.state.shop
    currency = reader_of(request).currency
    key = checkout_keys.given(request)
    async with shop.sessions() as session:
        order = await orders.by_checkout_key(session, key) if key else None
        if order is not None and order.state != State.AWAITING_PAYMENT:
            return RedirectResponse(f"/orders/{order.token}", 303)
        held = await carts.find(session, cart.token_of(request))
        left = await cart_orders.available(session, held) if held else {}
        if held is None or not _is_for_sale(held, currency, left):
            return RedirectResponse(cart.ADDRESS, 303)
        if key is None or not _may_go_on(order, held, currency):
            key = await _remembered_key(request, session, held) or checkout_keys.fresh()
            return checkout_keys.to_own_address(request, "", key, cookie=COOKIE, of="cart")
    lines = tuple(cart.line_view(line, currency, left) for line in held.lines)
    total = cart.total_of(held, currency)
    return await checkout.show(request, key, order, lines, total, is_of_cart=True)


def _is_for_sale(held: Cart, currency: str, left: Mapping[int, int]) -> bool:
    if any(line.quantity > left.get(line.book_id, line.quantity) for line in held.lines):
        return False
    prices = [line.book.price(currency) if line.book.on_sale else None for line in held.lines]
    return bool(prices) and all(prices) and cart.total_of(held, currency).amount <= most(currency).amount


async def _remembered_key(request: Request, session: AsyncSession, held: Cart) -> str | None:
    """The key of this browser's open checkout of the cart as it is now."""
    currency = reader_of(request).currency
    key = checkout_keys.remembered(request, COOKIE, "cart")
    order = await orders.by_checkout_key(session, key) if key else None
    return key if key and _may_go_on(order, held, currency) else None


def _may_go_on(order: Order | None, held: Cart, currency: str) -> bool:
    """Whether a checkout under a key may: there is no order yet, or one of just these books and currency."""
    return order is None or (cart_orders.is_order_of(order, held) and order.currency == currency)
