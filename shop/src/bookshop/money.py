"""Money as Stripe counts it: an integer of minor units with its currency, never a float."""

import functools
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from babel import Locale
from babel.numbers import format_currency, get_currency_symbol

# How many decimal digits Stripe's integer carries for a currency; every other currency carries two.
# Source: docs.stripe.com/currencies. UGX and ISK are without decimals in daily life but Stripe counts them
# with two (the last two must be 0); HUF and TWD are counted with two for charges and differ for payouts only.
ZERO_DECIMAL = frozenset(
    {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"}
)
THREE_DECIMAL = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
WHOLE_UNITS_ONLY = frozenset({"isk", "ugx"})

# The least that Stripe charges, as people write it, and the most, in minor units.
# Source: docs.stripe.com/currencies. Where Stripe converts before it compares, as for currencies that the
# account is not paid out in, its own answer may still be no. For other currencies it names no minimum.
LEAST = {
    "0.30": "gbp",
    "0.50": "ars aud brl cad chf cop eur idr ils inr nzd php rub sgd usd zar",
    "2.00": "aed myr pln ron",
    "2.50": "dkk",
    "3.00": "nok sek",
    "4.00": "hkd",
    "10.00": "mxn thb",
    "15.00": "czk",
    "50": "jpy krw",
    "175.00": "huf",
}
MOST = 99_999_999

# Symbols that say which dollar or ringgit it is to a reader from anywhere, where CLDR's do not always.
SYMBOLS = {"sgd": "S$", "usd": "US$", "myr": "RM"}

FIGURE = re.compile(r"(?P<units>[0-9]{1,12})(\.(?P<decimals>[0-9]+))?")


class CurrencyMismatchError(Exception):
    """Two amounts of different currencies met where only one currency makes sense."""


def exponent(currency: str) -> int:
    """Decimal digits in Stripe's integer for this lower-case ISO currency: 0, 2 or 3."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def step(currency: str) -> int:
    """What every amount in this currency is a multiple of, in its minor units: 1, 10 or 100."""
    if currency in THREE_DECIMAL:
        return 10
    return 100 if currency in WHOLE_UNITS_ONLY else 1


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of its lower-case ISO 4217 currency, as Stripe's `amount` and `currency`."""

    amount: int
    currency: str

    @classmethod
    def of(cls, figure: str | Decimal, currency: str) -> Self:
        """What people write ("23.00", "sgd") as minor units.

        Raises:
            ValueError: no plain number, more decimals than the currency has, or decimals that Stripe refuses.
        """
        currency = currency.lower()
        match = FIGURE.fullmatch(figure if isinstance(figure, str) else format(figure, "f"))
        if match is None:
            raise ValueError(f"{figure!s:.40} is not an amount such as 23.00")
        # Digits, not Decimal arithmetic, which rounds a long figure to its context's precision.
        digits = exponent(currency)
        decimals = (match["decimals"] or "").rstrip("0")
        if len(decimals) > digits:
            raise ValueError(f"{figure!s:.40} has more decimals than {currency.upper()} allows")
        minor = int(match["units"] + decimals.ljust(digits, "0"))
        if minor % step(currency) and currency in THREE_DECIMAL:
            raise ValueError(
                f"Stripe wants the last digit of a {currency.upper()} amount to be 0, not {figure}"
            )
        if minor % step(currency):
            raise ValueError(f"{currency.upper()} has no decimals, not {figure}")
        return cls(minor, currency)

    @property
    def is_chargeable(self) -> bool:
        """Whether Stripe takes it: not too little, not too much, no decimals that it refuses."""
        return least(self.currency).amount <= self.amount <= most(self.currency).amount and (
            self.amount % step(self.currency) == 0
        )

    @property
    def figure(self) -> Decimal:
        """The amount as people write it, in major units."""
        return Decimal(self.amount).scaleb(-exponent(self.currency))

    def format(self, locale: str) -> str:
        """The amount as a Babel locale writes it, with a symbol that says which dollar ("S$23.00").

        The decimals are Stripe's: CLDR's, which follow daily life, would round Serbian dinars to whole ones.
        """
        pattern = _pattern(self.currency, locale)
        code = self.currency.upper()
        return format_currency(self.figure, code, format=pattern, locale=locale, currency_digits=False)

    def __add__(self, other: Self) -> Self:
        if other.currency != self.currency:
            raise CurrencyMismatchError(f"{self.currency} and {other.currency} do not add up")
        return type(self)(self.amount + other.amount, self.currency)

    def __mul__(self, quantity: int) -> Self:
        return type(self)(self.amount * quantity, self.currency)


def least(currency: str) -> Money:
    """The smallest amount that Stripe charges in this currency."""
    figures = (figure for figure, currencies in LEAST.items() if currency in currencies.split())
    return next((Money.of(figure, currency) for figure in figures), Money(step(currency), currency))


def most(currency: str) -> Money:
    """The largest amount that Stripe charges in this currency."""
    return Money(MOST - MOST % step(currency), currency)


@functools.cache
def _pattern(currency: str, locale: str) -> str:
    """Where a locale puts symbol and separators (Unicode TR 35), with the decimals that Stripe counts."""
    code = currency.upper()
    digits = 0 if currency in WHOLE_UNITS_ONLY else exponent(currency)
    symbol = SYMBOLS.get(currency) or get_currency_symbol(code, locale=locale)
    standard: str = Locale.parse(locale).currency_formats["standard"].pattern
    # CLDR parts a code from the digits beside it; Babel 2.18 does not.
    beside = "\u00a0" if symbol == code and standard.startswith("¤") else ""
    decimals = f".{'0' * digits}" if digits else ""
    return standard.replace("0.00", f"0{decimals}").replace("¤", f"'{symbol}{beside}'")
