"""The checkout of one book; and what every checkout's page shows."""

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookshop import books, orders, stock
from bookshop.carts import MOST_COPIES
from bookshop.errors import BadRequestError, NotFoundError
from bookshop.languages import mark
from bookshop.money import Money
from bookshop.orders import Order, State
from bookshop.web import checkout_keys, templating
from bookshop.web.book_pages import cover_url
from bookshop.web.order_pages import line_views
from bookshop.web.pages import CheckoutPage, LineView
from bookshop.web.reader import reader_of
from bookshop.wiring import Shop

COOKIE = "checkout"


async def page(request: Request) -> Response:
    """The checkout of one book."""
    shop: Shop = request.app.state.shop
    slug = request.path_params["slug"]
    quantity = _quantity(request)
    currency = reader_of(request).currency
    key = checkout_keys.given(request)
    async with shop.sessions() as session:
        order = await orders.by_checkout_key(session, key) if key else None
        # An order keeps its currency: who has chosen another one since begins another checkout.
        if order is not None and order.state == State.AWAITING_PAYMENT and order.currency != currency:
            order, key = None, None
        if order is not None and order.state != State.AWAITING_PAYMENT:
            return RedirectResponse(f"/orders/{order.token}", 303)
        book = await books.find(session, slug)
        if book is None:
            raise NotFoundError
        price = book.price(currency)
        if price is None:
            return RedirectResponse(f"/books/{slug}", 303)  # Its page says in which currencies it is sold.
        if key is None:
            key = await _remembered_key(request, session, quantity) or checkout_keys.fresh()
            query = f"quantity={quantity}&"
            return checkout_keys.to_own_address(request, query, key, cookie=COOKIE, of=quantity)
        left = (await stock.available(session)).get(book.id)
        if order is None and left is not None and left < quantity:
            return RedirectResponse(f"/books/{slug}", 303)  # Its page says how many are left.
    line = LineView(
        slug=book.slug,
        title=book.title,
        author=book.author,
        quantity=quantity,
        unit_price=price,
        total=price * quantity,
        cover_url=cover_url(book.slug),
        palette=book.palette,
        left=left,
    )
    return await show(request, key, order, (line,), price * quantity)


async def show(
    request: Request,
    key: str,
    order: Order | None,
    lines: tuple[LineView, ...],
    total: Money,
    *,
    is_of_cart: bool = False,
) -> Response:
    """The page of a checkout: what it is about today, or as ordered once its order stands."""
    shop: Shop = request.app.state.shop
    shown = CheckoutPage(
        lines=await line_views(shop, order) if order else lines,
        total=order.money if order else total,
        checkout_key=key,
        publishable_key=shop.settings.stripe_publishable_key,
        subtotal=order.subtotal if order else total,
        shipping=_shipping(shop, order, total.currency),
        countries=shop.settings.shipping_countries,
        address=order.address.for_form() if order and order.address else None,
        email=order.email if order else "",
        is_of_cart=is_of_cart,
    )
    return templating.render(request, shown, headers={"Cache-Control": "no-store"})


def _shipping(shop: Shop, order: Order | None, currency: str) -> Money | None:
    """What is known of it before the page has told the country."""
    if order is not None and order.address is not None:
        return order.shipping
    return None if shop.settings.shipping_rates else Money(0, currency)


def _quantity(request: Request) -> int:
    text = request.query_params.get("quantity", "1")
    quantity = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if not 1 <= quantity <= MOST_COPIES:
        sentence = mark("Between 1 and %(most)s copies can be ordered at once.")
        raise BadRequestError(reader_of(request).gettext(sentence, most=MOST_COPIES))
    return quantity


async def _remembered_key(request: Request, session: AsyncSession, quantity: int) -> str | None:
    """The key of this browser's open checkout of as many copies, so that two tabs share one order."""
    key = checkout_keys.remembered(request, COOKIE, quantity)
    order = await orders.by_checkout_key(session, key) if key else None
    if order is None:
        return key
    is_open = order.state == State.AWAITING_PAYMENT and order.currency == reader_of(request).currency
    return key if is_open else None
