"""What a PaymentMethod other than a card holds under the name of its type."""

from typing import Any

from stripe_sandbox import errors
from stripe_sandbox.ibans import Iban, iban_for
from stripe_sandbox.methods import BY_TYPE
from stripe_sandbox.store import StripeObject

IBAN_IS_WRONG = "The IBAN you provided is invalid."


def shown(kind: str, data: dict[str, Any], prefix: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The details that `payment_method_data` describes, and what stays hidden of them.

    Raises:
        StripeError: a type that is not imitated, a debit without its account number or with a wrong one.
    """
    if kind not in BY_TYPE:
        raise errors.not_imitated(f"payment methods of type {kind}; it knows {', '.join(BY_TYPE)}")
    given = data.get(kind) or {}
    if kind == "sepa_debit":
        return _bank_account(given, prefix)
    details: dict[str, dict[str, Any]] = {
        "eps": {"bank": given.get("bank")},
        "ideal": {"bank": given.get("bank"), "bic": None},
        "link": {"email": (data.get("billing_details") or {}).get("email")},
        "p24": {"bank": given.get("bank")},
    }
    return details.get(kind, {}), {}


def of_iban(iban: Iban) -> tuple[dict[str, Any], dict[str, Any]]:
    """The `sepa_debit` of a PaymentMethod, never the whole number; and what is remembered of the account."""
    shown = {
        "bank_code": iban.bank_code,
        "branch_code": "",
        "country": iban.country,
        "fingerprint": iban.fingerprint,
        "generated_from": {"charge": None, "setup_attempt": None},
        "last4": iban.last4,
    }
    return shown, {"outcome": iban.outcome, "delayed": iban.delayed, "reason": iban.reason}


def missing_for(method: StripeObject) -> str | None:
    """The parameter without which a PaymentMethod cannot be confirmed, None when all is there."""
    details = method["billing_details"]
    for name in BY_TYPE[method["type"]].requires:
        if not (details["address"]["country"] if name == "country" else details[name]):
            return "billing_details[address][country]" if name == "country" else f"billing_details[{name}]"
    return None


def _bank_account(given: dict[str, Any], prefix: str) -> tuple[dict[str, Any], dict[str, Any]]:
    param = f"{prefix}[sepa_debit][iban]" if prefix else "sepa_debit[iban]"
    number = given.get("iban")
    if not number:
        raise errors.missing_parameter(param)
    iban = iban_for(str(number))
    if iban is None:
        raise errors.StripeError(IBAN_IS_WRONG, param=param)
    return of_iban(iban)
