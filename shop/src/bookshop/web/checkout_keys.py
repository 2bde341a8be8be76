"""A checkout's key, in its address and in a cookie: a reload or a second tab is the same checkout."""

import re
import secrets

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookshop.web.checkout_bodies import KEY
from bookshop.web.cookies import remember

COOKIE_SECONDS = 86_400


def given(request: Request) -> str | None:
    """The key in the address, if it is one that we may have given."""
    key = request.query_params.get("key", "")
    return key if re.fullmatch(KEY, key) else None


def remembered(request: Request, cookie: str, of: object) -> str | None:
    """The key of this browser's last checkout of the same thing."""
    wanted, _, key = request.cookies.get(cookie, "").partition(".")
    return key if wanted == str(of) and re.fullmatch(KEY, key) else None


def fresh() -> str:
    """A key that nobody can guess."""
    return secrets.token_urlsafe(16)


def to_own_address(request: Request, query: str, key: str, *, cookie: str, of: object) -> Response:
    """To the same page with the key in its address, remembered for a day as the checkout of this thing."""
    response = RedirectResponse(f"{request.url.path}?{query}key={key}", 303)
    remember(request, response, cookie, f"{of}.{key}", seconds=COOKIE_SECONDS, path=request.url.path)
    response.headers["Cache-Control"] = "no-store"
    return response
