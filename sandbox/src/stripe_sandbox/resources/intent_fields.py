"""A PaymentIntent's fields: how a new one begins, what a request changes, what it must not ask for."""

from collections.abc import Iterable
from typing import Any

from stripe_sandbox import errors, methods, versions
from stripe_sandbox.call import Call
from stripe_sandbox.errors import StripeError
from stripe_sandbox.ids import alphanumeric, payment_id
from stripe_sandbox.metadata import merged
from stripe_sandbox.resources import method_options
from stripe_sandbox.resources.payment_methods import address
from stripe_sandbox.store import StripeObject

_CONNECT = ("application_fee_amount", "on_behalf_of", "transfer_data", "customer_account")
_OTHERS = ("hooks", "payment_method_configuration", "mandate", "amount_to_confirm")
_EXCLUSIVE = (
    "allowed_payment_method_types",
    "excluded_payment_method_types",
    "payment_method_types",
)
_NOT_FOR_THE_PAGE = frozenset({
    "allowed_payment_method_types", "amount_details", "capture_method", "excluded_payment_method_types",
    "off_session", "payment_details",
})  # fmt: skip
_EMPTY = dict.fromkeys(
    (
        "application",
        "application_fee_amount",
        "canceled_at",
        "cancellation_reason",
        "customer",
        "customer_account",
        "description",
        "last_payment_error",
        "latest_charge",
        "managed_payments",
        "next_action",
        "on_behalf_of",
        "payment_method",
        "payment_record",
        "processing",
        "receipt_email",
        "review",
        "setup_future_usage",
        "shipping",
        "source",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_data",
        "transfer_group",
    )
)


def new(call: Call) -> StripeObject:
    """An intent as `create` leaves it when no method is named; not yet saved."""
    params = call.params
    _check_exclusive(params)
    identifier = payment_id("pi")
    automatic = automatic_methods(call)
    capture_method = "automatic" if call.before(versions.ASYNCHRONOUS_CAPTURE) else "automatic_async"
    intent: StripeObject = _EMPTY | {
        "id": identifier,
        "object": "payment_intent",
        "allowed_payment_method_types": params.get("allowed_payment_method_types"),
        "amount": params["amount"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "automatic_payment_methods": automatic,
        "capture_method": capture_method,
        "client_secret": f"{identifier}_secret_{alphanumeric(25)}",
        "confirmation_method": params.get("confirmation_method", "automatic"),
        "created": call.sandbox.now(),
        "currency": params["currency"].lower(),
        "excluded_payment_method_types": params.get("excluded_payment_method_types") or None,
        "livemode": False,
        "metadata": {},
        "payment_method_configuration_details": CONFIGURATION if automatic else None,
        "payment_method_options": {},
        "payment_method_types": [],
        "status": "requires_payment_method",
    }
    return intent | changed(call, intent)


CONFIGURATION = {"id": "pmc_1Sandbox00000000", "parent": None}


def changed(call: Call, intent: StripeObject) -> dict[str, Any]:
    """The fields that a create, update or confirm request sets, apart from amount, method and status.

    Raises:
        StripeError: a customer that does not exist, a descriptor that cards do not take, an invalid e-mail.
    """
    params = call.params
    fields: dict[str, Any] = {name: params[name] or None for name in _PLAIN if name in params}
    _check_texts(fields, params)
    if "metadata" in params:
        fields["metadata"] = merged(intent["metadata"], params["metadata"])
    if "shipping" in params:
        fields["shipping"] = shipping(params["shipping"])
    if "customer" in params:
        named = params["customer"]
        fields["customer"] = call.find("customer", named, "customer")["id"] if named else None
    fields |= {name: params[name] for name in _AS_GIVEN if params.get(name)}
    fields |= _types(call, intent | fields)
    fields["payment_method_options"] = method_options.merged(
        intent["payment_method_options"],
        params.get("payment_method_options") or {},
        fields["payment_method_types"],
    )
    return fields


_PLAIN = (
    "description",
    "receipt_email",
    "setup_future_usage",
    "statement_descriptor_suffix",
    "transfer_group",
)
_AS_GIVEN = ("amount_details", "capture_method", "payment_details")


def _check_texts(fields: dict[str, Any], params: dict[str, Any]) -> None:
    errors.check_email(fields.get("receipt_email"), "receipt_email")
    if params.get("statement_descriptor"):
        raise StripeError(
            "For card charges, use statement_descriptor_suffix: they do not take statement_descriptor.",
            param="statement_descriptor",
        )


def refuse_not_imitated(params: dict[str, Any]) -> None:
    """Say so rather than take a request for something that will not happen."""
    for name in _CONNECT:
        if params.get(name):
            raise errors.not_imitated(f"Connect and accounts as customers ({name})")
    for name in _OTHERS:
        if params.get(name):
            raise errors.not_imitated(f"the parameter {name}")


def check_page_may_confirm(call: Call, intent: StripeObject) -> None:
    """What a publishable key must leave alone, and what Elements said before against what the intent says.

    Raises:
        StripeError: manual confirmation, a server's parameter, or a mismatch in the deferred flow.
    """
    if intent["confirmation_method"] == "manual":
        raise StripeError(
            "This PaymentIntent has confirmation_method=manual, so it can only be confirmed with a secret "
            "key, from your server.",
            code="payment_intent_invalid_parameter",
        )
    for name in _NOT_FOR_THE_PAGE:
        if name in call.params:
            raise StripeError(f"The parameter {name} can only be set with a secret key.", param=name)
    wanted, current = call.params.get("setup_future_usage"), intent["setup_future_usage"]
    if wanted and wanted != current and not (current == "on_session" and wanted == "off_session"):
        raise StripeError(
            "With a publishable key setup_future_usage can only be changed from on_session to off_session.",
            param="setup_future_usage",
        )
    _check_context(call.params.get("client_context") or {}, intent)


def _check_context(context: Any, intent: StripeObject) -> None:
    if not isinstance(context, dict):
        raise errors.invalid_parameter("Invalid object", "client_context")
    for name in ("amount", "currency", "capture_method", "setup_future_usage"):
        said = context.get(name)
        if said is not None and _comparable(name, said) != _comparable(name, intent[name]):
            raise StripeError(
                f"The {name} in the PaymentIntent ({intent[name]}) does not match the {name} provided to "
                f"Elements ({said}). Update Elements or the PaymentIntent so that they agree, then confirm "
                "again.",
                param=name,
            )
    if context.get("mode", "payment") != "payment":
        raise StripeError(
            f"Elements has mode {context['mode']}, which cannot confirm a PaymentIntent.", param="mode"
        )


def _comparable(name: str, value: Any) -> str:
    text = str(value or "").lower()
    return "automatic" if name == "capture_method" and text == "automatic_async" else text


def _check_exclusive(params: dict[str, Any]) -> None:
    given = [name for name in _EXCLUSIVE if params.get(name)]
    automatic = params.get("automatic_payment_methods", {}).get("enabled")
    if automatic and ("allowed_payment_method_types" in given or "payment_method_types" in given):
        given.append("automatic_payment_methods")
    if len(given) > 1:
        raise errors.exclusive_parameters(*given)


def automatic_methods(call: Call) -> dict[str, Any] | None:
    """The intent's `automatic_payment_methods`: as given, else on since 2023-08-16 unless types are named."""
    given = call.params.get("automatic_payment_methods")
    if given:
        return {"allow_redirects": given.get("allow_redirects", "always"), "enabled": given["enabled"]}
    chosen = call.params.get("allowed_payment_method_types") or call.params.get("payment_method_types")
    if chosen or call.before(versions.AUTOMATIC_PAYMENT_METHODS):
        return None
    return {"allow_redirects": "always", "enabled": True}


def _types(call: Call, intent: StripeObject) -> dict[str, Any]:
    """The computed list of methods: what the request and the intent allow, and what fits the money.

    Raises:
        StripeError: nothing is left.
    """
    params = call.params
    fields = {name: params[name] or None for name in _EXCLUSIVE[:2] if name in params}
    automatic = intent["automatic_payment_methods"]
    allowed = fields.get(_EXCLUSIVE[0], intent[_EXCLUSIVE[0]])
    if not allowed and not (automatic and automatic["enabled"]):
        allowed = params.get("payment_method_types") or intent["payment_method_types"] or ["card"]
    currency = (params.get("currency") or intent["currency"]).lower()
    _refuse_currency(params.get("payment_method_types") or (), currency)
    types = methods.affordable(
        methods.eligible(
            call.sandbox.account.country,
            currency,
            held=intent["capture_method"] == "manual",
            redirects=not automatic or automatic.get("allow_redirects") != "never",
            setup_future_usage=intent["setup_future_usage"],
            allowed=tuple(allowed) if allowed else None,
            excluded=tuple(fields.get(_EXCLUSIVE[1], intent[_EXCLUSIVE[1]]) or ()),
        ),
        params.get("amount") or intent["amount"],
        currency,
    )
    if not types:
        raise StripeError(
            "No valid payment method types for this Payment Intent: none of those that you allow fits its "
            f"currency, amount, capture method and account. Known are {', '.join(methods.BY_TYPE)}.",
            param="payment_method_types" if "payment_method_types" in params else _EXCLUSIVE[0],
        )
    return fields | {"payment_method_types": types}


def _refuse_currency(named: Iterable[str], currency: str) -> None:
    """Until 2026-09-30 types were named, and one of another currency was a mistake, not left out."""
    for kind in named:
        method = methods.BY_TYPE.get(kind)
        taken = method.currencies | method.home_currencies if method else {currency}
        if currency not in taken:
            raise StripeError(
                f"The currency provided ({currency}) is invalid. Payments with {kind} support the following "
                f"currencies: {', '.join(sorted(taken))}.",
                param="payment_method_types",
            )


def shipping(given: Any) -> dict[str, Any] | None:
    """A shipping address with every key."""
    if not given:
        return None
    empty = {"carrier": None, "name": None, "phone": None, "tracking_number": None}
    return (
        empty
        | {name: value or None for name, value in given.items()}
        | {"address": address(given["address"])}
    )
