"""Cookies: what a browser keeps for us, never shown to scripts or sent along by other sites' forms."""

from starlette.requests import Request
from starlette.responses import Response

from bookshop.wiring import Shop


def remember(
    request: Request, response: Response, name: str, value: str, *, seconds: int, path: str = "/"
) -> None:
    """Let the browser send this value back with every request below `path`, for so many seconds."""
    shop: Shop = request.app.state.shop
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=path,
        secure=shop.settings.public_url.startswith("https://"),
        httponly=True,
        samesite="lax",
    )
