"""Money: minor units, what Stripe refuses, how people read it."""

import re
from decimal import Decimal

import pytest
from babel.numbers import list_currencies, parse_decimal
from hypothesis import given
from hypothesis import strategies as st

from bookshop.languages import LANGUAGES
from bookshop.money import CurrencyMismatchError, Money, exponent, least, most, step

# Stripe's lists, written down a second time and apart from money.py's own (docs.stripe.com/currencies).
NO_DECIMALS = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".lower().split()
THREE_DECIMALS = "BHD JOD KWD OMR TND".lower().split()
SENT_WITH_TWO_ZEROS = ["isk", "ugx"]
SPECIAL_FOR_PAYOUTS_ONLY = ["huf", "twd"]
MINIMUMS = """
    USD 0.50 AED 2.00 ARS 0.50 AUD 0.50 BRL 0.50 CAD 0.50 CHF 0.50 COP 0.50 CZK 15.00 DKK 2.50 EUR 0.50
    GBP 0.30 HKD 4.00 HUF 175.00 IDR 0.50 ILS 0.50 INR 0.50 JPY 50 KRW 50 MXN 10.00 MYR 2.00 NOK 3.00
    NZD 0.50 PHP 0.50 PLN 2.00 RON 2.00 RUB 0.50 SEK 3.00 SGD 0.50 THB 10.00 ZAR 0.50
"""
FIGURES = re.findall(r"([A-Z]{3}) ([\d.]+)", MINIMUMS)

EVERY_CURRENCY = sorted(code.lower() for code in list_currencies())
CURRENCIES = st.sampled_from(EVERY_CURRENCY) | st.sampled_from(
    [*NO_DECIMALS, *THREE_DECIMALS, *SENT_WITH_TWO_ZEROS, *SPECIAL_FOR_PAYOUTS_ONLY]
)
AMOUNTS = st.integers(min_value=0, max_value=99_999_999)


def digits_at_stripe(currency: str) -> int:
    if currency in NO_DECIMALS:
        return 0
    return 3 if currency in THREE_DECIMALS else 2


def chargeable(amount: int, currency: str) -> Money:
    """The nearest amount below that Stripe would charge."""
    if currency in THREE_DECIMALS:
        return Money(amount - amount % 10, currency)
    return Money(amount - amount % 100 if currency in SENT_WITH_TWO_ZEROS else amount, currency)


@given(AMOUNTS, CURRENCIES)
def test_what_people_write_and_stripe_counts_is_the_same(amount: int, currency: str) -> None:
    """Minor units to a figure and back lose nothing, in currencies of no, two and three decimals."""
    money = chargeable(amount, currency)
    assert Money.of(money.figure, currency) == money
    assert Money.of(str(money.figure), currency.upper()) == money


@given(st.decimals(min_value=0, max_value=10_000, allow_nan=False, allow_infinity=False), CURRENCIES)
def test_a_figure_is_never_rounded(figure: Decimal, currency: str) -> None:
    """A figure either becomes exactly its minor units or is refused."""
    try:
        money = Money.of(figure, currency)
    except ValueError:
        return
    assert money.figure == figure


@pytest.mark.parametrize(
    ("figure", "currency", "amount"),
    [
        ("23.00", "sgd", 2300),
        ("23", "sgd", 2300),
        ("0.01", "eur", 1),
        ("2300", "jpy", 2300),
        ("1.230", "kwd", 1230),
        ("500", "isk", 50_000),
        ("23.0", "huf", 2300),
    ],
)
def test_story_14_figures_become_stripes_integers(figure: str, currency: str, amount: int) -> None:
    """Story 14: each currency is counted as docs.stripe.com/currencies says; JPY is never multiplied."""
    assert Money.of(figure, currency) == Money(amount, currency)


@pytest.mark.parametrize(
    ("figure", "currency"),
    [
        ("23.005", "sgd"),
        ("23.5", "jpy"),
        ("1.2345", "kwd"),
        ("1.234", "kwd"),
        ("500.50", "isk"),
        ("0.0000000000000000000000000000000001", "sgd"),
        ("1.0000000000000000000000000000000001", "sgd"),
    ],
)
def test_figures_finer_than_the_currency_are_refused(figure: str, currency: str) -> None:
    """More decimals than Stripe takes are a mistake to be told, not a figure to be rounded."""
    with pytest.raises(ValueError, match=r"decimals|last digit"):
        Money.of(figure, currency)


@pytest.mark.parametrize(
    "figure", ["", "abc", "S$23.00", "23,00", "NaN", "sNaN", "Infinity", "-Infinity", "1e999999999", "0x17"]
)
def test_what_is_no_figure_is_refused(figure: str) -> None:
    """Anything that is not a plain number raises ValueError and nothing else."""
    with pytest.raises(ValueError, match="not an amount"):
        Money.of(figure, "sgd")


@given(st.text(max_size=12), CURRENCIES)
def test_no_text_breaks_the_reading_of_figures(figure: str, currency: str) -> None:
    """Whatever stands in the catalogue ends as money or as ValueError."""
    try:
        money = Money.of(figure, currency)
    except ValueError:
        return
    assert isinstance(money.amount, int)


@given(AMOUNTS, AMOUNTS, CURRENCIES, st.integers(min_value=1, max_value=99))
def test_adding_and_multiplying_stay_whole(left: int, right: int, currency: str, quantity: int) -> None:
    """Sums and lines are integers of the same currency."""
    assert Money(left, currency) + Money(right, currency) == Money(left + right, currency)
    assert Money(left, currency) * quantity == Money(left * quantity, currency)


def test_currencies_do_not_mix() -> None:
    """S$1 and 1 euro have no sum."""
    with pytest.raises(CurrencyMismatchError):
        Money(100, "sgd") + Money(100, "eur")


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(2300, "sgd"), "S$23.00"),
        (Money(123_456_789, "sgd"), "S$1,234,567.89"),
        (Money(1, "sgd"), "S$0.01"),
        (Money(2300, "eur"), "€23.00"),
        (Money(1_230, "kwd"), "KWD\u00a01.230"),
        (Money(50_000, "isk"), "ISK\u00a0500"),
    ],
)
def test_amounts_are_read_without_doubt(money: Money, text: str) -> None:
    """The symbol says which dollar, and the decimals are the currency's own."""
    assert money.format("en_GB") == text


def test_yen_have_no_decimals() -> None:
    """2300 yen are 2,300 yen, not 23."""
    assert Money(2300, "jpy").format("en_GB").endswith("2,300")


@pytest.mark.parametrize("currency", EVERY_CURRENCY)
def test_decimals_are_stripes(currency: str) -> None:
    """None, two or three for each currency of the world, by Stripe's lists and not by daily life."""
    assert exponent(currency) == digits_at_stripe(currency)
    assert Money(10 ** digits_at_stripe(currency), currency).figure == 1


@given(AMOUNTS, CURRENCIES)
def test_figures_and_integers_differ_by_the_decimals_alone(amount: int, currency: str) -> None:
    """Both ways: the integer is the figure with its point moved by so many places, and back."""
    money = Money(amount, currency)
    assert money.figure * 10 ** digits_at_stripe(currency) == amount
    assert (Money.of(money.figure, currency) == money) if amount % step(currency) == 0 else True


@given(AMOUNTS, CURRENCIES, st.sampled_from([language.babel for language in LANGUAGES.values()]))
def test_what_is_read_is_what_is_charged(amount: int, currency: str, locale: str) -> None:
    """In every language the text holds the figure itself, to the last decimal that Stripe counts."""
    money = chargeable(amount, currency)
    figure = re.search(r"\d[\d.,]*", money.format(locale))
    assert figure
    assert parse_decimal(figure[0], locale=locale) == money.figure


@pytest.mark.parametrize(("currency", "figure"), FIGURES)
def test_the_least_that_stripe_charges(currency: str, figure: str) -> None:
    """The minimum itself can be charged, one step less cannot."""
    currency = currency.lower()
    minimum = least(currency)
    assert minimum.figure == Decimal(figure)
    assert minimum.is_chargeable
    assert not Money(minimum.amount - step(currency), currency).is_chargeable


@given(AMOUNTS, CURRENCIES)
def test_what_can_be_charged(amount: int, currency: str) -> None:
    """Between least and most, in steps: nothing else passes, and nothing else is refused."""
    money = Money(amount, currency)
    is_refused_by_stripe = (
        (currency in THREE_DECIMALS and amount % 10 != 0)
        or (currency in SENT_WITH_TWO_ZEROS and amount % 100 != 0)
        or amount < max(1, least(currency).amount)
    )
    assert money.is_chargeable == (not is_refused_by_stripe)
    assert not Money(100_000_000, currency).is_chargeable
    assert most(currency).is_chargeable
    assert most(currency).amount + step(currency) > 99_999_999


def test_the_most_keeps_each_currencys_last_digits() -> None:
    """Eight digits, the last ones 0 where Stripe wants that."""
    amounts = [most(currency).amount for currency in ("sgd", "jpy", "kwd", "isk")]
    assert amounts == [99_999_999, 99_999_999, 99_999_990, 99_999_900]
