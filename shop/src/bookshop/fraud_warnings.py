"""Early fraud warnings: a card's bank reports a payment as fraud.

docs.stripe.com/api/radar/early_fraud_warnings
"""

from dataclasses import dataclass

from bookshop.snapshots import PaymentSnapshot
from bookshop.snapshots import snapshot as payment_snapshot
from bookshop.stripe_calls import MISSING, RefusedError, StripeConnection, ask


@dataclass(frozen=True, slots=True)
class FraudWarning:
    """What Stripe said about one warning. `kind` is Stripe's word.

    `is_actionable`: nobody has refunded or disputed the payment yet.
    """

    id: str
    kind: str
    is_actionable: bool


async def read(
    stripe_api: StripeConnection, warning_id: str
) -> tuple[FraudWarning, PaymentSnapshot | None] | None:
    """A warning as it is now, with its payment; None for an id that Stripe does not know.

    Raises:
        PaymentsUnavailableError: no usable answer.
    """
    warnings = stripe_api.client.v1.radar.early_fraud_warnings
    try:
        found = await ask(
            stripe_api,
            "reading a fraud warning of",
            lambda: warnings.retrieve_async(warning_id, {"expand": ["payment_intent"]}),
            expected=MISSING,
        )
    except RefusedError:
        return None
    warning = found.to_dict()
    intent = warning.get("payment_intent")
    known = FraudWarning(warning["id"], warning["fraud_type"], is_actionable=warning["actionable"])
    return known, payment_snapshot(intent) if intent else None
