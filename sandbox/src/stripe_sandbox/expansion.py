"""`expand`: ids replaced by their objects, at most four levels deep, on lists below `data`.

Source: https://docs.stripe.com/expand. Which field may be expanded is part of each object's reference.
"""

from typing import Any

from stripe_sandbox import versions
from stripe_sandbox.errors import StripeError
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

_DEEPEST = 4

# None: expandable in Stripe, always null here. `source` and `refunds` are not kinds but resolved below.
_EXPANDABLE: dict[str, dict[str, str | None]] = {
    "payment_intent": {
        "application": None,
        "customer": "customer",
        "latest_charge": "charge",
        "on_behalf_of": None,
        "payment_method": "payment_method",
        "payment_record": None,
        "review": "review",
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
        "refunds": "refunds",
        "review": "review",
        "source_transfer": None,
    },
    "setup_intent": {
        "application": None,
        "customer": "customer",
        "latest_attempt": "setup_attempt",
        "mandate": "mandate",
        "on_behalf_of": None,
        "payment_method": "payment_method",
        "single_use_mandate": None,
    },
    "setup_attempt": {
        "application": None,
        "customer": "customer",
        "on_behalf_of": None,
        "payment_method": "payment_method",
        "setup_intent": "setup_intent",
    },
    "product": {"default_price": "price", "tax_code": None},
    "price": {"product": "product"},
    "refunds": {"data": "refund"},
    "charges": {"data": "charge"},
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
    "review": {"charge": "charge", "payment_intent": "payment_intent"},
    "radar.early_fraud_warning": {"charge": "charge", "payment_intent": "payment_intent"},
    "dispute": {"charge": "charge", "payment_intent": "payment_intent"},
    "mandate": {"payment_method": "payment_method"},
    "payment_method": {"customer": "customer"},
    "customer": {"default_source": None, "test_clock": None},
    "customer.invoice_settings": {"default_payment_method": "payment_method"},
    "balance_transaction": {"source": "source"},
}
_SOURCES = {"ch": "charge", "py": "charge", "re": "refund", "pyr": "refund", "du": "dispute"}


def check(kind: str, paths: list[str], *, listed: bool, older: bool = False) -> None:
    """Refuse paths that lead nowhere from an object (or a list) of a kind, before anything is done.

    `older`: the request's version is one in which intents still held their charges.

    Raises:
        StripeError: a path too deep, or through a field that cannot be expanded.
    """
    for path in paths:
        if path.count(".") >= _DEEPEST:
            raise _refused(f"You cannot expand more than {_DEEPEST} levels of a property. Property: {path}")
        segments = path.split(".")
        if listed and segments.pop(0) != "data":
            raise _refused(f"This property cannot be expanded ({path}): below a list, begin with data.")
        if older and kind == "payment_intent" and segments[:1] == ["charges"]:
            _check_segments("charges", segments[1:], path)
        else:
            _check_segments(kind, segments, path)


def _check_segments(kind: str | None, segments: list[str], path: str) -> None:
    while segments and kind is not None:
        head = segments.pop(0)
        if kind == "customer" and head == "invoice_settings" and segments:
            kind = "customer.invoice_settings"
            continue
        fields = _EXPANDABLE.get(kind, {})
        if head not in fields:
            raise _refused(
                f"This property cannot be expanded ({head}). You may want to try expanding another property "
                f"of {kind}. Property: {path}"
            )
        kind = None if fields[head] == "source" else fields[head]


def _refused(message: str) -> StripeError:
    return StripeError(message, param="expand", before_execution=True)


def expand(sandbox: Sandbox, value: StripeObject, paths: list[str]) -> StripeObject:
    """Give a copy of `value` in which each dotted path, checked before, leads through whole objects."""
    for path in paths:
        value = _along(sandbox, value, path.split("."))
    return value


def _along(sandbox: Sandbox, value: StripeObject, segments: list[str]) -> StripeObject:
    head, rest = segments[0], segments[1:]
    if value.get("object") in ("list", "search_result") and head == "data":
        return value | {"data": [_along(sandbox, item, rest) if rest else item for item in value["data"]]}
    if value.get("object") == "charge" and head == "refunds":
        refunds = versions.refunds_of(sandbox.store, value["id"])
        return value | {"refunds": _along(sandbox, refunds, rest) if rest else refunds}
    if value.get("object") == "payment_intent" and head == "charges":
        charges = versions.charges_of(sandbox.store, value["id"])
        return value | {"charges": _along(sandbox, charges, rest) if rest else charges}
    if head == "invoice_settings" and rest:
        settings = {"object": "customer.invoice_settings"} | value["invoice_settings"]
        expanded = _along(sandbox, settings, rest)
        del expanded["object"]
        return value | {"invoice_settings": expanded}
    inner = value.get(head)
    if isinstance(inner, str):
        inner = _fetch(sandbox, _EXPANDABLE.get(str(value.get("object")), {}).get(head), inner)
    if inner is None:
        return value
    return value | {head: _along(sandbox, inner, rest) if rest else inner}


def _fetch(sandbox: Sandbox, kind: str | None, identifier: str) -> Any:
    if kind == "source":
        kind = _SOURCES.get(identifier.partition("_")[0])
    return sandbox.store.get(kind, identifier) if kind else None
