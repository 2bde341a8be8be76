"""Early fraud warnings: a card's bank reports a payment as fraud.

docs.stripe.com/api/radar/early_fraud_warnings
"""

from dataclasses import dataclass
from typing import Any

from bookshop.payment_facts import Kind


@dataclass(frozen=True, slots=True)
class FraudWarning:
    """What Stripe said about one warning. `kind` is Stripe's word.

    `is_actionable`: nobody has refunded or disputed the payment yet.
    """

    id: str
    kind: str
    is_actionable: bool


def snapshot(warning: dict[str, Any]) -> FraudWarning:
    """A warning in Stripe's JSON as our value."""
    return FraudWarning(warning["id"], warning["fraud_type"], is_actionable=warning["actionable"])


FRAUD_WARNING = Kind(
    "radar.early_fraud_warning",
    lambda stripe_api: stripe_api.client.v1.radar.early_fraud_warnings,
    snapshot,
)
