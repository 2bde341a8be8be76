"""Turns a page into HTML, and serves the files that pages refer to.

`app.state.site` holds what every page shows (set once by create_app); `static_routes()` belongs in the route
table. The build in a static address is a hash of the files' contents, so that browsers may keep them for ever
and relative imports between modules stay inside one build.
"""

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bookshop.languages import LANGUAGES, teach, translations
from bookshop.web.browser_words import browser_words
from bookshop.web.pages import Page
from bookshop.web.reader import Reader, reader_of

STATIC_FOLDER = Path(__file__).parent.parent / "static"
# Where `web/cart_count.py` leaves the number of copies in the visitor's cart for the masthead.
CART_COUNT = "cart_count"

_ONE_YEAR = 31_536_000  # seconds

# Whoever looks at a page that no request asked for.
ANYBODY = Reader()


@dataclass(frozen=True, kw_only=True)
class Site:
    """What every page shows, whatever it is about."""

    shop_name: str
    stripe_js_url: str

    @property
    def static(self) -> str:
        return f"/static/{static_build(STATIC_FOLDER)}"

    @property
    def year(self) -> int:
        return datetime.now(UTC).year


def render(
    request: Request, page: Page, status: int = 200, headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    """The page as a response; a value that its template wants and does not get raises UndefinedError.

    What is answered depends on who reads, so no cache may hand it to somebody else; a page whose door says
    nothing about keeping it is asked for anew each time.
    """
    reader = reader_of(request)
    told = {
        "Content-Language": reader.language.tag,
        "Vary": "Accept-Language, Cookie",
        "Cache-Control": "private, no-cache",
    }
    text = html(request.app.state.site, page, reader, cart_count=request.scope.get(CART_COUNT, 0))
    return HTMLResponse(text, status_code=status, headers=told | dict(headers or {}))


def html(site: Site, page: Page, reader: Reader = ANYBODY, *, cart_count: int = 0) -> str:
    """The page in the reader's language."""
    template = _environment(reader.locale).get_template(page.template)
    languages = LANGUAGES.values()
    return template.render(site=site, page=page, reader=reader, languages=languages, cart_count=cart_count)


def static_routes() -> list[BaseRoute]:
    return [Mount("/static/{build}", StaticBuild(directory=STATIC_FOLDER), name="static")]


@functools.cache
def static_build(folder: Path) -> str:
    """Twelve hexadecimal digits that change when any file in the folder changes, is added or renamed."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()[:12]


class StaticBuild(StaticFiles):
    """Static files under /static/{build}: kept for ever under this build's name, for no time under another's.

    While a new version is rolled out a page of the old one may ask a new server for its files; it gets
    today's file rather than none, but may not keep it.
    """

    async def get_response(self, path: str, scope: Scope) -> Response:
        # Starlette answers a malformed Range in plain text; files this small are sent whole.
        scope["headers"] = [header for header in scope["headers"] if header[0] != b"range"]
        response = await super().get_response(path, scope)
        is_current = scope["path_params"]["build"] == static_build(STATIC_FOLDER)
        response.headers["Cache-Control"] = (
            f"public, max-age={_ONE_YEAR}, immutable" if is_current else "no-cache"
        )
        return response


@functools.cache
def _environment(locale: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("bookshop"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["browser_words"] = functools.partial(browser_words, translations(locale))
    return teach(environment, LANGUAGES[locale])
