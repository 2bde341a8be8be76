"""An intent's `payment_method_options`: what each method's own options are and become."""

from collections.abc import Mapping
from typing import Any

from stripe_sandbox import methods
from stripe_sandbox.store import StripeObject

_SHOWN = frozenset({
    "app_id", "capture_method", "client", "network", "preferred_language", "preferred_locale",
    "request_extended_authorization", "request_incremental_authorization", "request_multicapture",
    "request_overcapture", "request_three_d_secure", "require_cvc_recollection", "setup_future_usage",
})  # fmt: skip


def of(intent: StripeObject, kind: str) -> dict[str, Any]:
    """An intent's options for a method, empty when it has none."""
    options: dict[str, Any] = (intent["payment_method_options"] or {}).get(kind) or {}
    return options


def merged(current: dict[str, Any] | None, given: dict[str, Any], types: list[str]) -> dict[str, Any]:
    """The options of every type on the list, those given over those before over the defaults."""
    before = current or {}
    return {kind: before.get(kind, methods.BY_TYPE[kind].options) for kind in types} | {
        kind: _changed(before.get(kind, {}), options or {}, methods.BY_TYPE[kind].options)
        for kind, options in given.items()
        if kind in methods.BY_TYPE
    }


def _changed(before: Mapping[str, Any], given: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    """`""` takes back what was given for an option before."""
    shown = {name: value for name, value in given.items() if name in _SHOWN}
    kept = {name: value for name, value in {**before, **shown}.items() if value != ""}
    return {**usual, **kept}
