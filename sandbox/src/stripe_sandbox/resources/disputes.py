"""Disputes: the customer's bank takes the money back, and evidence decides who keeps it.

https://docs.stripe.com/disputes/api. Test cards and one test bank account bring them about; what the shop
writes in `uncategorized_text` decides them. What happens by itself stands in dispute_courses.py.
"""

from stripe_sandbox.call import Call
from stripe_sandbox.errors import StripeError
from stripe_sandbox.metadata import merged
from stripe_sandbox.pagination import page
from stripe_sandbox.resources import dispute_courses, dispute_evidence, smart_disputes
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

_BY_STRIPE = smart_disputes.ONLY


def retrieve(call: Call) -> StripeObject:
    return call.find("dispute")


def list_all(call: Call) -> StripeObject:
    return page(call, "dispute", by=("charge", "payment_intent"))


def update(call: Call) -> StripeObject:
    """Add evidence and, unless `submit` is false, hand it in; `submit` alone hands in what was kept."""
    dispute = call.find("dispute")
    params = call.params
    added, method = params.get("evidence") or {}, params.get("intended_submission_method")
    if added or method or params.get("submit"):
        _check_open(dispute)
    evidence = dispute_evidence.changed(dispute["evidence"], added)
    by_stripe = (
        params.get("submit", False) and (method or dispute["intended_submission_method"]) == _BY_STRIPE
    )
    handed_in = params.get("submit", bool(added)) and (by_stripe or dispute_evidence.given(evidence))
    kind = next(iter(dispute["enhanced_eligibility_types"]), None)
    if by_stripe:
        smart_disputes.check_available(call.sandbox, dispute)
    elif handed_in:
        dispute_evidence.check_fee(kind, evidence)
    over = handed_in or dispute["evidence_details"]["submission_count"] > 0
    dispute |= {
        "evidence": evidence,
        "evidence_details": dispute["evidence_details"]
        | {
            "enhanced_eligibility": dispute_evidence.eligibility(kind, evidence, handed_in=over),
            "has_evidence": dispute_evidence.given(evidence),
        },
        "intended_submission_method": method or dispute["intended_submission_method"],
        "metadata": merged(dispute["metadata"], params.get("metadata")),
    }
    if handed_in:
        dispute_courses.hand_in(call.sandbox, dispute, _BY_STRIPE if by_stripe else "manual", call.cause)
    else:
        dispute_courses.save(call.sandbox, dispute, "updated", call.cause)
    return dispute


def close(call: Call) -> StripeObject:
    """Accept it: the money is lost."""
    dispute = call.find("dispute")
    _check_open(dispute)
    dispute_courses.close(call.sandbox, dispute, "lost", call.cause)
    return dispute


def check_refundable(sandbox: Sandbox, charge: StripeObject) -> None:
    """Refuse to refund what the bank has taken already.

    Raises:
        StripeError: `charge_disputed`.
    """
    if charge["disputed"] and any(
        not dispute["is_charge_refundable"]
        for dispute in sandbox.store.related("dispute", "charge", charge["id"])
    ):
        raise StripeError(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )


def _check_open(dispute: StripeObject) -> None:
    if dispute["status"] in dispute_courses.CLOSED:
        raise StripeError("This dispute is already closed.", param="dispute")
