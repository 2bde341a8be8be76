"""Amounts as the dashboard's forms take them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stripe_sandbox.currencies import CURRENCIES, HIGHEST_AMOUNT
from stripe_sandbox.dashboard.amounts import AmountError, editable, minor_units


@given(st.integers(1, HIGHEST_AMOUNT), st.sampled_from(sorted(CURRENCIES)))
def test_what_a_form_shows_is_what_it_takes(amount: int, currency: str) -> None:
    """The text put into an input is the same amount when it comes back."""
    assert minor_units(editable(amount, currency), currency) == amount


@pytest.mark.parametrize(
    ("typed", "currency", "amount"),
    [("12.5", "sgd", 1250), ("1250", "jpy", 1250), ("0.005", "kwd", 5), (" 1 000 ", "eur", 100_000)],
)
def test_decimals_are_the_currencys(typed: str, currency: str, amount: int) -> None:
    """Two, none or three."""
    assert minor_units(typed, currency) == amount


@pytest.mark.parametrize(
    "typed", ["", "abc", "1,5", "0", "-2", "1.005", "NaN", "Infinity", "1e30", "1e-9", "5000000"]
)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    """With a sentence, never with a guess."""
    with pytest.raises(AmountError, match=r"amount|decimals"):
        minor_units(typed, "sgd")
