"""The course of a dispute: how it comes, what it takes from the balance, and how it ends.

    needs_response ──evidence──▶ under_review ──▶ won | lost
    warning_needs_response (an inquiry, no money moves) ──evidence──▶ warning_under_review ──▶ warning_closed
            └── evidence that escalates it ──▶ needs_response
    prevented (by Dispute Resolution or Dispute Deflection), which is its end

Sources: https://docs.stripe.com/disputes/how-disputes-work, https://docs.stripe.com/testing. How soon a bank
decides, how an amount is divided among several disputes, and that Smart Disputes win are choices made here.
"""

from typing import Any

from stripe_sandbox.dispute_kinds import UNAUTHORIZED_DEBIT, DisputeKind
from stripe_sandbox.errors import StripeError
from stripe_sandbox.events import STRIPE_ITSELF, Cause, emit
from stripe_sandbox.ids import plain_id
from stripe_sandbox.resources import (
    balance_transactions,
    dispute_evidence,
    fraud_warnings,
    payment_methods,
    refund_courses,
    reviews,
    smart_disputes,
)
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

WINNING, LOSING, ESCALATING = "winning_evidence", "losing_evidence", "escalate_inquiry_evidence"
CLOSED = ("won", "lost", "warning_closed", "prevented")
_SECONDS_TO_RESPOND = 9 * 24 * 60 * 60
_PROTECTED = ("authenticated", "attempt_acknowledged")


def come_later(sandbox: Sandbox, charge: StripeObject) -> None:
    """Dispute a captured charge, or warn of it, after a while, when its card or bank account does so."""
    fraud_warnings.come_later(sandbox, charge)
    if _kinds(sandbox, charge):
        sandbox.later(sandbox.settling_seconds, _begin, sandbox, charge["id"])


def begin_now(sandbox: Sandbox, charge: StripeObject, kind: DisputeKind) -> None:
    """Dispute a charge at once, as if its customer had gone to the bank.

    Raises:
        StripeError: no money was taken, all of it went back, or it is disputed already.
    """
    left = charge["amount_captured"] - charge["amount_refunded"]
    if charge["disputed"]:
        raise StripeError(f"Charge {charge['id']} is disputed already.", code="charge_disputed")
    if not charge["paid"] or left <= 0:
        raise StripeError(f"Charge {charge['id']} holds no money that a bank could take back.")
    _open(sandbox, charge, kind, left)
    sandbox.store.commit()


def take_up(sandbox: Sandbox) -> None:
    """Plan again what a stopped sandbox had planned."""
    disputed = {dispute["charge"] for dispute in sandbox.store.oldest_first("dispute")}
    for charge in list(sandbox.store.oldest_first("charge")):
        if charge["captured"] and charge["paid"] and charge["id"] not in disputed:
            come_later(sandbox, charge)
    for dispute in list(sandbox.store.oldest_first("dispute")):
        if dispute["status"] not in CLOSED:
            decide_later(sandbox, dispute)
            _plan_deadline(sandbox, dispute)


def hand_in(sandbox: Sandbox, dispute: StripeObject, method: str, cause: Cause = STRIPE_ITSELF) -> None:
    """Give the evidence to the bank, `manual` or by `smart_disputes`, and wait for its answer."""
    details = dispute["evidence_details"]
    count = details["submission_count"] + 1
    dispute["evidence_details"] = details | {"submission_count": count, "submission_method": method}
    inquiry = dispute["status"].startswith("warning")
    dispute["status"] = "warning_under_review" if inquiry else "under_review"
    save(sandbox, dispute, "updated", cause)
    decide_later(sandbox, dispute)


def decide_later(sandbox: Sandbox, dispute: StripeObject) -> None:
    """Let the bank read evidence that decides; any other leaves the dispute under review."""
    by_stripe = dispute["evidence_details"]["submission_method"] == "smart_disputes"
    if by_stripe or dispute["evidence"]["uncategorized_text"] in (WINNING, LOSING, ESCALATING):
        sandbox.later(sandbox.settling_seconds, _decide, sandbox, dispute["id"])


def close(sandbox: Sandbox, dispute: StripeObject, outcome: str, cause: Cause = STRIPE_ITSELF) -> None:
    """End it: `won` brings the amount back, `lost` does not, an inquiry is simply over."""
    dispute["status"] = "warning_closed" if dispute["status"].startswith("warning") else outcome
    if dispute["status"] == "won":
        back = balance_transactions.of_dispute(sandbox, dispute, dispute["amount"])
        dispute["balance_transactions"] = [*dispute["balance_transactions"], back]
        dispute["is_charge_refundable"] = True
    save(sandbox, dispute, "closed", cause)
    if dispute["status"] == "won":
        save(sandbox, dispute, "funds_reinstated", cause)


def save(sandbox: Sandbox, dispute: StripeObject, happened: str, cause: Cause = STRIPE_ITSELF) -> None:
    sandbox.store.save("dispute", dispute)
    emit(sandbox, f"charge.dispute.{happened}", dispute, cause)


def _kinds(sandbox: Sandbox, charge: StripeObject) -> tuple[DisputeKind, ...]:
    """What disputes follow the charge: none that shifts its loss to the bank that authenticated it."""
    card, hidden = payment_methods.card_behind(sandbox, charge["payment_method"])
    if hidden.get("outcome") == "disputed":
        return (UNAUTHORIZED_DEBIT,)
    result = (charge["payment_method_details"].get("card") or {}).get("three_d_secure") or {}
    protected = result.get("result") in _PROTECTED
    return tuple(kind for kind in card.disputes if not (protected and kind.shifts_liability))


def _begin(sandbox: Sandbox, charge_id: str) -> None:
    charge = sandbox.store.get("charge", charge_id)
    if charge is None or charge["disputed"] or charge["refunded"]:
        return
    kinds = _kinds(sandbox, charge)
    left = charge["amount_captured"] - charge["amount_refunded"]
    for number, kind in enumerate(kinds, start=1):
        amount = left // len(kinds) + (left % len(kinds) if number == 1 else 0)
        _open(sandbox, charge, kind, amount)


def _open(sandbox: Sandbox, charge: StripeObject, kind: DisputeKind, amount: int) -> None:
    dispute = _new(sandbox, charge, kind, amount)
    prevented = dispute["status"] == "prevented"
    blocked = prevented and kind.prevented_as == "block"
    if not blocked:
        charge["disputed"] = True
        sandbox.store.save("charge", charge)
    save(sandbox, dispute, "created")
    if not blocked:
        fraud_warnings.over(sandbox, charge)
        reviews.close_of(sandbox, charge, "disputed")
    if not blocked and kind.case_type != "inquiry":
        _withdraw(sandbox, dispute, with_fee=not prevented)
    if not prevented:
        _plan_deadline(sandbox, dispute)


def _new(sandbox: Sandbox, charge: StripeObject, kind: DisputeKind, amount: int) -> StripeObject:
    settings = sandbox.settings
    inquiry = kind.case_type == "inquiry"
    prevented = kind.prevented_by is not None and getattr(settings, kind.prevented_by)
    status = "prevented" if prevented else "warning_needs_response" if inquiry else "needs_response"
    dispute: StripeObject = {
        "id": plain_id("du"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": sandbox.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [kind.enhanced] if kind.enhanced else [],
        "evidence": dispute_evidence.empty(),
        "evidence_details": {
            "due_by": None if prevented else sandbox.now() + _SECONDS_TO_RESPOND,
            "enhanced_eligibility": dispute_evidence.eligibility(kind.enhanced, dispute_evidence.empty()),
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "intended_submission_method": smart_disputes.usual_method(settings),
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": kind.reason,
        "status": status,
    }
    return dispute | _shown_card(charge, kind, kind.prevented_as if prevented else kind.case_type)


def _shown_card(charge: StripeObject, kind: DisputeKind, case_type: str) -> dict[str, Any]:
    card = charge["payment_method_details"].get("card")
    if not card:
        return {}
    shown = {
        "brand": card["brand"],
        "case_type": case_type,
        "network": card["network"],
        "network_reason_code": kind.network_reason_code,
    }
    return {"payment_method_details": {"card": shown, "type": "card"}}


def _withdraw(sandbox: Sandbox, dispute: StripeObject, *, with_fee: bool = True) -> None:
    taken = balance_transactions.of_dispute(sandbox, dispute, -dispute["amount"], with_fee=with_fee)
    dispute["balance_transactions"] = [*dispute["balance_transactions"], taken]
    save(sandbox, dispute, "funds_withdrawn")


def _decide(sandbox: Sandbox, dispute_id: str) -> None:
    """The bank has read the evidence, if it was handed in: a draft is nobody's but the shop's."""
    dispute = sandbox.store.get("dispute", dispute_id)
    if dispute is None or not dispute["status"].endswith("under_review"):
        return
    text, inquiry = dispute["evidence"]["uncategorized_text"], dispute["status"].startswith("warning")
    if inquiry and text == ESCALATING:
        _escalate(sandbox, dispute)
    elif text != ESCALATING:
        close(sandbox, dispute, "lost" if text == LOSING else "won")


def _escalate(sandbox: Sandbox, dispute: StripeObject) -> None:
    dispute |= {"status": "needs_response", "is_charge_refundable": False}
    if "payment_method_details" in dispute:
        card = dispute["payment_method_details"]["card"] | {"case_type": "chargeback"}
        dispute["payment_method_details"] = {"card": card, "type": "card"}
    save(sandbox, dispute, "updated")
    _withdraw(sandbox, dispute)
    charge = sandbox.store.get("charge", dispute["charge"])
    if charge:
        refund_courses.fail_fresh(sandbox, charge)


def _plan_deadline(sandbox: Sandbox, dispute: StripeObject) -> None:
    wait = dispute["evidence_details"]["due_by"] - sandbox.now()
    sandbox.later(max(wait, 0), _pass_deadline, sandbox, dispute["id"])


def _pass_deadline(sandbox: Sandbox, dispute_id: str) -> None:
    dispute = sandbox.store.get("dispute", dispute_id)
    if dispute is None or not dispute["status"].endswith("needs_response"):
        return
    details = dispute["evidence_details"]
    answered_by = smart_disputes.answer_at_deadline(sandbox, dispute)
    if answered_by is None:
        dispute["evidence_details"] = details | {"past_due": True}
        close(sandbox, dispute, "lost")
        return
    hand_in(sandbox, dispute, answered_by)
