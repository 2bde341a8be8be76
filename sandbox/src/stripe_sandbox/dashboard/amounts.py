"""Amounts as a person types them: `12.50`, in the currency's own decimals."""

from decimal import Decimal, InvalidOperation

from stripe_sandbox.currencies import HIGHEST_AMOUNT, decimals


class AmountError(ValueError):
    """What was typed is no amount of the currency; the message says so to whoever typed it."""


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
    # The limit is one of minor units, yet the number must be a small one before it is scaled.
    small = value.is_finite() and 0 < value <= HIGHEST_AMOUNT
    if not small or (scaled := value.scaleb(places)) > HIGHEST_AMOUNT:
        raise AmountError("The amount must be more than 0 and no more than Stripe takes.")
    if scaled != scaled.to_integral_value():
        said = f"{places} decimals" if places else "no decimals"
        raise AmountError(f"{currency.upper()} has {said}. Write it like {example}.")
    return int(scaled)
