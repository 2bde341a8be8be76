"""Money: minor units, what Stripe refuses, how people read it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookshop.money import CurrencyMismatchError, Money, exponent

CURRENCIES = st.sampled_from(["sgd", "eur", "jpy", "krw", "kwd", "bhd", "isk", "ugx", "huf", "twd"])
AMOUNTS = st.integers(min_value=0, max_value=99_999_999)


def chargeable(amount: int, currency: str) -> Money:
    """The nearest amount below that Stripe would charge."""
    step = {"kwd": 10, "bhd": 10, "isk": 100, "ugx": 100}.get(currency, 1)
    return Money(amount - amount % step, currency)


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


@pytest.mark.parametrize(("currency", "digits"), [("jpy", 0), ("krw", 0), ("sgd", 2), ("ugx", 2), ("kwd", 3)])
def test_exponents(currency: str, digits: int) -> None:
    """Stripe's decimals, which for some currencies differ from daily life's."""
    assert exponent(currency) == digits
