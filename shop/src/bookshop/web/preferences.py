"""The small form at the foot of each page: language and currency, remembered for a year."""

import re
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookshop.languages import LANGUAGES
from bookshop.web.bodies import read_bytes
from bookshop.web.reader import CURRENCY_COOKIE, LANGUAGE_COOKIE, reader_of
from bookshop.wiring import Shop

ONE_YEAR = 365 * 86_400

# An address of ours: one slash and then no second one, which browsers read as another host; a backslash is
# a slash to them, and a control character is left out before they read.
OWN_ADDRESS = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")


async def choose(request: Request) -> Response:
    """Remember `language` and `currency`, where they are ones that we have, and go `back`."""
    form = parse_qs((await read_bytes(request, limit=4096)).decode("utf-8", "replace"))
    back = form.get("back", ["/"])[0]
    response = RedirectResponse(back if OWN_ADDRESS.fullmatch(back) else "/", 303)
    response.headers["Cache-Control"] = "no-store"
    language, currency = form.get("language", [""])[0], form.get("currency", [""])[0]
    if language in LANGUAGES:
        _remember(request, response, LANGUAGE_COOKIE, language)
    if currency in reader_of(request).currencies:
        _remember(request, response, CURRENCY_COOKIE, currency)
    return response


def _remember(request: Request, response: Response, name: str, value: str) -> None:
    shop: Shop = request.app.state.shop
    response.set_cookie(
        name,
        value,
        max_age=ONE_YEAR,
        secure=shop.settings.public_url.startswith("https://"),
        httponly=True,
        samesite="lax",
    )
