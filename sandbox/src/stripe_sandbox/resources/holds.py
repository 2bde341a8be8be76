"""Money that is held and not yet taken: how long a bank keeps it, and what happens when nobody comes for it.

https://docs.stripe.com/payments/place-a-hold-on-a-payment-method
"""

from stripe_sandbox.events import STRIPE_ITSELF, Cause, emit
from stripe_sandbox.methods import BY_TYPE
from stripe_sandbox.resources import reviews
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

_DAY = 24 * 60 * 60


def until(charge_created: int, kind: str) -> int:
    """Unix seconds until which a method's provider keeps the money for the shop."""
    return charge_created + BY_TYPE[kind].held_days * _DAY


def lapse_later(sandbox: Sandbox, charge: StripeObject) -> None:
    """Let a hold end by itself when its time is over."""
    end = until(charge["created"], charge["payment_method_details"]["type"])
    sandbox.later(max(end - sandbox.now(), 0), _lapse, sandbox, charge["payment_intent"], charge["id"])


def take_up(sandbox: Sandbox) -> None:
    """Plan again what a stopped sandbox had planned."""
    for intent in list(sandbox.store.oldest_first("payment_intent")):
        if intent["status"] == "requires_capture":
            charge = sandbox.store.get("charge", intent["latest_charge"])
            if charge is not None:
                lapse_later(sandbox, charge)


def cancel(sandbox: Sandbox, intent: StripeObject, reason: str | None, cause: Cause = STRIPE_ITSELF) -> None:
    """End an intent without money; a hold is let go, without a refund since 2025-03-31.basil."""
    held = intent["status"] == "requires_capture"
    intent |= {
        "status": "canceled",
        "amount_capturable": 0,
        "canceled_at": sandbox.now(),
        "cancellation_reason": reason,
        "next_action": None,
    }
    sandbox.store.save("payment_intent", intent)
    charge = sandbox.store.get("charge", intent["latest_charge"]) if held else None
    if charge is not None:
        emit(sandbox, "charge.expired", charge, cause)
        reviews.close_of(sandbox, charge, "canceled", cause)
    emit(sandbox, "payment_intent.canceled", intent, cause)


def _lapse(sandbox: Sandbox, intent_id: str, charge_id: str) -> None:
    intent = sandbox.store.get("payment_intent", intent_id)
    if intent and intent["status"] == "requires_capture" and intent["latest_charge"] == charge_id:
        cancel(sandbox, intent, "expired")
