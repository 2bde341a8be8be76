"""The PaymentMethods that customers have saved, listed and looked up."""

from stripe_sandbox import errors
from stripe_sandbox.call import Call
from stripe_sandbox.pagination import page
from stripe_sandbox.store import StripeObject


def list_all(call: Call) -> StripeObject:
    return page(
        call, "payment_method", lambda method: method["customer"] is not None, by=("customer", "type")
    )


def list_of(call: Call) -> StripeObject:
    """The PaymentMethods of the customer that the path names."""
    call.find("customer")
    return page(call, "payment_method", lambda method: method["customer"] == call.id, by=("type",))


def retrieve_of(call: Call) -> StripeObject:
    """One of the customer that the path names; another's counts as none."""
    call.find("customer")
    wanted = call.path.rpartition("/")[2]
    method = call.sandbox.store.get("payment_method", wanted)
    if method is None or method["customer"] != call.id:
        raise errors.no_such("PaymentMethod", wanted, "payment_method")
    return method
