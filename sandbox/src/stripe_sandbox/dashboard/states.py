"""How a payment stands, in words: a PaymentIntent's status refined by its error and its charge."""

from typing import NamedTuple

from stripe_sandbox.store import StripeObject


class State(NamedTuple):
    """A word and a mark that says the same without colour; `meaning` is a sentence."""

    name: str
    word: str
    mark: str
    meaning: str


# fmt: off
STATES = {state.name: state for state in (
    State("succeeded", "Succeeded", "check", "Paid. Stripe has the money and the shop may deliver."),
    State("failed", "Failed", "cross", "The last attempt failed. The customer can try again."),
    State("incomplete", "Incomplete", "dots", "Nobody has tried to pay yet."),
    State("requires_action", "Waiting", "lock", "The customer has something to do elsewhere."),
    State("processing", "Processing", "clock", "The payment is on its way. Neither paid nor failed yet."),
    State("requires_capture", "Uncaptured", "pause", "The money is held on the card until it is captured."),
    State("canceled", "Canceled", "minus", "Canceled. It can never be paid."),
    State("partly_refunded", "Partly refunded", "back", "Paid, and part of it was given back."),
    State("refunded", "Refunded", "back", "Paid, and all of it was given back."),
    State("disputed", "Disputed", "flag", "Paid, and the cardholder's bank disputes it."),
)}
# fmt: on

_OF_STATUS = {
    "requires_payment_method": "incomplete",
    "requires_confirmation": "incomplete",
    "requires_action": "requires_action",
    "processing": "processing",
    "requires_capture": "requires_capture",
    "canceled": "canceled",
}


def state_of(intent: StripeObject, charge: StripeObject | None) -> State:
    """The state of a PaymentIntent with its latest charge."""
    if intent["status"] == "requires_payment_method" and intent["last_payment_error"]:
        return STATES["failed"]
    if intent["status"] != "succeeded":
        return STATES[_OF_STATUS[intent["status"]]]
    if charge and charge["disputed"]:
        return STATES["disputed"]
    if charge and charge["amount_refunded"]:
        return STATES["refunded" if charge["refunded"] else "partly_refunded"]
    return STATES["succeeded"]
