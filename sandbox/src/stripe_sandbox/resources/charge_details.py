"""What a charge says of the way it was paid: `outcome` and `payment_method_details`."""

import hashlib
from typing import Any

from stripe_sandbox import cards
from stripe_sandbox.declines import BLOCKED, Decline
from stripe_sandbox.ids import alphanumeric
from stripe_sandbox.resources import intent_states, method_options
from stripe_sandbox.store import StripeObject

REVIEWED_BY = "manual_review_if_elevated_risk"
"""Radar's rule that puts payments before a person."""

_NOT_ASSESSED = "not_assessed"
_SCORES = {"normal": 20, "elevated": 70, "highest": 90}


def outcome_of_card(card: cards.Card, decline: Decline | None, *, reviewed: bool) -> dict[str, Any]:
    """What the card's bank and Radar said."""
    score = _SCORES[card.risk_level]
    if decline and decline.rule:
        return _blocked(decline, card.risk_level, score)
    said = outcome(decline, card.risk_level) | {"risk_score": score}
    if reviewed and not decline:
        return said | {"reason": "elevated_risk_level", "rule": REVIEWED_BY, "type": "manual_review"}
    return said


def _blocked(decline: Decline, risk_level: str, score: int) -> dict[str, Any]:
    """Radar's own refusal, before the bank was asked or after it said yes."""
    too_risky = decline == BLOCKED
    if too_risky and risk_level != "highest":
        risk_level, score = "highest", 99
    status = "reversed_after_approval" if decline.after_approval else "not_sent_to_network"
    said = _outcome(status, "blocked", "highest_risk_level" if too_risky else "rule", risk_level)
    return said | {
        "risk_score": score,
        "rule": decline.rule,
        "seller_message": "Stripe blocked this payment as too risky."
        if too_risky
        else "You blocked this payment through a rule.",
    }


def outcome(decline: Decline | None, risk_level: str = _NOT_ASSESSED) -> dict[str, Any]:
    """What a bank or wallet said; Radar judges cards alone."""
    if decline is None:
        return _outcome("approved_by_network", "authorized", None, risk_level)
    reason = decline.decline_code or decline.code
    refusal = _outcome("declined_by_network", "issuer_declined", reason, risk_level)
    return refusal | {
        "advice_code": decline.advice_code,
        "network_decline_code": "01" if risk_level != _NOT_ASSESSED else None,
        "seller_message": "The bank did not return any further details with this decline.",
    }


def _outcome(network_status: str, kind: str, reason: str | None, risk_level: str) -> dict[str, Any]:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": network_status,
        "reason": reason,
        "risk_level": risk_level,
        "seller_message": "Payment complete.",
        "type": kind,
    }


def of_card(
    intent: StripeObject,
    method: StripeObject,
    three_d_secure: dict[str, Any] | None,
    *,
    checks: dict[str, str | None],
    until: int,
) -> dict[str, Any]:
    """`payment_method_details` of a card; `until` (unix seconds) is how long a held amount is kept."""
    shown = method["card"]
    details = {
        "amount_authorized": intent["amount"],
        "authorization_code": f"{int.from_bytes(intent['id'].encode()[-3:]) % 1_000_000:06}",
        "brand": shown["brand"],
        "checks": checks,
        "country": shown["country"],
        "electronic_commerce_indicator": None,
        "exp_month": shown["exp_month"],
        "exp_year": shown["exp_year"],
        "extended_authorization": {"status": "disabled"},
        "fingerprint": shown["fingerprint"],
        "funding": shown["funding"],
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "last4": shown["last4"],
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": shown["display_brand"],
        "network_token": {"used": False},
        "network_transaction_id": alphanumeric(15),
        "overcapture": {"maximum_amount_capturable": intent["amount"], "status": "unavailable"},
        "regulated_status": shown["regulated_status"],
        "three_d_secure": three_d_secure,
        "transaction_link_id": None,
        "wallet": shown["wallet"],
    }
    if intent_states.is_held(intent, "card"):
        details["capture_before"] = until
    return {"card": details, "type": "card"}


def of_method(intent: StripeObject, method: StripeObject, mandate: str | None) -> dict[str, Any]:
    """`payment_method_details` of every other method, with the references that its provider would give."""
    kind, billing = method["type"], method["billing_details"]
    reference = _reference(intent["id"])
    bank = {"iban_last4": "3000", "generated_sepa_debit": None, "generated_sepa_debit_mandate": None}
    name, country = billing["name"], billing["address"]["country"]
    details: dict[str, dict[str, Any]] = {
        "alipay": {
            "buyer_id": f"2088{reference[:12]}",
            "fingerprint": reference,
            "transaction_id": reference,
        },
        "bancontact": bank
        | {
            "bank_code": "VAPE",
            "bank_name": "VAN DE PUT & CO",
            "bic": "VAPEBE22",
            "preferred_language": method_options.of(intent, kind).get("preferred_language", "en"),
            "verified_name": name,
        },
        "eps": {"bank": method.get("eps", {}).get("bank"), "verified_name": name},
        "grabpay": {"transaction_id": reference},
        "ideal": bank
        | {"bank": "rabobank", "bic": "RABONL2U", "transaction_id": reference, "verified_name": name},
        "klarna": {
            "payer_details": {"address": {"country": country}},
            "payment_method_category": "pay_now",
            "preferred_locale": "en-US",
        },
        "link": {"country": country},
        "p24": {
            "bank": method.get("p24", {}).get("bank"),
            "reference": f"P24-{reference[:3]}-{reference[3:6]}-{reference[6:9]}",
            "verified_name": name,
        },
        "paynow": {"reference": reference},
        "wechat_pay": {"fingerprint": reference, "transaction_id": reference},
    }
    if kind == "sepa_debit":
        account = {name: value for name, value in method[kind].items() if name != "generated_from"}
        return {kind: account | {"mandate": mandate}, "type": kind}
    return {kind: details[kind], "type": kind}


def _reference(intent_id: str) -> str:
    """Seventeen digits that no scan for card numbers takes for one: those begin with 2 to 6."""
    return f"{int(hashlib.blake2b(intent_id.encode(), digest_size=7).hexdigest(), 16) % 10**15:017}"
