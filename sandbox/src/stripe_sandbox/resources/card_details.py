"""A card's data: what of it can be right, what of it is shown, what the bank checks."""

from datetime import UTC, datetime
from typing import Any

from stripe_sandbox import cards
from stripe_sandbox.errors import StripeError
from stripe_sandbox.sandbox import Sandbox

_YEARS_AHEAD = 50


def refuse_impossible(sandbox: Sandbox, number: str, given: dict[str, Any]) -> None:
    """Refuse what no bank need be asked about: check digit, month, year, security code.

    Raises:
        StripeError: 402 `card_error`, as Stripe answers such card data.
    """
    today = datetime.fromtimestamp(sandbox.now(), UTC)
    month, year = given["exp_month"], four_digits(given["exp_year"])
    if number not in cards.BY_NUMBER and not cards.passes_luhn(number):
        raise _impossible("Your card number is incorrect.", "incorrect_number", "number")
    if not 1 <= month <= 12:
        raise _impossible("Your card's expiration month is invalid.", "invalid_expiry_month", "exp_month")
    if not today.year <= year <= today.year + _YEARS_AHEAD:
        raise _impossible("Your card's expiration year is invalid.", "invalid_expiry_year", "exp_year")
    if year == today.year and month < today.month:
        raise _impossible("Your card's expiration month is invalid.", "invalid_expiry_month", "exp_month")
    cvc = given.get("cvc")
    if cvc and not (cvc.isdecimal() and len(cvc) == (4 if cards.brand_of(number) == "amex" else 3)):
        raise _impossible("Your card's security code is invalid.", "invalid_cvc", "cvc")


def shown(card: cards.Card, typed: dict[str, Any], details: dict[str, Any]) -> dict[str, Any]:
    """The `card` of a PaymentMethod: never the number."""
    return {
        "brand": card.brand,
        "checks": checks(card, details, cvc=typed["cvc"], done=False),
        "country": card.country,
        "display_brand": card.networks[0] if card.networks else card.brand,
        "exp_month": typed["exp_month"],
        "exp_year": typed["exp_year"],
        "fingerprint": card.fingerprint,
        "funding": card.funding,
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": list(card.networks) or [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": card.authentication != cards.Authentication.NOT_SUPPORTED},
        "wallet": None,
    }


def checks(card: cards.Card, details: dict[str, Any], *, cvc: bool, done: bool) -> dict[str, str | None]:
    """The bank's checks of what was given: null for what was not, `unchecked` before the first charge."""
    where = details["address"] or {}
    return {
        "address_line1_check": (card.line1_check if done else "unchecked") if where.get("line1") else None,
        "address_postal_code_check": (
            (card.postal_code_check if done else "unchecked") if where.get("postal_code") else None
        ),
        "cvc_check": (card.cvc_check if done else "unchecked") if cvc else None,
    }


def checks_made(card: cards.Card, hidden: dict[str, Any], method: dict[str, Any]) -> dict[str, str | None]:
    """The checks as a charge shows them, of a PaymentMethod and what is remembered of it."""
    return checks(card, method["billing_details"], cvc=bool(hidden.get("cvc")), done=True)


def _impossible(message: str, code: str, param: str) -> StripeError:
    return StripeError(message, status=402, type="card_error", code=code, param=param)


def four_digits(year: int) -> int:
    """The year that a two-digit one means."""
    return year + 2000 if 0 <= year < 100 else year
