"""The languages that the shop speaks: which there are, their words, and whom each is for.

English sentences are the keys of the others' catalogues, `locale/<locale>/LC_MESSAGES/messages.po`. They are
read as text when a process first needs them, so an installed shop carries no compiled files.
"""

import functools
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from gettext import NullTranslations
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_time, get_datetime_format
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import get_currency_name, get_territory_currencies
from babel.support import Translations
from jinja2 import Environment

from bookshop.money import Money

CATALOGS = Path(__file__).parent / "locale"

# Longer lists of languages than any person speaks are somebody's experiment.
MOST_WANTED = 20


@dataclass(frozen=True, slots=True)
class Language:
    """`name` in its own words, `tag` for HTML (BCP 47), `babel` the locale that writes its numbers and dates.

    `stripe` is Stripe.js's word for it (docs.stripe.com/js/appendix/supported_locales).
    """

    locale: str
    name: str
    tag: str
    stripe: str
    babel: str


ENGLISH = Language("en", "English", "en", "en", "en_GB")
LANGUAGES = {
    language.locale: language
    for language in (
        ENGLISH,
        Language("zh_Hans", "简体中文", "zh-Hans", "zh", "zh_Hans_CN"),
        Language("de", "Deutsch", "de", "de", "de_DE"),
        Language("ja", "日本語", "ja", "ja", "ja_JP"),
    )
}


def mark(sentence: str) -> str:
    """The sentence as it is: a mark for `make messages`, where it is translated later, when it is shown."""
    return sentence


@functools.cache
def translations(locale: str) -> NullTranslations:
    """The words of a language of LANGUAGES; what its catalogue lacks stays English."""
    path = CATALOGS / locale / "LC_MESSAGES" / "messages.po"
    if locale == ENGLISH.locale:
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale))
    compiled.seek(0)
    return Translations(compiled)


def negotiate(header: str) -> Language | None:
    """The first language of ours that an Accept-Language header (RFC 9110) asks for."""
    by_code = {language.tag.partition("-")[0]: language for language in LANGUAGES.values()}
    return next(
        (by_code[code] for tag in _wanted(header) if (code := tag.partition("-")[0]) in by_code), None
    )


def guess_currencies(header: str) -> list[str]:
    """Lower-case ISO currencies of where the reader of this Accept-Language header seems to live, best first.

    Only the most wanted language tells: the others say what somebody reads, not where. en-US says nothing,
    because browsers all over the world are installed with it.
    """
    wanted = _wanted(header)
    first = wanted[0].partition("-")[0] if wanted else ""
    places = [
        _territory(tag) for tag in wanted if tag.partition("-")[0] == first and tag not in {"en", "en-us"}
    ]
    found = [currency.lower() for place in places if place for currency in get_territory_currencies(place)]
    return list(dict.fromkeys(found))


def teach(environment: Environment, language: Language) -> Environment:
    """Give a template environment the language: `_`, `ngettext`, `trans`, and filters for what it writes.

    `money` (Money), `moment` (a datetime), `currency_name` and `currency_list` (lower-case ISO codes).
    """
    words = translations(language.locale)
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    environment.policies["ext.i18n.trimmed"] = True
    environment.filters["money"] = functools.partial(Money.format, locale=language.babel)
    environment.filters["moment"] = functools.partial(moment, language=language)
    environment.filters["currency_name"] = lambda code: get_currency_name(code.upper(), locale=language.babel)
    environment.filters["currency_list"] = lambda codes: format_list(
        [code.upper() for code in codes], locale=language.babel
    )
    return environment


def moment(when: datetime, language: Language) -> str:
    """A moment in words, in UTC because the server does not know where the reader is."""
    universal = when.astimezone(UTC)
    day = format_date(universal, "long", locale=language.babel)
    clock = format_time(universal, "HH:mm", locale=language.babel)
    together = str(get_datetime_format("medium", locale=language.babel))
    return f"{together.format(clock, day)} UTC"


def _wanted(header: str) -> list[str]:
    """The header's languages in lower case, the most wanted first; what is no language is left out."""
    ranked = sorted(_ranges(header), key=lambda found: -found[1])
    return [tag for tag, weight in ranked if weight > 0 and tag != "*"]


def _ranges(header: str) -> Iterator[tuple[str, float]]:
    for part in header.split(",")[:MOST_WANTED]:
        tag, _, parameter = part.strip().lower().partition(";")
        weight = parameter.strip().removeprefix("q=") if parameter else "1"
        if tag.strip() and weight.replace(".", "", 1).isdecimal() and weight.isascii():
            yield tag.strip(), float(weight)


def _territory(tag: str) -> str | None:
    """Where a language tag is at home: what it says, or else where most of its speakers live ("ja": JP)."""
    try:
        found = Locale.parse(tag, sep="-")
    except (ValueError, TypeError, UnknownLocaleError):
        return None
    likely: str = get_global("likely_subtags").get(found.language, "")
    return found.territory or likely.rpartition("_")[2] or None
