"""Early fraud warnings: a card's bank reports a payment as fraud before anybody disputes it.

https://docs.stripe.com/api/radar/early_fraud_warnings
"""

from stripe_sandbox.call import Call
from stripe_sandbox.events import emit
from stripe_sandbox.ids import plain_id
from stripe_sandbox.pagination import page
from stripe_sandbox.resources import payment_methods
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

KIND = "radar.early_fraud_warning"


def retrieve(call: Call) -> StripeObject:
    return call.find(KIND, noun="issuer fraud record")


def list_all(call: Call) -> StripeObject:
    return page(call, KIND, by=("charge", "payment_intent"))


def come_later(sandbox: Sandbox, charge: StripeObject) -> None:
    """Warn of a captured charge after a while, when its card is one whose bank does."""
    card, _ = payment_methods.card_behind(sandbox, charge["payment_method"])
    if card.warned and not _warnings(sandbox, charge):
        sandbox.later(sandbox.settling_seconds, _warn, sandbox, charge["id"])


def over(sandbox: Sandbox, charge: StripeObject) -> None:
    """The charge was disputed or refunded in full: there is nothing left to do about a warning."""
    for warning in _warnings(sandbox, charge):
        if warning["actionable"]:
            warning["actionable"] = False
            sandbox.store.save(KIND, warning)
            emit(sandbox, f"{KIND}.updated", warning, previous_attributes={"actionable": True})


def _warn(sandbox: Sandbox, charge_id: str) -> None:
    charge = sandbox.store.get("charge", charge_id)
    if charge is None or _warnings(sandbox, charge):
        return
    warning: StripeObject = {
        "id": plain_id("issfr"),
        "object": KIND,
        "actionable": not (charge["refunded"] or charge["disputed"]),
        "charge": charge_id,
        "created": sandbox.now(),
        "fraud_type": "unauthorized_use_of_card",
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }
    sandbox.store.save(KIND, warning)
    emit(sandbox, f"{KIND}.created", warning)


def _warnings(sandbox: Sandbox, charge: StripeObject) -> list[StripeObject]:
    return sandbox.store.related(KIND, "charge", charge["id"])
