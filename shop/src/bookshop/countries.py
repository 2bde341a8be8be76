"""Countries by their ISO 3166-1 alpha-2 codes, named in a reader's language by CLDR."""

from babel import Locale

# What CLDR names under two letters and is no country: unions, tests, parts of other countries.
_ELSEWHERE = frozenset({"CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "UN", "XA", "XB", "ZZ"})

# With Kosovo (XK), Ascension (AC) and Tristan da Cunha (TA), which Stripe's Address Element offers as well.
COUNTRIES = frozenset(
    code for code in map(str, Locale("en").territories) if len(code) == 2 and code not in _ELSEWHERE
)


def country_name(code: str, locale: str = "en") -> str:
    """The country's name in the language of a Babel locale; the code itself where CLDR has none."""
    return str(Locale.parse(locale).territories.get(code, code))
