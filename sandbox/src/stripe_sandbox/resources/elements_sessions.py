"""`GET /v1/elements/sessions`: what Stripe.js asks before it draws a Payment Element. Undocumented."""

from typing import Any

from stripe_sandbox import errors, methods
from stripe_sandbox.call import Call
from stripe_sandbox.currencies import check_amount
from stripe_sandbox.errors import StripeError
from stripe_sandbox.ids import alphanumeric
from stripe_sandbox.publishable import publishable_view
from stripe_sandbox.store import StripeObject


def retrieve(call: Call) -> StripeObject:
    """A session for an existing intent (`type=payment_intent`) or for one to come (`type=deferred_intent`).

    Raises:
        StripeError: an unknown or wrong client secret, or a deferred intent that could not be created.
    """
    kind = call.params.get("type")
    if kind == "payment_intent":
        intent = _intent(call)
        return _session(call, kind, intent["payment_method_types"], publishable_view(intent))
    if kind == "deferred_intent":
        return _session(call, kind, _deferred_types(call), None)
    raise errors.not_imitated(f"Elements sessions of type {kind}")


def _intent(call: Call) -> StripeObject:
    secret = call.params.get("client_secret")
    if not isinstance(secret, str):
        raise errors.missing_parameter("client_secret")
    intent = call.find("payment_intent", secret.partition("_secret_")[0], "intent")
    if intent["client_secret"] != secret:
        raise StripeError(
            "The client_secret provided does not match the client_secret associated with the PaymentIntent.",
            param="client_secret",
        )
    return intent


def _deferred_types(call: Call) -> list[str]:
    deferred = call.params.get("deferred_intent")
    if not isinstance(deferred, dict):
        raise errors.missing_parameter("deferred_intent")
    if deferred.get("mode") != "payment":
        raise errors.not_imitated(f"Elements in mode {deferred.get('mode')}; this version knows payment")
    try:
        amount = int(deferred.get("amount", ""))
    except ValueError as error:
        raise errors.missing_parameter("deferred_intent[amount]") from error
    currency = str(deferred.get("currency", "")).lower()
    allowed = _listed(deferred, "allowed_payment_method_types")
    check_amount(amount, currency, methods.least_of(allowed, currency))
    types = methods.affordable(
        methods.eligible(
            call.sandbox.account.country,
            currency,
            held=deferred.get("capture_method") == "manual",
            redirects=True,
            setup_future_usage=deferred.get("setup_future_usage") or None,
            allowed=tuple(allowed) or None,
            excluded=tuple(_listed(deferred, "excluded_payment_method_types")),
        ),
        amount,
        currency,
    )
    if not types:
        raise StripeError(
            "None of the payment method types that you allow is enabled on this account.",
            param="deferred_intent[allowed_payment_method_types]",
        )
    return types


def _listed(deferred: dict[str, Any], name: str) -> list[str]:
    given = deferred.get(name, {})
    if not isinstance(given, dict):
        raise errors.invalid_parameter("Invalid array", f"deferred_intent[{name}]")
    return [str(value) for value in given.values()]


def _session(call: Call, kind: str, types: list[str], intent: StripeObject | None) -> StripeObject:
    account = call.sandbox.account
    session: StripeObject = {
        "object": "elements_session",
        "session_id": f"elements_session_{alphanumeric(11)}",
        "account_id": account.id,
        "business_name": account.display_name,
        "locale": call.params.get("locale", "en"),
        "merchant_country": account.country,
        "merchant_currency": account.default_currency,
        "payment_method_preference": {
            "object": "payment_method_preference",
            "country_code": account.country,
            "ordered_payment_method_types": types,
            "type": kind,
        },
        "wallets": ["google_pay"] if "card" in types else [],
    }
    if intent:
        session["payment_intent"] = intent
        session["payment_method_preference"]["payment_intent"] = intent
    return session
