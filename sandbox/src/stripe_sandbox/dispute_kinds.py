"""The kinds of dispute that test cards and one test bank account bring about.

Sources: https://docs.stripe.com/testing, https://docs.stripe.com/disputes/api/visa-ce3,
https://docs.stripe.com/disputes/api/visa-compliance, https://docs.stripe.com/disputes/prevention, and the
dispute's own reference. Network reason codes are the networks' published ones; where Stripe names none for a
test card, a usual one of that reason stands here.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DisputeKind:
    """One kind.

    case_type            `chargeback`, `inquiry` (no money moves), `compliance`
    network_reason_code  None where the network gives none
    enhanced             the enhanced evidence that it is eligible for, as `enhanced_eligibility_types` has it
    shifts_liability     an authenticated payment is protected from it: the issuer bears the loss
    smart                Stripe can answer it by itself (Smart Disputes)
    prevented_by         the account's setting that stops it before it becomes a dispute
    prevented_as         the `case_type` that it then has: `resolution` pays the customer back, `block` nobody
    """

    reason: str
    case_type: str = "chargeback"
    network_reason_code: str | None = None
    enhanced: str | None = None
    shifts_liability: bool = False
    smart: bool = False
    prevented_by: str | None = None
    prevented_as: str = ""


CE3, VISA_COMPLIANCE, MASTERCARD_COMPLIANCE = (
    "visa_compelling_evidence_3",
    "visa_compliance",
    "mastercard_compliance",
)
COMPLIANCE = (VISA_COMPLIANCE, MASTERCARD_COMPLIANCE)

FRAUDULENT = DisputeKind("fraudulent", network_reason_code="10.4", shifts_liability=True)
NOT_RECEIVED = DisputeKind("product_not_received", network_reason_code="13.1")
INQUIRY = DisputeKind("fraudulent", "inquiry", "10.4")
REPEATED = DisputeKind("fraudulent", network_reason_code="10.4")
CE3_ELIGIBLE = DisputeKind("fraudulent", network_reason_code="10.4", enhanced=CE3)
OF_VISA_RULES = DisputeKind("noncompliant", "compliance", enhanced=VISA_COMPLIANCE)
OF_MASTERCARD_RULES = DisputeKind("noncompliant", "compliance", enhanced=MASTERCARD_COMPLIANCE)
SMART = DisputeKind("fraudulent", network_reason_code="10.4", smart=True)
RESOLVED_BY_VISA = DisputeKind(
    "fraudulent", network_reason_code="10.4", prevented_by="dispute_resolution", prevented_as="resolution"
)
BLOCKED_BY_EVIDENCE = DisputeKind(
    "fraudulent", network_reason_code="10.4", prevented_by="dispute_deflection", prevented_as="block"
)
ALERTED_BY_ETHOCA = DisputeKind(
    "fraudulent", network_reason_code="4837", prevented_by="dispute_resolution", prevented_as="resolution"
)
UNAUTHORIZED_DEBIT = DisputeKind("debit_not_authorized")
