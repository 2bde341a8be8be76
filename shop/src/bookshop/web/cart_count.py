"""The number of books in the visitor's cart, for the masthead of every page."""

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from bookshop import carts
from bookshop.database import TROUBLE
from bookshop.web.cart import token_of
from bookshop.web.problems import wants_page
from bookshop.web.reader import UNREAD
from bookshop.web.templating import CART_COUNT
from bookshop.wiring import Shop

log = structlog.get_logger()


class CartCount:
    """Counts what is in the cart before a page is drawn; nothing is asked for visitors without a cart."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with the count."""
        if scope["type"] == "http" and not scope["path"].startswith(UNREAD):
            request = Request(scope)
            if wants_page(request):
                await recount(request)
        await self.app(scope, receive, send)


async def recount(request: Request) -> None:
    """Count again, in a door that may just have settled an order and so emptied the cart."""
    request.scope[CART_COUNT] = await _count(request)


async def _count(request: Request) -> int:
    token = token_of(request)
    if token is None:
        return 0
    shop: Shop = request.app.state.shop
    try:
        async with shop.sessions() as session:
            return await carts.count(session, token)
    except TROUBLE as error:
        # A page that can be drawn without the database should not fail for a number in its corner.
        log.warning("cart not counted", error=type(error).__name__)
        return 0
