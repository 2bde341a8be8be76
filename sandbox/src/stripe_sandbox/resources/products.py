"""Products: what is sold. https://docs.stripe.com/api/products."""

from typing import Any

from stripe_sandbox import errors
from stripe_sandbox.call import Call
from stripe_sandbox.errors import StripeError
from stripe_sandbox.events import emit
from stripe_sandbox.ids import plain_id
from stripe_sandbox.metadata import merged
from stripe_sandbox.pagination import page
from stripe_sandbox.resources import changes, prices
from stripe_sandbox.store import StripeObject

_CLEARABLE = (
    "description",
    "package_dimensions",
    "shippable",
    "statement_descriptor",
    "tax_code",
    "unit_label",
    "url",
)


def create(call: Call) -> StripeObject:
    params = call.params
    if params.get("tax_details"):
        raise errors.not_imitated("a product's tax_details")
    identifier = params.get("id") or plain_id("prod", 14)
    if call.sandbox.store.get("product", identifier):
        raise StripeError(f"Product already exists: {identifier}", code="resource_already_exists", param="id")
    now = call.sandbox.now()
    product: StripeObject = dict.fromkeys(_CLEARABLE) | {
        "id": identifier,
        "object": "product",
        "active": params.get("active", True),
        "created": now,
        "default_price": None,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": {},
        "name": params["name"],
        "tax_details": None,
        "type": params.get("type", "service"),
        "updated": now,
    }
    product |= _changed(call, product)
    call.sandbox.store.save("product", product)
    emit(call.sandbox, "product.created", product, call.cause)
    if params.get("default_price_data"):
        price = prices.make(call, product, params["default_price_data"])
        product["default_price"] = price["id"]
        call.sandbox.store.save("product", product)
    return product


def retrieve(call: Call) -> StripeObject:
    return call.find("product")


def list_all(call: Call) -> StripeObject:
    ids = call.params.get("ids")
    return page(
        call,
        "product",
        lambda product: ids is None or product["id"] in ids,
        by=("url", "active", "shippable", "type"),
    )


def update(call: Call) -> StripeObject:
    product = call.find("product")
    changed = _changed(call, product)
    named = call.params.get("default_price")
    if named:
        changed["default_price"] = call.find("price", named, "default_price")["id"]
    product["updated"] = call.sandbox.now()
    return changes.apply(call, product, changed)


def delete(call: Call) -> StripeObject:
    product = call.find("product")
    if call.sandbox.store.related("price", "product", product["id"]):
        raise StripeError(
            "This product cannot be deleted because it has one or more user-created prices.", param="id"
        )
    emit(call.sandbox, "product.deleted", product, call.cause)
    gone = {"id": product["id"], "object": "product", "deleted": True}
    call.sandbox.store.save("product", gone)
    return gone


def _changed(call: Call, product: StripeObject) -> dict[str, Any]:
    params = call.params
    fields: dict[str, Any] = {name: params[name] for name in ("active", "name") if name in params}
    fields |= {name: None if params[name] == "" else params[name] for name in _CLEARABLE if name in params}
    fields |= {name: params[name] or [] for name in ("images", "marketing_features") if name in params}
    if "metadata" in params:
        fields["metadata"] = merged(product["metadata"], params["metadata"])
    return fields
