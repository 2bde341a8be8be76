"""A dispute's evidence: its fields, how much may be said, and what qualifies for a network's own rules.

https://docs.stripe.com/api/disputes/update, https://docs.stripe.com/disputes/api/visa-ce3,
https://docs.stripe.com/disputes/api/visa-compliance
"""

from typing import Any

from stripe_sandbox.dispute_kinds import CE3, COMPLIANCE
from stripe_sandbox.errors import StripeError
from stripe_sandbox.resources.payment_methods import address

_TEXTS = (
    "access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure",
    "cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name",
    "customer_purchase_ip", "customer_signature", "duplicate_charge_documentation",
    "duplicate_charge_explanation", "duplicate_charge_id", "product_description", "receipt", "refund_policy",
    "refund_policy_disclosure", "refund_refusal_explanation", "service_date", "service_documentation",
    "shipping_address", "shipping_carrier", "shipping_date", "shipping_documentation",
    "shipping_tracking_number", "uncategorized_file", "uncategorized_text",
)  # fmt: skip
_LONGEST_TOGETHER = 150_000
# What shows that the same customer was behind several payments: two main elements, or one and a secondary.
_DEVICE = ("customer_device_fingerprint", "customer_device_id")
_SECONDARY = ("customer_account_id", "customer_email_address", "shipping_address")
_IDENTIFIERS = ("customer_purchase_ip", *_DEVICE, *_SECONDARY)
_PRIOR_TRANSACTIONS = 2


def empty() -> dict[str, Any]:
    return dict.fromkeys(_TEXTS) | {"enhanced_evidence": {}}


def given(evidence: dict[str, Any]) -> bool:
    return any(map(evidence.get, _TEXTS)) or bool(evidence["enhanced_evidence"])


def changed(current: dict[str, Any], added: dict[str, Any]) -> dict[str, Any]:
    """The evidence with what a request adds; an empty text takes one away.

    Raises:
        StripeError: texts that are longer together than Stripe passes on.
    """
    texts = {name: value or None for name, value in added.items() if name != "enhanced_evidence"}
    evidence = current | texts
    if sum(len(evidence[name] or "") for name in _TEXTS) > _LONGEST_TOGETHER:
        raise StripeError(
            f"The combined length of the evidence may be {_LONGEST_TOGETHER:,} characters at most.",
            param="evidence",
        )
    enhanced = dict(evidence["enhanced_evidence"])
    for name, value in (added.get("enhanced_evidence") or {}).items():
        enhanced[name] = _compelling(value) if name == CE3 else {"fee_acknowledged": False} | value
    return evidence | {"enhanced_evidence": enhanced}


def eligibility(kind: str | None, evidence: dict[str, Any], *, handed_in: bool = False) -> dict[str, Any]:
    """`enhanced_eligibility`: what stands between the evidence and the network's own rules."""
    if kind is None:
        return {}
    said = evidence["enhanced_evidence"].get(kind, {})
    if kind in COMPLIANCE:
        acknowledged = said.get("fee_acknowledged", False)
        return {kind: {"status": "fee_acknowledged" if acknowledged else "requires_fee_acknowledgement"}}
    missing = _missing(said)
    if missing and handed_in:
        return {kind: {"required_actions": [], "status": "not_qualified"}}
    return {kind: {"required_actions": missing, "status": "requires_action" if missing else "qualified"}}


def check_fee(kind: str | None, evidence: dict[str, Any]) -> None:
    """Refuse to contest a compliance dispute before the network's fee was agreed to.

    Raises:
        StripeError: it was not.
    """
    if kind in COMPLIANCE and eligibility(kind, evidence)[kind]["status"] != "fee_acknowledged":
        raise StripeError(
            "Contesting a compliance dispute costs a network fee: set "
            f"evidence[enhanced_evidence][{kind}][fee_acknowledged] to true to agree to it.",
            param=f"evidence[enhanced_evidence][{kind}][fee_acknowledged]",
        )


def _compelling(value: dict[str, Any]) -> dict[str, Any]:
    disputed, prior = value.get("disputed_transaction"), value.get("prior_undisputed_transactions") or []
    none = dict.fromkeys((*_IDENTIFIERS, "product_description"))
    return {
        "disputed_transaction": none | {"merchandise_or_services": None} | _filled(disputed)
        if disputed
        else None,
        "prior_undisputed_transactions": [none | _filled(transaction) for transaction in prior],
    }


def _filled(transaction: dict[str, Any]) -> dict[str, Any]:
    where = transaction.get("shipping_address")
    texts = {name: value or None for name, value in transaction.items()}
    return texts | {"shipping_address": address(where) if where else None}


def _missing(said: dict[str, Any]) -> list[str]:
    disputed = said.get("disputed_transaction") or {}
    prior = said.get("prior_undisputed_transactions", [])
    lacks = {
        "missing_customer_identifiers": not _same_customer(disputed, prior),
        "missing_disputed_transaction_description": not disputed.get("product_description"),
        "missing_merchandise_or_services": not disputed.get("merchandise_or_services"),
        "missing_prior_undisputed_transaction_description": not prior
        or not all(transaction["product_description"] for transaction in prior),
        "missing_prior_undisputed_transactions": len(prior) < _PRIOR_TRANSACTIONS,
    }
    return [name for name, is_missing in lacks.items() if is_missing]


def _same_customer(disputed: dict[str, Any], prior: list[dict[str, Any]]) -> bool:
    same = {
        name
        for name in _IDENTIFIERS
        if disputed.get(name) and all(transaction[name] == disputed[name] for transaction in prior)
    }
    main = ("customer_purchase_ip" in same) + (not same.isdisjoint(_DEVICE))
    return main > 1 or (main == 1 and not same.isdisjoint(_SECONDARY))
