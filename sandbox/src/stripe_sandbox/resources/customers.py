"""Customers. https://docs.stripe.com/api/customers."""

from typing import Any

from stripe_sandbox import errors
from stripe_sandbox.call import Call
from stripe_sandbox.events import emit
from stripe_sandbox.ids import alphanumeric, plain_id
from stripe_sandbox.metadata import merged
from stripe_sandbox.pagination import page
from stripe_sandbox.resources import changes, payment_methods
from stripe_sandbox.store import StripeObject

_NOT_IMITATED = (
    "source",
    "tax",
    "tax_id_data",
    "cash_balance",
    "test_clock",
    "coupon",
    "promotion_code",
    "validate",
)
_PLAIN = (
    "business_name",
    "description",
    "email",
    "individual_name",
    "name",
    "phone",
    "tax_exempt",
    "invoice_prefix",
)


def create(call: Call) -> StripeObject:
    customer: StripeObject = {
        "id": plain_id("cus", 14),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": call.sandbox.now(),
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": alphanumeric(8).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    method = (
        payment_methods.find(call, call.params["payment_method"])
        if call.params.get("payment_method")
        else None
    )
    if method:
        payment_methods.check_attachable(call.sandbox, method, None)
    customer |= _changed(call, customer, method)
    call.sandbox.store.save("customer", customer)
    emit(call.sandbox, "customer.created", customer, call.cause)
    if method:
        payment_methods.attach_to(call.sandbox, method, customer["id"], call.cause)
    return customer


def retrieve(call: Call) -> StripeObject:
    customer = call.sandbox.store.get("customer", call.id)
    return customer if customer and customer.get("deleted") else call.find("customer")


def list_all(call: Call) -> StripeObject:
    return page(call, "customer", by=("email",))


def update(call: Call) -> StripeObject:
    customer = call.find("customer")
    changed = _changed(call, customer)
    return changes.apply(call, customer, changed)


def delete(call: Call) -> StripeObject:
    customer = call.find("customer")
    emit(call.sandbox, "customer.deleted", customer, call.cause)
    for method in call.sandbox.store.related("payment_method", "customer", customer["id"]):
        call.sandbox.store.save("payment_method", method | {"customer": None})
        payment_methods.remember(call.sandbox, method["id"], used=True)
    gone = {"id": customer["id"], "object": "customer", "deleted": True}
    call.sandbox.store.save("customer", gone)
    return gone


def _changed(call: Call, customer: StripeObject, arriving: StripeObject | None = None) -> dict[str, Any]:
    """What the request changes; `arriving` is the method that it attaches."""
    params = call.params
    for name in _NOT_IMITATED:
        if params.get(name):
            raise errors.not_imitated(f"a customer's {name}")
    fields: dict[str, Any] = {name: params[name] or None for name in _PLAIN if name in params}
    errors.check_email(fields.get("email"), "email")
    if "metadata" in params:
        fields["metadata"] = merged(customer["metadata"], params["metadata"])
    if "address" in params:
        fields["address"] = payment_methods.address(params["address"]) if params["address"] else None
    if "shipping" in params:
        given = params["shipping"]
        address = {"address": payment_methods.address(given["address"])} if given else {}
        fields["shipping"] = given | address if given else None
    for name in ("balance", "preferred_locales", "next_invoice_sequence"):
        if name in params:
            fields[name] = params[name]
    if "invoice_settings" in params:
        fields["invoice_settings"] = customer["invoice_settings"] | _invoice_settings(
            call, params["invoice_settings"], customer["id"], arriving
        )
    return fields


def _invoice_settings(
    call: Call, given: dict[str, Any], customer_id: str, arriving: StripeObject | None
) -> dict[str, Any]:
    settings = {name: value or None for name, value in given.items()}
    named = given.get("default_payment_method")
    if named and arriving and named in (arriving["id"], call.params.get("payment_method")):
        settings["default_payment_method"] = arriving["id"]
    elif named:
        param = "invoice_settings[default_payment_method]"
        method = call.find("payment_method", named, param, "PaymentMethod")
        if method["customer"] != customer_id:
            raise errors.StripeError(
                f"The customer does not have a payment method with the ID {named}. The payment method must "
                "be attached to the customer.",
                code="resource_missing",
                param=param,
            )
    return settings
