"""Disputes: the customer's bank takes the money back, and evidence decides who keeps it.

https://docs.stripe.com/disputes/api. Test cards and one test bank account bring them about; what the shop
writes in `uncategorized_text` decides them. What happens by itself stands in dispute_courses.py.
"""

from stripe_sandbox.call import Call
from stripe_sandbox.errors import StripeError
from stripe_sandbox.metadata import merged
from stripe_sandbox.pagination import page
from stripe_sandbox.resources import dispute_courses, dispute_evidence
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject


def retrieve(call: Call) -> StripeObject:
    return call.find("dispute")


def list_all(call: Call) -> StripeObject:
    wanted = {name: call.params[name] for name in ("charge", "payment_intent") if name in call.params}
    return page(
        call, "dispute", lambda dispute: all(dispute[name] == value for name, value in wanted.items())
    )


def update(call: Call) -> StripeObject:
    """Add evidence and, unless `submit` is false, hand it in."""
    dispute = call.find("dispute")
    params = call.params
    added = params.get("evidence") or {}
    if added or "intended_submission_method" in params:
        _check_open(dispute)
    evidence = dispute_evidence.changed(dispute["evidence"], added)
    kind = next(iter(dispute["enhanced_eligibility_types"]), None)
    submitted = bool(added) and params.get("submit", True)
    if submitted:
        dispute_evidence.check_fee(kind, evidence)
    details = dispute["evidence_details"] | {
        "enhanced_eligibility": dispute_evidence.eligibility(kind, evidence),
        "has_evidence": dispute_evidence.given(evidence),
    }
    if submitted:
        details |= {"submission_count": details["submission_count"] + 1, "submission_method": "manual"}
        inquiry = dispute["status"].startswith("warning")
        dispute["status"] = "warning_under_review" if inquiry else "under_review"
    dispute |= {
        "evidence": evidence,
        "evidence_details": details,
        "metadata": merged(dispute["metadata"], params.get("metadata")),
    }
    if "intended_submission_method" in params:
        dispute["intended_submission_method"] = params["intended_submission_method"]
    dispute_courses.save(call.sandbox, dispute, "updated", call.cause)
    if submitted:
        dispute_courses.decide_later(call.sandbox, dispute)
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
        dispute["charge"] == charge["id"] and not dispute["is_charge_refundable"]
        for dispute in sandbox.store.newest_first("dispute")
    ):
        raise StripeError(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )


def _check_open(dispute: StripeObject) -> None:
    if dispute["status"] in dispute_courses.CLOSED:
        raise StripeError("This dispute is already closed.", param="dispute")
