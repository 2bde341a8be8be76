"""The table of test cards."""

from string import digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stripe_sandbox.cards import BY_NUMBER, BY_TOKEN, CARDS, brand_of, card_for, passes_luhn
from stripe_sandbox.declines import REAL_CARD


def test_numbers_and_tokens_are_unique_and_real_looking() -> None:
    """A typing mistake in the table breaks the check digit; a doubled row hides another."""
    assert len(BY_NUMBER) == len(CARDS)
    assert len(BY_TOKEN) == sum(len(card.tokens) for card in CARDS)
    assert [card.number for card in CARDS if not passes_luhn(card.number)] == []
    assert [card.number for card in CARDS if brand_of(card.number) != card.brand] == []


@given(st.text(digits, min_size=11, max_size=18))
def test_one_digit_in_ten_checks(body: str) -> None:
    """For any number exactly one check digit is right."""
    assert [passes_luhn(body + digit) for digit in digits].count(True) == 1


@given(st.text(max_size=25))
def test_any_text_is_a_card_or_not(text: str) -> None:
    """No text breaks the check; only 12 to 19 plain digits pass."""
    if passes_luhn(text):
        assert text.isascii()
        assert text.isdecimal()
        assert 12 <= len(text) <= 19


def test_a_real_card_is_declined() -> None:
    """A number that is in no table must not pay in a test account."""
    assert card_for("4111111111111111").decline == REAL_CARD
    assert card_for("4242424242424242").decline is None


@pytest.mark.parametrize(
    ("number", "brand"),
    [("4", "visa"), ("2221", "mastercard"), ("371", "amex"), ("6011", "discover"), ("9", "unknown")],
)
def test_first_digits_tell_the_brand(number: str, brand: str) -> None:
    """Enough for an icon while somebody types."""
    assert brand_of(number) == brand
