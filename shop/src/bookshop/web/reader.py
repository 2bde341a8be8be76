"""Who reads the page: in which language, and in which currency prices are shown."""

import time
from collections.abc import Collection
from dataclasses import dataclass, field

import sqlalchemy as sa
import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from bookshop import books
from bookshop.languages import ENGLISH, LANGUAGES, Language, guess_currencies, negotiate, translations
from bookshop.settings import Settings
from bookshop.wiring import Shop

log = structlog.get_logger()

LANGUAGE_COOKIE = "language"
CURRENCY_COOKIE = "currency"

# Seconds for which a process remembers in which currencies the shelf is priced.
OFFERED_FOR = 5.0

# Addresses that only scripts call: they get JSON whatever they say they accept.
SCRIPT_PATHS = ("/stripe/", "/browser-events", "/health/", "/metrics")

# Addresses whose answers nobody reads in a language.
UNREAD = (*SCRIPT_PATHS, "/static/", "/covers/")


@dataclass(frozen=True, slots=True)
class Reader:
    """One request's reader. `currencies` are what the shop offers, `here` is the address being read."""

    language: Language = ENGLISH
    currency: str = "sgd"
    currencies: tuple[str, ...] = ("sgd",)
    here: str = "/"

    @property
    def locale(self) -> str:
        """The language's name in code: "en", "zh_Hans", "de" or "ja"."""
        return self.language.locale

    def gettext(self, sentence: str, **values: object) -> str:
        """The sentence in the reader's language; `%(name)s` in it stands for the value of that name."""
        words = translations(self.locale).gettext(sentence) if sentence else ""
        return words % values if values else words

    def ngettext(self, one: str, many: str, number: int, **values: object) -> str:
        """The sentence for this number of things; `%(num)s` in it stands for the number."""
        return translations(self.locale).ngettext(one, many, number) % ({"num": number} | values)


def reader_of(request: Request) -> Reader:
    """The reader of this request, found by `Readers`."""
    reader = request.scope["reader"]
    assert isinstance(reader, Reader)  # noqa: S101  nobody else writes it
    return reader


def find_reader(request: Request, offered: Collection[str], *, language: str, currency: str) -> Reader:
    """By cookies, else by what the browser says, else by the shop's own `language` and `currency`.

    A currency that nothing on the shelf is priced in is never chosen, unless nothing is priced at all.
    """
    header = request.headers.get("accept-language", "")
    spoken = LANGUAGES.get(request.cookies.get(LANGUAGE_COOKIE, "")) or negotiate(header)
    currencies = tuple(sorted(offered, key=lambda code: (code != currency, code))) or (currency,)
    wishes = [request.cookies.get(CURRENCY_COOKIE, ""), *guess_currencies(header), currencies[0]]
    return Reader(
        language=spoken or LANGUAGES[language],
        currency=next(wish for wish in wishes if wish in currencies),
        currencies=currencies,
        here=_here(request),
    )


@dataclass(slots=True)
class Offered:
    """The currencies that the shelf is priced in, asked for again when the answer is a few seconds old."""

    known: frozenset[str] = frozenset()
    until: float = field(default=0.0)

    async def now(self, shop: Shop) -> frozenset[str]:
        """What the database says, or said last: a page about a failure must not fail for want of a footer."""
        if time.monotonic() >= self.until:
            self.until = time.monotonic() + OFFERED_FOR
            try:
                async with shop.sessions() as session:
                    self.known = await books.currencies(session)
            except (sa.exc.SQLAlchemyError, OSError, TimeoutError) as error:
                log.warning("currencies not read", error=type(error).__name__)
        return self.known


class Readers:
    """Finds the reader of each request before anything answers it, errors included."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.language = settings.default_language
        self.currency = settings.default_currency
        self.offered = Offered()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its reader."""
        if scope["type"] == "http":
            request = Request(scope)
            is_read = not scope["path"].startswith(UNREAD)
            offered = await self.offered.now(request.app.state.shop) if is_read else frozenset[str]()
            scope["reader"] = find_reader(request, offered, language=self.language, currency=self.currency)
        await self.app(scope, receive, send)


def _here(request: Request) -> str:
    """The page that a choice of language leads back to: this one, or home when it is an answer to a form."""
    if request.method not in {"GET", "HEAD"}:
        return "/"
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path
