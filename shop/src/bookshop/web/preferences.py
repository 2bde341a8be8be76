"""The small form at the foot of each page: language and currency, remembered for a year."""

import re

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookshop.languages import LANGUAGES
from bookshop.web.bodies import read_form
from bookshop.web.cookies import remember
from bookshop.web.reader import CURRENCY_COOKIE, LANGUAGE_COOKIE, reader_of

ONE_YEAR = 365 * 86_400

# An address of ours: one slash and then no second one, which browsers read as another host; a backslash is
# a slash to them, and a control character is left out before they read.
OWN_ADDRESS = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")


async def choose(request: Request) -> Response:
    """Remember `language` and `currency`, where they are ones that we have, and go `back`."""
    form = await read_form(request)
    back = form.get("back", "/")
    response = RedirectResponse(back if OWN_ADDRESS.fullmatch(back) else "/", 303)
    response.headers["Cache-Control"] = "no-store"
    language, currency = form.get("language"), form.get("currency")
    if language in LANGUAGES:
        remember(request, response, LANGUAGE_COOKIE, language, seconds=ONE_YEAR)
    if currency in reader_of(request).currencies:
        remember(request, response, CURRENCY_COOKIE, currency, seconds=ONE_YEAR)
    return response
