# ruff: noqa: E501  a table is read row by row
"""The payment methods: who may take them in which currency, how they are paid, settled and refunded.

Sources: https://docs.stripe.com/payments/payment-methods/payment-method-support and each method's own page.
Wallets are no types of their own: Google Pay and Apple Pay give a card.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

from stripe_sandbox.currencies import CURRENCIES, currency_of_country, least_amount


class Flow(StrEnum):
    """What the customer does after the shop's button."""

    CARD = "card"
    SHEET = "sheet"
    REDIRECT = "redirect"
    QR = "qr"
    DEBIT = "debit"


@dataclass(frozen=True, slots=True)
class Method:
    """One row.

    currencies         taken by every account of `countries`
    home_currencies    taken only by accounts in a country of that currency
    countries          ISO codes of account countries, None for all
    timing             when the outcome is known: `immediate`, `may_lag`, `delayed`
    manual_capture     whether money can be held and taken later
    refunds_later      a refund begins `pending` and arrives by itself later
    refund_days        how long after the payment it can be refunded, None: no limit of its own
    setup_future_usage the values with which it is still offered
    charge_prefix      of the charge's id; refunds of `py_` charges are `pyr_`
    minimum            minor units where it differs from the currency's own
    requires           billing details without which it cannot be confirmed
    options            what an intent shows under `payment_method_options`
    expires_after      seconds until an unpaid attempt fails by itself
    held_days          how long money that is captured by hand stays held
    """

    type: str
    label: str
    currencies: frozenset[str]
    home_currencies: frozenset[str]
    countries: frozenset[str] | None
    flow: Flow
    timing: str = "immediate"
    manual_capture: bool = False
    refunds_later: bool = True
    refund_days: int | None = 180
    setup_future_usage: frozenset[str] = frozenset()
    charge_prefix: str = "py"
    minimum: int | None = None
    requires: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    expires_after: int | None = None
    held_days: int = 7

    def takes(self, currency: str, account_country: str) -> bool:
        """Tell whether an account of a country can be paid in a currency by this method."""
        if self.countries is not None and account_country not in self.countries:
            return False
        at_home = currency in self.home_currencies and currency == currency_of_country(account_country)
        return currency in self.currencies or at_home


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NONE: frozenset[str] = frozenset()
_EEA = _codes("AT BE BG HR CY CZ DK EE FI FR DE GR HU IS IE IT LV LI LT LU MT NL NO PL PT RO SK SI ES SE")
_EUROPEAN_METHODS = _EEA | _codes("AU CA CH GB GI HK JP MX NZ SG US")
_LINK = (_EEA - {"IS"}) | _codes("AE AU CA CH GB GI HK JP MX MY NZ SG US")
_KLARNA = _EEA | _codes("AU CA CH GB NZ US")
_ALIPAY = _codes("aud cad eur gbp hkd jpy myr nzd sgd usd")
_WECHAT = _codes("aud cad chf dkk eur gbp hkd jpy nok sek sgd usd")
_KLARNAS = _codes("aud cad chf czk dkk eur gbp nok nzd pln ron sek usd")
_LATER = _codes("off_session on_session")
_OFF = _codes("off_session")
_CARD_OPTIONS = {
    "installments": None,
    "mandate_options": None,
    "network": None,
    "request_three_d_secure": "automatic",
}
_HOUR = 60 * 60

# fmt: off
METHODS = (
    Method("card",       "Card",              CURRENCIES,         _NONE,   None, Flow.CARD, manual_capture=True, refunds_later=False, refund_days=None, setup_future_usage=_LATER, charge_prefix="ch", options=_CARD_OPTIONS),
    Method("link",       "Link",              CURRENCIES,         _NONE,   _LINK, Flow.SHEET, manual_capture=True, refunds_later=False, refund_days=None, setup_future_usage=_LATER, options={"persistent_token": None}),
    Method("alipay",     "Alipay",            _codes("cny"),      _ALIPAY, None, Flow.REDIRECT, refund_days=90),
    Method("wechat_pay", "WeChat Pay",        _codes("cny"),      _WECHAT, None, Flow.QR, options={"app_id": None, "client": None}),
    Method("grabpay",    "GrabPay",           _NONE,              _codes("sgd myr"), _codes("SG MY"), Flow.REDIRECT, "may_lag", refund_days=90, minimum=1),
    Method("paynow",     "PayNow",            _codes("sgd"),      _NONE,   _codes("SG"), Flow.QR, refund_days=90, expires_after=_HOUR),
    Method("eps",        "EPS",               _codes("eur"),      _NONE,   _EUROPEAN_METHODS, Flow.REDIRECT, requires=("name",)),
    Method("ideal",      "iDEAL",             _codes("eur"),      _NONE,   _EUROPEAN_METHODS, Flow.REDIRECT, setup_future_usage=_OFF, minimum=1),
    Method("bancontact", "Bancontact",        _codes("eur"),      _NONE,   _EUROPEAN_METHODS, Flow.REDIRECT, setup_future_usage=_OFF, requires=("name",), options={"preferred_language": "en"}),
    Method("p24",        "Przelewy24",        _codes("eur pln"),  _NONE,   _EUROPEAN_METHODS, Flow.REDIRECT, "may_lag", requires=("email",)),
    Method("sepa_debit", "SEPA Direct Debit", _codes("eur"),      _NONE,   _EUROPEAN_METHODS, Flow.DEBIT, "delayed", setup_future_usage=_LATER, requires=("name", "email")),
    Method("klarna",     "Klarna",            _KLARNAS,           _NONE,   _KLARNA, Flow.REDIRECT, manual_capture=True, setup_future_usage=_LATER, held_days=28, requires=("email", "country"), options={"preferred_locale": None}),
)
# fmt: on

BY_TYPE = {method.type: method for method in METHODS}
WALLETS = {"google_pay": "Google Pay", "apple_pay": "Apple Pay"}
"""Wallets that a test token may name; a session offers the first where it offers cards."""


@lru_cache(maxsize=4096)
def eligible(
    account_country: str,
    currency: str,
    *,
    held: bool,
    redirects: bool,
    setup_future_usage: str | None,
    allowed: tuple[str, ...] | None,
    excluded: tuple[str, ...],
) -> tuple[str, ...]:
    """The types that fit, in the order in which they are offered; the amount is `affordable`'s affair.

    `held`: the money is captured by hand; `redirects`: leaving the page is allowed; `allowed` None: all.
    """
    return tuple(
        method.type
        for method in METHODS
        if method.takes(currency, account_country)
        and (method.manual_capture or not held)
        and (redirects or method.flow != Flow.REDIRECT)
        and (setup_future_usage is None or setup_future_usage in method.setup_future_usage)
        and (allowed is None or method.type in allowed)
        and method.type not in excluded
    )


def affordable(types: tuple[str, ...], amount: int, currency: str) -> list[str]:
    """Those of the types that can be paid with so small an amount (minor units of the currency)."""
    least = least_amount(currency)
    if amount >= least:
        return list(types)
    return [kind for kind in types if amount >= (BY_TYPE[kind].minimum or least)]


def least_of(allowed: list[str] | None, currency: str) -> int:
    """The smallest amount (minor units) for an intent that allows these methods and no others."""
    least = least_amount(currency)
    if not allowed:
        return least
    return min((BY_TYPE[kind].minimum or least for kind in allowed if kind in BY_TYPE), default=least)
