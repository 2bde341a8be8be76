"""The order of a whole cart: earlier orders of the same cart are closed at Stripe before it is placed."""

from dataclasses import replace

from bookshop import cart_orders, placing
from bookshop.cart_orders import CartChanged, Superseded
from bookshop.errors import PaymentsUnavailableError
from bookshop.placing import Draft, Result
from bookshop.quotes import NotForSale
from bookshop.wiring import Shop
from bookshop.workflows.cancel_order import cancel_order
from bookshop.workflows.settle_payment import Cause

# Each round closes what it met; one more is needed only where another window orders at the same moment.
ROUNDS = 4


async def place_cart(shop: Shop, draft: Draft, cart_token: str | None) -> Result | CartChanged:
    """Place the order of a cart, or find it again, if the cart still holds what the page showed.

    An earlier order of the cart, whose contents have changed since, could be paid in a window that is still
    open, and its books be bought twice: so it is canceled first. Where its payment was faster, its books have
    left the cart by now, and the cart has changed.

    Raises:
        PaymentsUnavailableError: an earlier order could not be closed; nothing was placed, try again.
    """
    shown = [(item.slug, item.quantity) for item in draft.items]
    for _ in range(ROUNDS):
        async with shop.checkouts.take(), shop.sessions.begin() as session:
            checked = await cart_orders.check(session, cart_token, draft.checkout_key, shown)
            if isinstance(checked, CartChanged):
                return checked
            if not isinstance(checked, Superseded):
                result = await placing.place(session, shop.settings, replace(draft, cart_id=checked))
                # The cart's own page says which book was withdrawn since, and how to remove it.
                return CartChanged() if isinstance(result, NotForSale) else result
        for order in checked.orders:
            await cancel_order(shop, order.id, cause=Cause.CART)
    raise PaymentsUnavailableError("orders of one cart are being placed faster than they can be closed")
