"""Amounts as a person types them: `12.50`, in the currency's own decimals."""

from decimal import Decimal, InvalidOperation

from stripe_sandbox.currencies import HIGHEST_AMOUNT, THREE_DECIMAL, ZERO_DECIMAL


class AmountError(ValueError):
    """What was typed is no amount of the currency; the message says so to whoever typed it."""


def decimals(currency: str) -> int:
    """How many decimals Stripe's minor units of a currency stand for."""
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def editable(amount: int, currency: str) -> str:
    """Minor units as the text of an input: `12.50`, without separators of thousands."""
    return str(Decimal(amount).scaleb(-decimals(currency)))


def minor_units(typed: str, currency: str) -> int:
    """The minor units of what was typed.

    Raises:
        AmountError: no number, not positive, too large, or finer than the currency.
    """
    places = decimals(currency)
    example = "1250" if places == 0 else f"12.{'500'[:places]}"
    try:
        value = Decimal(typed.replace(" ", ""))
    except InvalidOperation:
        raise AmountError(f"“{typed}” is no amount. Write it like {example}.") from None
    if not value.is_finite() or not 0 < value <= HIGHEST_AMOUNT:
        raise AmountError("The amount must be more than 0 and no more than Stripe takes.")
    scaled = value.scaleb(places)
    if scaled != scaled.to_integral_value():
        said = f"{places} decimals" if places else "no decimals"
        raise AmountError(f"{currency.upper()} has {said}. Write it like {example}.")
    return int(scaled)
