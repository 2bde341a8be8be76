"""`expand`: ids replaced by their objects, at most four levels deep, on lists below `data`.

Source: https://docs.stripe.com/expand. Which field may be expanded is part of each object's reference.
"""

from typing import Any

from stripe_sandbox.errors import StripeError
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

_DEEPEST = 4

# None: expandable in Stripe, always null here.
_EXPANDABLE: dict[str, dict[str, str | None]] = {
    "payment_intent": {
        "application": None,
        "customer": "customer",
        "latest_charge": "charge",
        "on_behalf_of": None,
        "payment_method": "payment_method",
        "payment_record": None,
        "review": None,
        "source": None,
    },
    "charge": {
        "application": None,
        "application_fee": None,
        "balance_transaction": "balance_transaction",
        "customer": "customer",
        "failure_balance_transaction": "balance_transaction",
        "on_behalf_of": None,
        "payment_intent": "payment_intent",
        "review": None,
        "source_transfer": None,
    },
    "refund": {
        "balance_transaction": "balance_transaction",
        "charge": "charge",
        "customer": "customer",
        "failure_balance_transaction": "balance_transaction",
        "payment_intent": "payment_intent",
        "payment_method": "payment_method",
        "source_transfer_reversal": None,
        "transfer_reversal": None,
    },
    "payment_method": {"customer": "customer"},
    "customer": {"default_source": None, "test_clock": None},
    "customer.invoice_settings": {"default_payment_method": "payment_method"},
    "balance_transaction": {"source": "source"},
}
_SOURCES = {"ch": "charge", "py": "charge", "re": "refund"}


def expand(sandbox: Sandbox, value: StripeObject, paths: list[str]) -> StripeObject:
    """Give a copy of `value` in which each dotted path leads through whole objects.

    Raises:
        StripeError: a path too deep, or through a field that cannot be expanded.
    """
    for path in paths:
        if path.count(".") >= _DEEPEST:
            raise StripeError(
                f"You cannot expand more than {_DEEPEST} levels of a property. Property: {path}",
                param="expand",
            )
        value = _along(sandbox, value, path.split("."), path)
    return value


def _along(sandbox: Sandbox, value: StripeObject, segments: list[str], path: str) -> StripeObject:
    head, rest = segments[0], segments[1:]
    if value.get("object") == "list" and head == "data":
        return value | {
            "data": [_along(sandbox, item, rest, path) if rest else item for item in value["data"]]
        }
    if value.get("object") == "charge" and head == "refunds":
        return value | {"refunds": _refunds(sandbox, value["id"])}
    if value.get("object") == "customer" and head == "invoice_settings" and rest:
        settings = {"object": "customer.invoice_settings"} | value["invoice_settings"]
        expanded = _along(sandbox, settings, rest, path)
        return value | {"invoice_settings": {key: item for key, item in expanded.items() if key != "object"}}
    fields = _EXPANDABLE.get(str(value.get("object")), {})
    if head not in fields:
        raise StripeError(
            f"This property cannot be expanded ({head}). You may want to try expanding another property of "
            f"{value.get('object')}.",
            param="expand",
        )
    inner = value.get(head)
    if isinstance(inner, str):
        inner = _fetch(sandbox, fields[head], inner)
    if inner is None:
        return value
    return value | {head: _along(sandbox, inner, rest, path) if rest else inner}


def _fetch(sandbox: Sandbox, kind: str | None, identifier: str) -> Any:
    if kind == "source":
        kind = _SOURCES.get(identifier.partition("_")[0])
    return sandbox.store.get(kind, identifier) if kind else None


def _refunds(sandbox: Sandbox, charge_id: str) -> StripeObject:
    refunds = [refund for refund in sandbox.store.newest_first("refund") if refund["charge"] == charge_id]
    return {
        "object": "list",
        "data": refunds[:10],
        "has_more": len(refunds) > 10,
        "url": f"/v1/charges/{charge_id}/refunds",
    }
