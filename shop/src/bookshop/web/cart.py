"""The cart: changed by plain forms that end in a 303, so that a reload never repeats a change."""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookshop import books, cart_orders, carts
from bookshop.carts import MOST_COPIES, MOST_TITLES, Cart, CartLine, Refusal
from bookshop.errors import BadRequestError, NotFoundError
from bookshop.languages import mark
from bookshop.money import Money, most
from bookshop.web import templating
from bookshop.web.bodies import read_form
from bookshop.web.book_pages import cover_url
from bookshop.web.cookies import remember
from bookshop.web.pages import CartLineView, CartPage
from bookshop.web.reader import reader_of
from bookshop.wiring import Shop

COOKIE = "cart"
COOKIE_SECONDS = 365 * 86_400

ADDRESS = "/cart"


async def page(request: Request) -> Response:
    """What is in the cart, at today's prices in the reader's currency."""
    shop: Shop = request.app.state.shop
    async with shop.sessions() as session:
        cart = await carts.find(session, token_of(request))
        left = await cart_orders.available(session, cart) if cart else {}
        named = await books.find_any(session, request.query_params.get("book", ""))
    currency = reader_of(request).currency
    lines = tuple(line_view(line, currency, left) for line in cart.lines) if cart else ()
    total = Money(sum(line.total.amount for line in lines if line.is_buyable), currency)
    shown = CartPage(
        lines=lines,
        total=total,
        is_too_much=total.amount > most(currency).amount,
        added=named.title if named and "added" in request.query_params else None,
        refusal=_words(request, request.query_params.get("refused"), named.title if named else None),
    )
    return templating.render(request, shown)


async def add(request: Request) -> Response:
    """Put copies of a book (`book`, `quantity`, one by default) into the cart."""
    shop: Shop = request.app.state.shop
    form = await read_form(request)
    quantity = _quantity(request, form.get("quantity", "1"))
    async with shop.sessions.begin() as session:
        book = await books.find(session, form.get("book", ""))
        if book is None:
            raise NotFoundError
        if not 1 <= quantity <= MOST_COPIES:
            return _back(book=book.slug, refused=Refusal.COPIES)
        added = await carts.add(session, token_of(request), book.id, quantity)
    response = _back(book=book.slug, **({"refused": added.refusal} if added.refusal else {"added": "yes"}))
    remember(request, response, COOKIE, added.token, seconds=COOKIE_SECONDS)
    return response


async def change(request: Request) -> Response:
    """Let the cart hold exactly `quantity` copies of the book; 0 takes it out."""
    quantity = _quantity(request, (await read_form(request)).get("quantity", ""))
    return await _change(request, quantity)


async def remove(request: Request) -> Response:
    """Take the book out of the cart."""
    return await _change(request, 0)


def token_of(request: Request) -> str | None:
    """The token of the visitor's cart, if their cookie holds one."""
    token = request.cookies.get(COOKIE)
    return token if carts.is_token(token) else None


def line_view(line: CartLine, currency: str, left: Mapping[int, int]) -> CartLineView:
    """A line at today's price; one that cannot be bought has no price, and says why."""
    price = line.book.price(currency) if line.book.on_sale else None
    copies = left.get(line.book_id)
    return CartLineView(
        slug=line.book.slug,
        title=line.book.title,
        author=line.book.author,
        quantity=line.quantity,
        unit_price=price or Money(0, currency),
        total=price * line.quantity if price else Money(0, currency),
        cover_url=cover_url(line.book.slug),
        palette=line.book.palette,
        is_withdrawn=not line.book.on_sale,
        is_buyable=price is not None and copies != 0,
        left=copies,
    )


def total_of(cart: Cart, currency: str) -> Money:
    """What everything in the cart that can be bought costs together."""
    total = Money(0, currency)
    for line in cart.lines:
        price = line.book.price(currency) if line.book.on_sale else None
        total = total + price * line.quantity if price else total
    return total


async def _change(request: Request, quantity: int) -> Response:
    shop: Shop = request.app.state.shop
    async with shop.sessions.begin() as session:
        book = await books.find_any(session, request.path_params["slug"])
        if book is None:
            raise NotFoundError
        if not 0 <= quantity <= MOST_COPIES:
            return _back(book=book.slug, refused=Refusal.COPIES)
        refusal = await carts.change(session, token_of(request), book.id, quantity)
    return _back(book=book.slug, refused=refusal) if refusal else _back()


def _quantity(request: Request, text: str) -> int:
    """What a number field sends; raises BadRequestError for what no field of ours can send."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        sentence = mark("Please order between 1 and %(most)s copies of each book.")
        raise BadRequestError(reader_of(request).gettext(sentence, most=MOST_COPIES))
    return int(text)


def _back(**notice: str) -> RedirectResponse:
    """To the cart, by GET: whatever the browser repeats from there changes nothing."""
    return RedirectResponse(f"{ADDRESS}?{urlencode(notice)}" if notice else ADDRESS, 303)


def _words(request: Request, refused: str | None, title: str | None) -> str | None:
    words = reader_of(request).gettext
    book = title or words("this book")
    match refused:
        case Refusal.COPIES:
            sentence = mark(
                "At most %(most)s copies of “%(title)s” can be ordered at once. Your cart is as it was."
            )
        case Refusal.TITLES:
            sentence = mark(
                "Your cart holds %(most)s different books, as many as one order can. “%(title)s” was not "
                "added: buy or remove something first."
            )
        case Refusal.GONE:
            sentence = mark(
                "“%(title)s” is no longer in your cart; it was removed or bought in another window."
            )
        case _:
            return None
    return words(sentence, title=book, most=MOST_TITLES if refused == Refusal.TITLES else MOST_COPIES)
