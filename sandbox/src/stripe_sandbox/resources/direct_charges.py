"""Charges made without a PaymentIntent, from a card's token. https://docs.stripe.com/api/charges/create.

Stripe keeps this for old integrations, so it is plain here: `source=tok_visa` and the other test tokens, held
or captured at once, refunded and disputed like any charge. A bank that insists on 3-D Secure declines, and a
hold does not lapse.
"""

from typing import Any

from stripe_sandbox import cards, errors
from stripe_sandbox.call import Call
from stripe_sandbox.cards import Authentication
from stripe_sandbox.currencies import check_amount
from stripe_sandbox.declines import AUTHENTICATION_REQUIRED, Decline
from stripe_sandbox.errors import StripeError
from stripe_sandbox.events import emit
from stripe_sandbox.ids import plain_id
from stripe_sandbox.metadata import merged
from stripe_sandbox.resources import card_details, charges, dispute_courses, payment_methods, radar, reviews
from stripe_sandbox.resources.intent_fields import shipping
from stripe_sandbox.store import StripeObject

_CONNECT = ("application_fee", "application_fee_amount", "destination", "on_behalf_of", "transfer_data")
_COPIED = ("description", "receipt_email", "statement_descriptor_suffix", "transfer_group")
_WANTS_AUTHENTICATION = (Authentication.REQUIRED, Authentication.REQUIRED_UNLESS_SET_UP)
_BRANDS = {
    "amex": "American Express",
    "diners": "Diners Club",
    "jcb": "JCB",
    "unionpay": "UnionPay",
}


def create(call: Call) -> StripeObject:
    """Charge the card behind a token.

    Raises:
        StripeError: 402 when its bank declines, with the id of the failed charge.
    """
    asked = _asked(call)
    method = _method(call)
    decline = _decline(call, method)
    charge = charges.make(call.sandbox, asked, method, None, decline)
    charge |= {"payment_intent": None, "source": _source(method)}
    payment_methods.remember(call.sandbox, method["id"], used=True)
    if not decline:
        reviews.open_if_risky(call.sandbox, None, charge, call.cause)
    call.sandbox.store.save("charge", charge)
    emit(call.sandbox, "charge.failed" if decline else "charge.succeeded", charge, call.cause)
    if decline:
        raise payment_methods.declined(decline, {"charge": charge["id"]})
    if charge["captured"]:
        dispute_courses.come_later(call.sandbox, charge)
    return charge


def capture(call: Call) -> StripeObject:
    """Take the money that a charge holds, or a part of it."""
    charge = call.find("charge")
    if charge["payment_intent"]:
        raise StripeError(
            "This charge belongs to a PaymentIntent; capture that instead.", code="charge_invalid_parameter"
        )
    if charge["captured"]:
        raise StripeError(f"Charge {charge['id']} has already been captured.", code="charge_already_captured")
    if charge["status"] != "succeeded":
        raise StripeError(
            f"Charge {charge['id']} has failed and holds nothing.", code="charge_not_refundable"
        )
    amount: int = call.params["amount"] if "amount" in call.params else charge["amount"]
    if not 1 <= amount <= charge["amount"]:
        raise StripeError(
            f"Amount must be between 1 and the {charge['amount']} that is held.",
            code="amount_too_large",
            param="amount",
        )
    charge |= {"captured": True, "amount_captured": amount}
    call.sandbox.store.save("charge", charge)
    emit(call.sandbox, "charge.captured", charge, call.cause)
    charges.settle(call.sandbox, charge["id"])
    dispute_courses.come_later(call.sandbox, charge)
    return charge


def _asked(call: Call) -> dict[str, Any]:
    """What is asked of the bank, in an intent's words."""
    params = call.params
    for name in _CONNECT:
        if params.get(name):
            raise errors.not_imitated(f"Connect ({name})")
    for name in ("amount", "currency", "source"):
        if name not in params and not (name == "source" and params.get("customer")):
            raise errors.missing_parameter(name)
    if "source" not in params:
        raise errors.not_imitated("charging a customer's default source; use a PaymentIntent")
    currency = params["currency"].lower()
    check_amount(params["amount"], currency)
    customer = params.get("customer")
    return {name: params.get(name) or None for name in _COPIED} | {
        "id": "",
        "amount": params["amount"],
        "capture_method": "automatic" if params.get("capture", True) else "manual",
        "currency": currency,
        "customer": call.find("customer", customer, "customer")["id"] if customer else None,
        "metadata": merged(None, params.get("metadata")),
        "payment_method_options": None,
        "shipping": shipping(params.get("shipping")),
    }


def _method(call: Call) -> StripeObject:
    token = str(call.params["source"])
    if f"pm_card_{token.removeprefix('tok_')}" not in cards.BY_TOKEN:
        raise errors.no_such("token", token, "source", status=400)
    return payment_methods.from_data(call.sandbox, {"type": "card", "card": {"token": token}})


def _decline(call: Call, method: StripeObject) -> Decline | None:
    card, hidden = payment_methods.card_behind(call.sandbox, method["id"])
    if card.authentication in _WANTS_AUTHENTICATION:
        return AUTHENTICATION_REQUIRED
    checks = card_details.checks_made(card, hidden, method)
    return card.decline or radar.refusal(call.sandbox.settings, card, checks)


def _source(method: StripeObject) -> dict[str, Any]:
    """The card as charges showed it before PaymentMethods. https://docs.stripe.com/api/cards/object."""
    card, address = method["card"], method["billing_details"]["address"]
    brand = card["brand"]
    return {
        "id": plain_id("card"),
        "object": "card",
        "address_city": address["city"],
        "address_country": address["country"],
        "address_line1": address["line1"],
        "address_line1_check": card["checks"]["address_line1_check"],
        "address_line2": address["line2"],
        "address_state": address["state"],
        "address_zip": address["postal_code"],
        "address_zip_check": card["checks"]["address_postal_code_check"],
        "brand": _BRANDS.get(brand, brand.capitalize()),
        "country": card["country"],
        "customer": None,
        "cvc_check": None,
        "dynamic_last4": None,
        "exp_month": card["exp_month"],
        "exp_year": card["exp_year"],
        "fingerprint": card["fingerprint"],
        "funding": card["funding"],
        "last4": card["last4"],
        "metadata": {},
        "name": method["billing_details"]["name"],
        "tokenization_method": None,
    }
