"""The test cards: finding one by number or token, and what a number alone tells.

Source: https://docs.stripe.com/testing. Any future expiry and any 3-digit CVC (4 for American Express).
"""

from stripe_sandbox.card_behaviour import Authentication, Card
from stripe_sandbox.card_rows import (
    BY_BRAND,
    BY_COUNTRY,
    CHALLENGED,
    CHECKED,
    DECLINED,
    DISPUTED,
    PREVENTED,
    REFUNDED,
    THREE_D_SECURE,
)
from stripe_sandbox.declines import REAL_CARD

__all__ = (
    "BY_NUMBER", "BY_TOKEN", "CARDS", "GROUPS", "Authentication", "Card", "brand_of", "card_for",
    "passes_luhn",
)  # fmt: skip

GROUPS: tuple[tuple[str, tuple[Card, ...]], ...] = (
    ("Succeeds, by brand", BY_BRAND),
    ("Declined", DECLINED),
    ("3-D Secure", THREE_D_SECURE),
    ("Checks and risk", CHECKED + CHALLENGED),
    ("Refunds and balance", REFUNDED),
    ("Disputes", DISPUTED + PREVENTED),
    ("Succeeds, by country", BY_COUNTRY),
)
CARDS = tuple(card for _, group in GROUPS for card in group)
BY_NUMBER = {card.number: card for card in CARDS}
BY_TOKEN = {token: card for card in CARDS for token in card.tokens}

_BRANDS = (
    ("amex", ("34", "37")),
    ("diners", ("30", "36", "38", "39")),
    ("jcb", ("35",)),
    ("discover", ("6011", "64", "65")),
    ("unionpay", ("62", "81")),
    ("visa", ("4",)),
    ("mastercard", ("51", "52", "53", "54", "55", "22", "23", "24", "25", "26", "27")),
)


def passes_luhn(number: str) -> bool:
    """The check digit of ISO/IEC 7812, over 12 to 19 digits."""
    if not (number.isascii() and number.isdecimal() and 12 <= len(number) <= 19):
        return False
    digits = [int(digit) for digit in reversed(number)]
    return (sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])) % 10 == 0


def brand_of(number: str) -> str:
    """The brand that a number's first digits belong to, `unknown` when none."""
    return next((brand for brand, starts in _BRANDS if number.startswith(starts)), "unknown")


def card_for(number: str) -> Card:
    """The table's row, or for a number that is nobody's test card one that a test-mode account declines."""
    known = BY_NUMBER.get(number)
    if known:
        return known
    return Card(number, brand_of(number), "declined: not a test card", decline=REAL_CARD, attachable=False)
