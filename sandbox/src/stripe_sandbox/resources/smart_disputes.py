"""Smart Disputes: Stripe answers a dispute by itself, when the account has it and finds evidence.

https://docs.stripe.com/disputes/smart-disputes, and for `intended_submission_method`
https://docs.stripe.com/changelog/endive/2026-10-28/adds-intended-submission-method-for-disputes. Here
evidence is found for the disputes of one test card, and always wins.
"""

from stripe_sandbox.account_settings import AccountSettings
from stripe_sandbox.errors import StripeError
from stripe_sandbox.resources import payment_methods
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

ONLY, PREFERRED, SECOND = "smart_disputes", "prefer_smart_disputes", "prefer_manual"
MANUAL = "manual"


def usual_method(settings: AccountSettings) -> str | None:
    """A new dispute's `intended_submission_method`."""
    return SECOND if settings.smart_disputes else None


def check_available(sandbox: Sandbox, dispute: StripeObject) -> None:
    """Refuse to hand in what Stripe does not have.

    Raises:
        StripeError: `smart_disputes_not_available`.
    """
    if not _available(sandbox, dispute):
        raise StripeError(
            "Smart Disputes is not available for this dispute. Choose another intended_submission_method, or "
            "leave out submit.",
            code="smart_disputes_not_available",
            param="intended_submission_method",
        )


def answer_at_deadline(sandbox: Sandbox, dispute: StripeObject) -> str | None:
    """The `submission_method` by which Stripe answers when the shop has not; None when it cannot."""
    wanted, drafted = dispute["intended_submission_method"], dispute["evidence_details"]["has_evidence"]
    available = _available(sandbox, dispute)
    if wanted == SECOND and drafted:
        return MANUAL
    if wanted in (ONLY, PREFERRED, SECOND) and available:
        return ONLY
    return MANUAL if wanted in (MANUAL, PREFERRED) and drafted else None


def _available(sandbox: Sandbox, dispute: StripeObject) -> bool:
    charge = sandbox.store.get("charge", dispute["charge"])
    if charge is None or not sandbox.settings.smart_disputes:
        return False
    card, _ = payment_methods.card_behind(sandbox, charge["payment_method"])
    return any(kind.smart for kind in card.disputes)
