"""The PaymentMethods that customers have saved, listed and looked up."""

from stripe_sandbox import errors
from stripe_sandbox.call import Call
from stripe_sandbox.pagination import page
from stripe_sandbox.store import StripeObject


def list_all(call: Call) -> StripeObject:
    kind, customer = call.params.get("type"), call.params.get("customer")
    return page(
        call,
        "payment_method",
        lambda method: (
            method["customer"] is not None
            and customer in (None, method["customer"])
            and kind in (None, method["type"])
        ),
    )


def list_of(call: Call) -> StripeObject:
    """The PaymentMethods of the customer that the path names."""
    call.find("customer")
    kind, customer = call.params.get("type"), call.id
    return page(
        call,
        "payment_method",
        lambda method: method["customer"] == customer and kind in (None, method["type"]),
    )


def retrieve_of(call: Call) -> StripeObject:
    """One of the customer that the path names; another's counts as none."""
    call.find("customer")
    wanted = call.path.rpartition("/")[2]
    method = call.sandbox.store.get("payment_method", wanted)
    if method is None or method["customer"] != call.id:
        raise errors.no_such("PaymentMethod", wanted, "payment_method")
    return method
