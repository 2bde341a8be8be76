"""Disputes: the customer's bank takes the money back, and evidence decides who keeps it.

https://docs.stripe.com/disputes/api, https://docs.stripe.com/testing. Test cards and one test bank account
bring them about; what the shop writes in `uncategorized_text` decides them.

    needs_response ──evidence──▶ under_review ──▶ won | lost
    warning_needs_response (an inquiry, no money moves) ──evidence──▶ warning_under_review ──▶ warning_closed
            └── evidence that escalates it ──▶ needs_response
"""

from typing import Any

from stripe_sandbox.call import Call
from stripe_sandbox.errors import StripeError
from stripe_sandbox.events import STRIPE_ITSELF, Cause, emit
from stripe_sandbox.ids import plain_id
from stripe_sandbox.metadata import merged
from stripe_sandbox.pagination import page
from stripe_sandbox.resources import balance_transactions, payment_methods
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

WINNING, LOSING, ESCALATING = "winning_evidence", "losing_evidence", "escalate_inquiry_evidence"
CLOSED = ("won", "lost", "warning_closed")
_INQUIRY = "inquiry"
_SECONDS_TO_RESPOND = 9 * 24 * 60 * 60
_EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure",
    "cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name",
    "customer_purchase_ip", "customer_signature", "duplicate_charge_documentation",
    "duplicate_charge_explanation", "duplicate_charge_id", "product_description", "receipt", "refund_policy",
    "refund_policy_disclosure", "refund_refusal_explanation", "service_date", "service_documentation",
    "shipping_address", "shipping_carrier", "shipping_date", "shipping_documentation",
    "shipping_tracking_number", "uncategorized_file", "uncategorized_text",
)  # fmt: skip


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
    given = call.params.get("evidence") or {}
    if given:
        _check_open(dispute)
    dispute["metadata"] = merged(dispute["metadata"], call.params.get("metadata"))
    dispute["evidence"] = dispute["evidence"] | {name: value or None for name, value in given.items()}
    details = dispute["evidence_details"] | {"has_evidence": any(map(dispute["evidence"].get, _EVIDENCE))}
    submitted = bool(given) and call.params.get("submit", True)
    if submitted:
        details |= {"submission_count": details["submission_count"] + 1, "submission_method": "manual"}
        inquiry = dispute["status"].startswith("warning")
        dispute["status"] = "warning_under_review" if inquiry else "under_review"
    dispute["evidence_details"] = details
    _save(call.sandbox, dispute, "updated", call.cause)
    if submitted and dispute["evidence"]["uncategorized_text"] in (WINNING, LOSING, ESCALATING):
        call.sandbox.later(call.sandbox.settling_seconds, _decide, call.sandbox, dispute["id"])
    return dispute


def close(call: Call) -> StripeObject:
    """Accept it: the money is lost."""
    dispute = call.find("dispute")
    _check_open(dispute)
    _close(call.sandbox, dispute, "lost", call.cause)
    return dispute


def come_later(sandbox: Sandbox, charge: StripeObject) -> None:
    """Dispute a captured charge after a while, when its card or bank account is one that does."""
    reason = _reason(sandbox, charge)
    if reason:
        sandbox.later(sandbox.settling_seconds, _begin, sandbox, charge["id"], reason)


def take_up(sandbox: Sandbox) -> None:
    """Plan again what a stopped sandbox had planned."""
    disputed = {dispute["charge"] for dispute in sandbox.store.oldest_first("dispute")}
    for charge in list(sandbox.store.oldest_first("charge")):
        if charge["captured"] and charge["paid"] and charge["id"] not in disputed:
            come_later(sandbox, charge)
    for dispute in list(sandbox.store.oldest_first("dispute")):
        if dispute["status"] not in CLOSED:
            if dispute["evidence"]["uncategorized_text"] in (WINNING, LOSING, ESCALATING):
                sandbox.later(sandbox.settling_seconds, _decide, sandbox, dispute["id"])
            _plan_deadline(sandbox, dispute)


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


def _reason(sandbox: Sandbox, charge: StripeObject) -> str | None:
    card, hidden = payment_methods.card_behind(sandbox, charge["payment_method"])
    return "debit_not_authorized" if hidden.get("outcome") == "disputed" else card.dispute


def _begin(sandbox: Sandbox, charge_id: str, reason: str) -> None:
    charge = sandbox.store.get("charge", charge_id)
    if charge is None or charge["disputed"]:
        return
    inquiry = reason == _INQUIRY
    due = sandbox.now() + _SECONDS_TO_RESPOND
    dispute: StripeObject = {
        "id": plain_id("dp"),
        "object": "dispute",
        "amount": charge["amount_captured"] - charge["amount_refunded"],
        "balance_transactions": [],
        "charge": charge_id,
        "created": sandbox.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(_EVIDENCE) | {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": due,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "intended_submission_method": None,
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": "fraudulent" if inquiry else reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }
    dispute |= _shown_card(charge, inquiry=inquiry)
    charge["disputed"] = True
    sandbox.store.save("charge", charge)
    _save(sandbox, dispute, "created")
    if not inquiry:
        _withdraw(sandbox, dispute)
    _plan_deadline(sandbox, dispute)


def _shown_card(charge: StripeObject, *, inquiry: bool) -> dict[str, Any]:
    card = charge["payment_method_details"].get("card")
    if not card:
        return {}
    shown = {
        "brand": card["brand"],
        "case_type": "inquiry" if inquiry else "chargeback",
        "network": card["network"],
        "network_reason_code": "10.4",
    }
    return {"payment_method_details": {"card": shown, "type": "card"}}


def _withdraw(sandbox: Sandbox, dispute: StripeObject) -> None:
    taken = balance_transactions.of_dispute(sandbox, dispute, -dispute["amount"])
    dispute["balance_transactions"] = [*dispute["balance_transactions"], taken]
    _save(sandbox, dispute, "funds_withdrawn")


def _decide(sandbox: Sandbox, dispute_id: str) -> None:
    """The bank has read the evidence."""
    dispute = sandbox.store.get("dispute", dispute_id)
    if dispute is None or dispute["status"] in CLOSED:
        return
    text, inquiry = dispute["evidence"]["uncategorized_text"], dispute["status"].startswith("warning")
    if inquiry and text == ESCALATING:
        dispute |= {"status": "needs_response", "is_charge_refundable": False}
        _save(sandbox, dispute, "updated")
        _withdraw(sandbox, dispute)
    elif text != ESCALATING:
        _close(sandbox, dispute, "won" if text == WINNING else "lost", STRIPE_ITSELF)


def _close(sandbox: Sandbox, dispute: StripeObject, outcome: str, cause: Cause) -> None:
    if dispute["status"].startswith("warning"):
        outcome = "warning_closed"
    dispute["status"] = outcome
    if outcome == "won":
        back = balance_transactions.of_dispute(sandbox, dispute, dispute["amount"])
        dispute["balance_transactions"] = [*dispute["balance_transactions"], back]
        dispute["is_charge_refundable"] = True
    _save(sandbox, dispute, "closed", cause)
    if outcome == "won":
        _save(sandbox, dispute, "funds_reinstated", cause)


def _plan_deadline(sandbox: Sandbox, dispute: StripeObject) -> None:
    wait = dispute["evidence_details"]["due_by"] - sandbox.now()
    sandbox.later(max(wait, 0), _pass_deadline, sandbox, dispute["id"])


def _pass_deadline(sandbox: Sandbox, dispute_id: str) -> None:
    dispute = sandbox.store.get("dispute", dispute_id)
    if dispute is None or not dispute["status"].endswith("needs_response"):
        return
    dispute["evidence_details"] = dispute["evidence_details"] | {"past_due": True}
    _close(sandbox, dispute, "lost", STRIPE_ITSELF)


def _check_open(dispute: StripeObject) -> None:
    if dispute["status"] in CLOSED:
        raise StripeError("This dispute is already closed.", param="dispute")


def _save(sandbox: Sandbox, dispute: StripeObject, happened: str, cause: Cause = STRIPE_ITSELF) -> None:
    sandbox.store.save("dispute", dispute)
    emit(sandbox, f"charge.dispute.{happened}", dispute, cause)
