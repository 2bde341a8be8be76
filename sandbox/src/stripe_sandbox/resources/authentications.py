"""What Stripe.js asks around a challenge, before it opens and after it closes. Undocumented calls."""

from stripe_sandbox import errors
from stripe_sandbox.call import Call
from stripe_sandbox.cards import Authentication
from stripe_sandbox.resources import attempts, payment_methods, three_d_secure
from stripe_sandbox.store import StripeObject


def authenticate(call: Call) -> StripeObject:
    """Does the bank want a challenge? A frictionless card's bank says yes to the payment instead."""
    source = _source(call)
    card, _ = payment_methods.card_behind(call.sandbox, source["payment_method"])
    if card.authentication == Authentication.FRICTIONLESS:
        attempts.finish_authentication(call.sandbox, source["id"], authenticated=True)
    return three_d_secure.state(call.sandbox, source)


def complete(call: Call) -> StripeObject:
    """The challenge's frame closed: how did it go?"""
    return three_d_secure.state(call.sandbox, _source(call))


def _source(call: Call) -> StripeObject:
    source = call.params.get("source")
    if not isinstance(source, str):
        raise errors.missing_parameter("source")
    return call.find("three_d_secure_source", source, "source", "source")
