"""What differs between API versions, as far as this sandbox honours a difference.

Objects are kept in the shape of `PINNED`; `render` turns one into what an older version answered. Sources:
https://docs.stripe.com/changelog, entries named beside each date.
"""

import re
from typing import Any

from stripe_sandbox.store import Store

PINNED = "2026-10-28.endive"

# removes-the-payment-method-types-parameter-from-payment-intents-and-setup-intents
WITHOUT_PAYMENT_METHOD_TYPES = "2026-09-30"
# allowed-payment-method-types-parameter
WITH_ALLOWED_PAYMENT_METHOD_TYPES = "2026-07-29"
# 2025-03-31.basil took `invoice` off the PaymentIntent
WITHOUT_INVOICE = "2025-03-31"
# 2024-04-10: `capture_method` became `automatic_async` by default
ASYNCHRONOUS_CAPTURE = "2024-04-10"
# 2023-08-16: automatic payment methods are on unless told otherwise
AUTOMATIC_PAYMENT_METHODS = "2023-08-16"
# 2022-11-15: `charges` left the PaymentIntent, `refunds` the Charge
WITHOUT_CHARGES = "2022-11-15"

_SHOWN = 10
_SHAPE = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z]+)?")


def is_version(text: str) -> bool:
    """Tell `2026-10-28.endive` and `2020-08-27` from anything else; beta suffixes are not imitated."""
    return _SHAPE.fullmatch(text) is not None


def before(version: str, date: str) -> bool:
    """Compare by date alone: a name such as `endive` only labels dates."""
    return version[:10] < date


def render(value: dict[str, Any], version: str, store: Store) -> dict[str, Any]:
    """Give an object as `version` showed it; expanded and listed objects inside are rendered too.

    What older versions held inside, an intent's charges and a charge's refunds, comes from the store.
    """
    if version == PINNED or not before(version, WITH_ALLOWED_PAYMENT_METHOD_TYPES):
        return value
    rendered: dict[str, Any] = {}
    for key, item in value.items():
        if isinstance(item, dict):
            rendered[key] = render(item, version, store)
        elif isinstance(item, list):
            rendered[key] = [
                render(entry, version, store) if isinstance(entry, dict) else entry for entry in item
            ]
        else:
            rendered[key] = item
    if rendered.get("object") == "payment_intent":
        _older_payment_intent(rendered, version, store)
    elif rendered.get("object") == "setup_intent":
        _without_new_fields(rendered)
    elif rendered.get("object") == "charge" and before(version, WITHOUT_CHARGES):
        rendered.setdefault("refunds", render(refunds_of(store, rendered["id"]), version, store))
    return rendered


def charges_of(store: Store, intent_id: str) -> dict[str, Any]:
    """An intent's attempts to charge, newest first, as the list that stood in it until 2022-11-15."""
    charges = store.related("charge", "payment_intent", intent_id)
    return _listed(charges, _charges_url(intent_id))


def refunds_of(store: Store, charge_id: str) -> dict[str, Any]:
    """A charge's refunds, newest first, as the list that can be expanded and once stood in it."""
    return _listed(store.related("refund", "charge", charge_id), f"/v1/charges/{charge_id}/refunds")


def _charges_url(intent_id: str) -> str:
    return f"/v1/charges?payment_intent={intent_id}"


def _listed(found: list[dict[str, Any]], url: str) -> dict[str, Any]:
    return {"object": "list", "data": found[:_SHOWN], "has_more": len(found) > _SHOWN, "url": url}


def _older_payment_intent(intent: dict[str, Any], version: str, store: Store) -> None:
    _without_new_fields(intent)
    if before(version, WITHOUT_INVOICE):
        intent["invoice"] = None
    if before(version, WITHOUT_CHARGES):
        charged = intent.pop("latest_charge", None) is not None
        if "charges" not in intent:
            # A snapshot from before the first attempt has none, whatever came later.
            url = _charges_url(intent["id"])
            charges = charges_of(store, intent["id"]) if charged else _listed([], url)
            intent["charges"] = render(charges, version, store)


def _without_new_fields(intent: dict[str, Any]) -> None:
    for key in ("allowed_payment_method_types", "managed_payments", "payment_record"):
        intent.pop(key, None)
