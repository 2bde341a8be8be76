"""Mandates: the customer's permission to debit an account. https://docs.stripe.com/api/mandates."""

from stripe_sandbox.call import Call
from stripe_sandbox.errors import missing_parameter
from stripe_sandbox.ids import alphanumeric, plain_id
from stripe_sandbox.store import StripeObject


def retrieve(call: Call) -> StripeObject:
    return call.find("mandate")


def check_accepted(call: Call) -> None:
    """A server must say how the customer agreed; a page shows the mandate's words itself.

    Raises:
        StripeError: `mandate_data` is missing.
    """
    if not call.key.publishable and not call.params.get("mandate_data"):
        raise missing_parameter("mandate_data")


def accept(call: Call, intent: StripeObject, method: StripeObject) -> StripeObject:
    """The permission that goes with this confirmation, for one payment or for more."""
    given = (call.params.get("mandate_data") or {}).get("customer_acceptance") or {}
    kind = given.get("type", "online")
    acceptance = {"accepted_at": given.get("accepted_at") or call.sandbox.now(), "type": kind}
    if kind == "online":
        online = given.get("online") or {}
        acceptance["online"] = {name: online.get(name) for name in ("ip_address", "user_agent")}
    else:
        acceptance["offline"] = {}
    several = bool(intent["setup_future_usage"])
    identifier = plain_id("mandate")
    mandate: StripeObject = {
        "id": identifier,
        "object": "mandate",
        "customer_acceptance": acceptance,
        "livemode": False,
        "payment_method": method["id"],
        "payment_method_details": {
            "sepa_debit": {
                "reference": alphanumeric(16).upper(),
                "url": f"{call.sandbox.public_url}/dashboard",
            },
            "type": "sepa_debit",
        },
        "status": "active",
        "type": "multi_use" if several else "single_use",
    }
    if several:
        mandate["multi_use"] = {}
    else:
        mandate["single_use"] = {"amount": intent["amount"], "currency": intent["currency"]}
    call.sandbox.store.save("mandate", mandate)
    return mandate
