"""Money as Stripe counts it: an integer of minor units with its currency, never a float."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from babel.numbers import format_currency

# How many decimal digits Stripe's integer carries for a currency; every other currency carries two.
# Source: docs.stripe.com/currencies. UGX and ISK are without decimals in daily life but Stripe counts them
# with two (the last two must be 0); HUF and TWD are counted with two for charges and differ for payouts only.
ZERO_DECIMAL = frozenset(
    {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"}
)
THREE_DECIMAL = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
WHOLE_UNITS_ONLY = frozenset({"isk", "ugx"})

FIGURE = re.compile(r"(?P<units>[0-9]{1,12})(\.(?P<decimals>[0-9]+))?")


class CurrencyMismatchError(Exception):
    """Two amounts of different currencies met where only one currency makes sense."""


def exponent(currency: str) -> int:
    """Decimal digits in Stripe's integer for this lower-case ISO currency: 0, 2 or 3."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


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
        if currency in THREE_DECIMAL and minor % 10:
            raise ValueError(
                f"Stripe wants the last digit of a {currency.upper()} amount to be 0, not {figure}"
            )
        if currency in WHOLE_UNITS_ONLY and minor % 100:
            raise ValueError(f"{currency.upper()} has no decimals, not {figure}")
        return cls(minor, currency)

    @property
    def figure(self) -> Decimal:
        """The amount as people write it, in major units."""
        return Decimal(self.amount).scaleb(-exponent(self.currency))

    def format(self, locale: str = "en_SG") -> str:
        """The amount in words of a Babel locale, with a symbol that says which dollar ("S$23.00")."""
        if self.currency == "sgd" and not locale.startswith("zh"):
            # CLDR's en_SG writes a bare "$", which a visitor from elsewhere reads as another dollar.
            return format_currency(self.figure, "SGD", format="S$#,##0.00", locale=locale)
        return format_currency(self.figure, self.currency.upper(), locale=locale)

    def __add__(self, other: Self) -> Self:
        if other.currency != self.currency:
            raise CurrencyMismatchError(f"{self.currency} and {other.currency} do not add up")
        return type(self)(self.amount + other.amount, self.currency)

    def __mul__(self, quantity: int) -> Self:
        return type(self)(self.amount * quantity, self.currency)
