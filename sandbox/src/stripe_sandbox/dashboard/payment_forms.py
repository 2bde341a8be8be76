"""What a person can do to a payment by hand, as it stands now."""

from dataclasses import dataclass, field

from stripe_sandbox.browser.test_payments import answers_for
from stripe_sandbox.dashboard.amounts import editable
from stripe_sandbox.dashboard.belonging import Belonging
from stripe_sandbox.dispute_kinds import FRAUDULENT, INQUIRY, NOT_RECEIVED, DisputeKind
from stripe_sandbox.resources import dispute_courses, payment_attempts, three_d_secure
from stripe_sandbox.resources.intent_states import CANCELABLE
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

# Source: https://docs.stripe.com/api/disputes/object; network reason codes are Visa's published ones.
DISPUTE_KINDS = {
    "fraudulent": ("Fraudulent", FRAUDULENT),
    "product_not_received": ("Product not received", NOT_RECEIVED),
    "product_unacceptable": (
        "Product unacceptable",
        DisputeKind("product_unacceptable", "chargeback", "13.3"),
    ),
    "duplicate": ("Duplicate", DisputeKind("duplicate", "chargeback", "12.6.1")),
    "credit_not_processed": (
        "Credit not processed",
        DisputeKind("credit_not_processed", "chargeback", "13.6"),
    ),
    "subscription_canceled": (
        "Subscription canceled",
        DisputeKind("subscription_canceled", "chargeback", "13.2"),
    ),
    "general": ("General", DisputeKind("general")),
    "inquiry": ("Only an inquiry, no money moves", INQUIRY),
}
REFUND_REASONS = {
    "requested_by_customer": "Requested by customer",
    "duplicate": "Duplicate",
    "fraudulent": "Fraudulent",
}
CANCEL_REASONS = {
    "requested_by_customer": "Requested by customer",
    "abandoned": "Abandoned",
    "duplicate": "Duplicate",
    "fraudulent": "Fraudulent",
}
_ANSWERS_OF_A_BANK = {"authorize": "Complete authentication", "fail": "Fail authentication"}
_ANSWERS_TO_A_DISPUTE = {
    dispute_courses.WINNING: "Hand in evidence that wins",
    dispute_courses.LOSING: "Hand in evidence that loses",
}
_ESCALATE = {dispute_courses.ESCALATING: "Hand in evidence that escalates it"}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody outside must act: `page` is where they would, `answers` what they can say, and its words."""

    page: str
    answers: dict[str, str]
    ends_at: int | None
    held: bool = False


@dataclass(frozen=True, slots=True)
class OpenDispute:
    """A dispute that still wants an answer."""

    dispute: StripeObject
    answers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A form that was sent in vain: which, why in words, Stripe's code for it, and what had been typed."""

    form: str
    sentence: str
    code: str
    typed: dict[str, str]


@dataclass(frozen=True, slots=True)
class PaymentForms:
    """None or empty is what cannot be done now; `capture` and `refund` are the most that can be typed."""

    waiting: Waiting | None
    capture: str | None
    refund: str | None
    disputable: bool
    disputes: tuple[OpenDispute, ...]
    cancelable: bool
    refusal: Refusal | None = None
    refund_reasons: dict[str, str] = field(default_factory=lambda: REFUND_REASONS)
    dispute_reasons: dict[str, str] = field(
        default_factory=lambda: {name: word for name, (word, _) in DISPUTE_KINDS.items()}
    )
    cancel_reasons: dict[str, str] = field(default_factory=lambda: CANCEL_REASONS)


def forms_for(
    sandbox: Sandbox, belonging: Belonging, intent: StripeObject, refusal: Refusal | None
) -> PaymentForms:
    """What can be done to a PaymentIntent."""
    charge = sandbox.store.get("charge", intent["latest_charge"] or "")
    taken = charge["amount_captured"] - charge["amount_refunded"] if charge and charge["paid"] else 0
    currency = intent["currency"]
    held = intent["status"] == "requires_capture"
    return PaymentForms(
        waiting=waiting_for(belonging, intent),
        capture=editable(intent["amount_capturable"], currency) if held else None,
        refund=editable(taken, currency) if taken > 0 and intent["status"] == "succeeded" else None,
        disputable=bool(taken > 0 and charge and not charge["disputed"]),
        disputes=tuple(
            OpenDispute(dispute, _answers(dispute))
            for dispute in belonging.of("dispute", intent["id"])
            if dispute["status"] not in dispute_courses.CLOSED
        ),
        cancelable=intent["status"] in CANCELABLE,
        refusal=refusal,
    )


def waiting_for(belonging: Belonging, intent: StripeObject) -> Waiting | None:
    """The bank's challenge or the method's test payment that the intent waits for."""
    attempt = current_attempt(belonging, intent)
    if attempt:
        held = attempt["state"] == "held"
        answers = {} if held else answers_for(attempt["type"])
        return Waiting(f"/test_payment/{attempt['id']}", answers, attempt["due"], held)
    source = current_challenge(belonging, intent)
    if source:
        return Waiting(f"/3ds2/challenge/{source['id']}", _ANSWERS_OF_A_BANK, None)
    return None


def current_attempt(belonging: Belonging, intent: StripeObject) -> StripeObject | None:
    """The open or held attempt with a method other than a card."""
    for attempt in belonging.of("payment_attempt", intent["id"])[-1:]:
        if attempt["state"] == "held" or payment_attempts.is_current(intent, attempt):
            return attempt
    return None


def current_challenge(belonging: Belonging, intent: StripeObject) -> StripeObject | None:
    """The 3-D Secure challenge that is still open."""
    for source in belonging.of("three_d_secure_source", intent["id"]):
        if source["state"] == "challenge_required" and three_d_secure.is_current(intent, source["id"]):
            return source
    return None


def _answers(dispute: StripeObject) -> dict[str, str]:
    if not dispute["status"].endswith("needs_response"):
        return {}
    return _ANSWERS_TO_A_DISPUTE | (_ESCALATE if dispute["status"].startswith("warning") else {})
