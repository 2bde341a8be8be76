"""How a webhook delivery may stand, as a person filters by it."""

from stripe_sandbox.store import StripeObject

DELIVERY_STATES = {
    "succeeded": "Delivered",
    "trying": "Failed, will retry",
    "failed": "Given up",
    "pending": "Waiting",
    "lost": "Lost on purpose",
    "stopped": "Stopped",
}


def in_state(delivery: StripeObject, state: str) -> bool:
    """Whether a delivery is in a state; `trying` has failed and will be tried again."""
    if state in ("trying", "pending"):
        return delivery["status"] == "pending" and bool(delivery["attempts"]) == (state == "trying")
    return bool(delivery["status"] == state)
