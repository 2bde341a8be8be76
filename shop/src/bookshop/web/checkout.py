"""The checkout page. Its key lives in the address: a reload or a second tab is the same checkout."""

import re
import secrets

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookshop import books, orders
from bookshop.errors import BadRequestError, NotFoundError
from bookshop.languages import mark
from bookshop.money import Money
from bookshop.orders import Order, State
from bookshop.web import templating
from bookshop.web.book_pages import cover_url
from bookshop.web.checkout_bodies import KEY, LARGEST_QUANTITY
from bookshop.web.order_pages import line_views
from bookshop.web.pages import CheckoutPage, LineView
from bookshop.web.reader import reader_of
from bookshop.wiring import Shop

COOKIE = "checkout"
COOKIE_SECONDS = 86_400


async def page(request: Request) -> Response:
    """The checkout of one book."""
    shop: Shop = request.app.state.shop
    slug = request.path_params["slug"]
    quantity = _quantity(request)
    currency = reader_of(request).currency
    key = request.query_params.get("key", "")
    async with shop.sessions() as session:
        order = await orders.by_checkout_key(session, key) if re.fullmatch(KEY, key) else None
        # An order keeps its currency: who has chosen another one since begins another checkout.
        if order is not None and order.state == State.AWAITING_PAYMENT and order.currency != currency:
            order, key = None, ""
        if order is not None and order.state != State.AWAITING_PAYMENT:
            return RedirectResponse(f"/orders/{order.token}", 303)
        book = await books.find(session, slug)
        if book is None:
            raise NotFoundError
        price = book.price(currency)
        if price is None:
            return RedirectResponse(f"/books/{slug}", 303)  # Its page says in which currencies it is sold.
        if not re.fullmatch(KEY, key):
            key = await _remembered_key(request, session, quantity) or secrets.token_urlsafe(16)
            return _to_own_address(request, slug, quantity, key, shop)
    line = LineView(
        slug=book.slug,
        title=book.title,
        author=book.author,
        quantity=quantity,
        unit_price=price,
        total=price * quantity,
        cover_url=cover_url(book.slug),
        palette=book.palette,
    )
    shown = CheckoutPage(
        lines=await line_views(shop, order) if order else (line,),
        total=order.money if order else price * quantity,
        checkout_key=key,
        publishable_key=shop.settings.stripe_publishable_key,
        subtotal=order.subtotal if order else price * quantity,
        shipping=_shipping(shop, order, price.currency),
        countries=shop.settings.shipping_countries,
        address=order.address.for_form() if order and order.address else None,
        email=order.email if order else "",
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
    if not 1 <= quantity <= LARGEST_QUANTITY:
        sentence = mark("Between 1 and %(most)s copies can be ordered at once.")
        raise BadRequestError(reader_of(request).gettext(sentence, most=LARGEST_QUANTITY))
    return quantity


async def _remembered_key(request: Request, session: AsyncSession, quantity: int) -> str | None:
    """The key of this browser's open checkout of as many copies, so that two tabs share one order."""
    wanted, _, key = request.cookies.get(COOKIE, "").partition(".")
    if wanted != str(quantity) or not re.fullmatch(KEY, key):
        return None
    order = await orders.by_checkout_key(session, key)
    if order is None:
        return key
    is_open = order.state == State.AWAITING_PAYMENT and order.currency == reader_of(request).currency
    return key if is_open else None


def _to_own_address(request: Request, slug: str, quantity: int, key: str, shop: Shop) -> Response:
    response = RedirectResponse(f"/checkout/{slug}?quantity={quantity}&key={key}", 303)
    response.set_cookie(
        COOKIE,
        f"{quantity}.{key}",
        max_age=COOKIE_SECONDS,
        path=request.url.path,
        secure=shop.settings.public_url.startswith("https://"),
        httponly=True,
        samesite="lax",
    )
    response.headers["Cache-Control"] = "no-store"
    return response
