"""Prices: what a product costs, in minor units of a currency. https://docs.stripe.com/api/prices."""

from typing import Any

from stripe_sandbox import errors
from stripe_sandbox.call import Call
from stripe_sandbox.currencies import CURRENCIES
from stripe_sandbox.errors import StripeError
from stripe_sandbox.events import emit
from stripe_sandbox.ids import plain_id
from stripe_sandbox.metadata import merged
from stripe_sandbox.pagination import page
from stripe_sandbox.resources import changes
from stripe_sandbox.store import StripeObject

_NOT_IMITATED = (
    "currency_options",
    "custom_unit_amount",
    "tiers",
    "tiers_mode",
    "transform_quantity",
    "unit_amount_decimal",
)


def create(call: Call) -> StripeObject:
    params = call.params
    if ("product" in params) == ("product_data" in params):
        raise (
            errors.exclusive_parameters("product", "product_data")
            if "product" in params
            else errors.missing_parameter("product")
        )
    if "product_data" in params:
        raise errors.not_imitated("a price's product_data; create the product first")
    return make(call, call.find("product", params["product"], "product"), params)


def make(call: Call, product: StripeObject, given: dict[str, Any]) -> StripeObject:
    """A price of a product, by the parameters of a price or of a product's `default_price_data`."""
    for name in _NOT_IMITATED:
        if given.get(name):
            raise errors.not_imitated(f"a price's {name}")
    currency = given["currency"].lower()
    if currency not in CURRENCIES:
        raise errors.invalid_parameter(f"Invalid currency: {currency}.", "currency")
    if "unit_amount" not in given:
        raise errors.missing_parameter("unit_amount")
    if given["unit_amount"] < 0:
        raise errors.invalid_parameter(
            "Invalid non-negative integer", "unit_amount", "parameter_invalid_integer"
        )
    _take_lookup_key(call, given)
    recurring = given.get("recurring")
    price: StripeObject = {
        "id": plain_id("price"),
        "object": "price",
        "active": given.get("active", True),
        "billing_scheme": "per_unit",
        "created": call.sandbox.now(),
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": given.get("lookup_key"),
        "metadata": merged(None, given.get("metadata")),
        "nickname": given.get("nickname"),
        "product": product["id"],
        "recurring": _recurring(recurring) if recurring else None,
        "tax_behavior": given.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if recurring else "one_time",
        "unit_amount": given["unit_amount"],
        "unit_amount_decimal": str(given["unit_amount"]),
    }
    call.sandbox.store.save("price", price)
    emit(call.sandbox, "price.created", price, call.cause)
    return price


def retrieve(call: Call) -> StripeObject:
    return call.find("price")


def list_all(call: Call) -> StripeObject:
    keys = call.params.get("lookup_keys")
    return page(
        call,
        "price",
        lambda price: keys is None or price["lookup_key"] in keys,
        by=("product", "active", "currency", "type"),
    )


def update(call: Call) -> StripeObject:
    price, params = call.find("price"), call.params
    if params.get("currency_options"):
        raise errors.not_imitated("a price's currency_options")
    _take_lookup_key(call, params)
    changed: dict[str, Any] = {name: params[name] for name in ("active", "tax_behavior") if name in params}
    changed |= {name: params[name] or None for name in ("lookup_key", "nickname") if name in params}
    changed["metadata"] = merged(price["metadata"], params.get("metadata"))
    return changes.apply(call, price, changed)


def _take_lookup_key(call: Call, given: dict[str, Any]) -> None:
    """A lookup key names one price; another gives it up only when told to."""
    key = given.get("lookup_key")
    others = call.sandbox.store.related("price", "lookup_key", key) if key else []
    holder = next((price for price in others if price["id"] != call.id), None)
    if holder is None:
        return
    if not given.get("transfer_lookup_key"):
        raise StripeError(
            f"A price (`{holder['id']}`) already uses that lookup key.",
            code="resource_already_exists",
            param="lookup_key",
        )
    holder["lookup_key"] = None
    call.sandbox.store.save("price", holder)


def _recurring(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "interval": given["interval"],
        "interval_count": given.get("interval_count", 1),
        "meter": given.get("meter"),
        "trial_period_days": given.get("trial_period_days"),
        "usage_type": given.get("usage_type", "licensed"),
    }
