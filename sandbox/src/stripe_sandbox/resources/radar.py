"""Radar: what it refuses by the account's rules, and which payments it wants authenticated.

https://docs.stripe.com/radar/rules. A real account writes rules of its own; here the built-in ones can be
switched (account_settings.py).
"""

from typing import Any

from stripe_sandbox.account_settings import AccountSettings
from stripe_sandbox.cards import Card
from stripe_sandbox.declines import (
    BLOCKED,
    BLOCKED_BY_THRESHOLD,
    BLOCKED_FOR_CVC,
    BLOCKED_FOR_POSTAL_CODE,
    Decline,
)


def refusal(settings: AccountSettings, card: Card, checks: dict[str, str | None]) -> Decline | None:
    """The rule that blocks a payment which the bank would take, if any does.

    `checks` are the bank's, as they stand on the charge; a check of what was not given is null and cannot
    fail.
    """
    if card.risk_level == "highest" and settings.block_highest_risk:
        return BLOCKED
    if card.adapts_to_threshold and settings.dynamic_risk_thresholds:
        return BLOCKED_BY_THRESHOLD
    if checks["cvc_check"] == "fail" and settings.block_failed_cvc:
        return BLOCKED_FOR_CVC
    if checks["address_postal_code_check"] == "fail" and settings.block_failed_postal_code:
        return BLOCKED_FOR_POSTAL_CODE
    return None


def wants_review(settings: AccountSettings, card: Card) -> bool:
    """Tell whether a payment that succeeded is put before a person."""
    return card.risk_level == "elevated" and settings.review_elevated_risk


def asks_for_captcha(card: Card, params: dict[str, Any], *, from_page: bool) -> bool:
    """Tell whether the customer must prove to be human first, which only a page with Stripe.js can ask."""
    return card.captcha and from_page and bool(params.get("use_stripe_sdk"))
