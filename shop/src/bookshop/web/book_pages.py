"""The shelf: home, one book, and the covers we draw."""

from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from bookshop import books, covers, stock
from bookshop.books import Book
from bookshop.errors import NotFoundError
from bookshop.web import templating
from bookshop.web.pages import BookPage, BookView, HomePage
from bookshop.web.reader import reader_of
from bookshop.wiring import Shop

ONE_DAY = 86_400


async def home(request: Request) -> Response:
    """Every book on the shelf."""
    shop: Shop = request.app.state.shop
    async with shop.sessions() as session:
        shelf = await _views(request, session)
    return templating.render(request, HomePage(books=shelf))


async def book(request: Request) -> Response:
    """One book, with the way to buy it."""
    shop: Shop = request.app.state.shop
    async with shop.sessions() as session:
        views = await _views(request, session)
    chosen = next((view for view in views if view.slug == request.path_params["slug"]), None)
    if chosen is None:
        raise NotFoundError
    others = tuple(view for view in views if view is not chosen)
    return templating.render(request, BookPage(book=chosen, other_books=others))


async def cover(request: Request) -> Response:
    """A book's cover as SVG, also for books that are no longer on sale but stand in somebody's order."""
    shop: Shop = request.app.state.shop
    async with shop.sessions() as session:
        found = await books.find_any(session, request.path_params["slug"])
    if found is None:
        raise NotFoundError
    svg = covers.draw(found.title, found.author, found.palette, found.motif)
    etag = f'"{sha256(svg.encode()).hexdigest()[:16]}"'
    headers = {"Cache-Control": f"public, max-age={ONE_DAY}", "ETag": etag}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(svg, media_type="image/svg+xml", headers=headers)


async def _views(request: Request, session: AsyncSession) -> tuple[BookView, ...]:
    """Every book on the shelf as the pages show it to this reader."""
    shelf, left = await books.on_sale(session), await stock.available(session)
    currency = reader_of(request).currency
    return tuple(_view(book, currency, left.get(book.id)) for book in shelf)


def _view(book: Book, currency: str, left: int | None) -> BookView:
    paragraphs = (" ".join(part.split()) for part in book.description.split("\n\n"))
    return BookView(
        slug=book.slug,
        title=book.title,
        author=book.author,
        description=tuple(part for part in paragraphs if part),
        price=book.price(currency),
        sold_in=tuple(sorted(price.currency for price in book.prices)),
        cover_url=cover_url(book.slug),
        palette=book.palette,
        left=left,
    )


def cover_url(slug: str) -> str:
    """Where a book's cover is drawn."""
    return f"/covers/{slug}.svg"
