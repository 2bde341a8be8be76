"""The number of books in the visitor's cart, for the masthead of every page."""

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bookshop import carts
from bookshop.web.cart import token_of
from bookshop.web.templating import CART_COUNT
from bookshop.wiring import Shop

log = structlog.get_logger()

WITHOUT_MASTHEAD = ("/static/", "/covers/", "/health/", "/metrics", "/stripe/", "/browser-events")


class CartCount:
    """Counts what is in the cart before a page is drawn; nothing is asked for visitors without a cart."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with the count, and its page back marked as this visitor's."""
        if scope["type"] != "http" or scope["path"].startswith(WITHOUT_MASTHEAD):
            await self.app(scope, receive, send)
            return
        if scope["method"] in {"GET", "HEAD"}:
            scope[CART_COUNT] = await _count(Request(scope))

        async def send_privately(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.setdefault("Cache-Control", "private, no-cache")
                    headers.add_vary_header("Cookie")
            await send(message)

        await self.app(scope, receive, send_privately)


async def _count(request: Request) -> int:
    token = token_of(request)
    if token is None:
        return 0
    shop: Shop = request.app.state.shop
    try:
        async with shop.sessions() as session:
            return await carts.count(session, token)
    except (DBAPIError, PoolTimeoutError, OSError) as error:
        # A page that can be drawn without the database should not fail for a number in its corner.
        log.warning("cart not counted", error=type(error).__name__)
        return 0
