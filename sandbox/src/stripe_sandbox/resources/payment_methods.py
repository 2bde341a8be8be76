"""PaymentMethods: typed or chosen in an element, or named on a server by a test token such as `pm_card_visa`.

https://docs.stripe.com/api/payment_methods. The object never holds a card number; what the card will do is
kept beside it in the store as `card` (its row's number, which only the test cards have, and what was typed).
"""

from datetime import UTC, datetime
from typing import Any

from stripe_sandbox import cards, errors, ibans
from stripe_sandbox.call import Call
from stripe_sandbox.declines import Decline
from stripe_sandbox.events import Cause, emit
from stripe_sandbox.ids import plain_id
from stripe_sandbox.metadata import merged
from stripe_sandbox.methods import BY_TYPE, WALLETS
from stripe_sandbox.resources import card_details, method_details
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

_NO_ADDRESS: dict[str, str | None] = dict.fromkeys(
    ("city", "country", "line1", "line2", "postal_code", "state")
)
# Whose account the tokens of bank accounts are.
_HOLDER = {"name": "Jenny Rosen", "email": "jenny.rosen@example.com"}


def create(call: Call) -> StripeObject:
    if call.params.get("payment_method") or call.params.get("customer"):
        raise errors.not_imitated("copying PaymentMethods between accounts")
    if not call.key.publishable and "number" in call.params.get("card", {}):
        raise errors.StripeError(
            "Sending card numbers from a server needs Stripe's permission, in test mode too. Use a test "
            "token such as pm_card_visa, or create the PaymentMethod with a publishable key.",
            param="card[number]",
        )
    return from_data(call.sandbox, call.params)


def from_data(sandbox: Sandbox, data: dict[str, Any], prefix: str = "") -> StripeObject:
    """Make a PaymentMethod from `payment_method_data` or a create request's parameters.

    Raises:
        StripeError: 402 for card data that cannot be right; 400 for a type that is not imitated.
    """
    kind = data.get("type")
    if kind is None:
        raise errors.missing_parameter(f"{prefix}[type]" if prefix else "type")
    if kind != "card":
        shown, hidden = method_details.shown(kind, data, prefix)
        return _save(sandbox, kind, shown, hidden, data)
    given = data.get("card")
    if given is None:
        raise errors.missing_parameter(f"{prefix}[card]" if prefix else "card")
    if "token" in given:
        return _from_card_token(sandbox, str(given["token"]), data)
    for name in ("number", "exp_month", "exp_year"):
        if name not in given:
            raise errors.missing_parameter(f"{prefix}[card][{name}]" if prefix else f"card[{name}]")
    number = str(given["number"]).replace(" ", "").replace("-", "")
    card_details.refuse_impossible(sandbox, number, given)
    typed = {
        "exp_month": given["exp_month"],
        "exp_year": card_details.four_digits(given["exp_year"]),
        "cvc": bool(given.get("cvc")),
    }
    return _save_card(sandbox, cards.card_for(number), typed, data)


def from_token(sandbox: Sandbox, token: str, data: dict[str, Any] | None = None) -> StripeObject:
    """A new PaymentMethod for a test token.

    Raises:
        StripeError: 404 for an unknown one.
    """
    iban = ibans.of_token(token)
    if iban:
        data = {"billing_details": _HOLDER} | (data or {})
        return _save(sandbox, "sepa_debit", *method_details.of_iban(iban), data)
    card = cards.BY_TOKEN.get(token)
    if card is None:
        raise errors.no_such("PaymentMethod", token, "payment_method", status=400)
    typed = {"exp_month": 12, "exp_year": datetime.fromtimestamp(sandbox.now(), UTC).year + 1, "cvc": True}
    return _save_card(sandbox, card, typed, data or {})


def _from_card_token(sandbox: Sandbox, token: str, data: dict[str, Any]) -> StripeObject:
    """`tok_visa` and the like; a wallet's sheet gives `tok_google_pay_visa` or `tok_apple_pay_visa`."""
    name = token.removeprefix("tok_")
    wallet = next((kind for kind in WALLETS if name.startswith(f"{kind}_")), None)
    card_name = name.removeprefix(f"{wallet}_") if wallet else name
    method = from_token(sandbox, f"pm_card_{card_name}", data)
    if wallet:
        shown = {"dynamic_last4": method["card"]["last4"], wallet: {}, "type": wallet}
        method["card"] = method["card"] | {"wallet": shown}
        sandbox.store.save("payment_method", method)
    return method


def named(call: Call) -> StripeObject | None:
    """The PaymentMethod that a request names, or describes, if it does either.

    Raises:
        StripeError: it does both, or what it names or describes is none.
    """
    identifier, data = (call.params.get(name) for name in ("payment_method", "payment_method_data"))
    if identifier and data:
        raise errors.exclusive_parameters("payment_method", "payment_method_data")
    if data:
        return from_data(call.sandbox, data, "payment_method_data")
    return find(call, identifier) if identifier else None


def find(call: Call, identifier: str, param: str = "payment_method") -> StripeObject:
    """A PaymentMethod by id; a test token stands for a fresh one."""
    if identifier in cards.BY_TOKEN or ibans.of_token(identifier):
        return from_token(call.sandbox, identifier)
    return call.find("payment_method", None if identifier == call.id else identifier, param, "PaymentMethod")


def card_behind(sandbox: Sandbox, payment_method_id: str) -> tuple[cards.Card, dict[str, Any]]:
    """The test card behind a PaymentMethod, and what is remembered of it (`cvc`, `set_up`, `used`).

    Other methods have a nobody's card there, and are remembered in the same way.
    """
    hidden = sandbox.store.get("card", payment_method_id)
    if hidden is None:
        return cards.card_for(""), {"id": payment_method_id}
    return cards.card_for(hidden["number"]), hidden


def retrieve(call: Call) -> StripeObject:
    return find(call, call.id, "payment_method")


def update(call: Call) -> StripeObject:
    method = find(call, call.id)
    if method["customer"] is None:
        raise errors.StripeError("You must save this PaymentMethod to a customer before you can update it.")
    changes = call.params
    before = dict(method)
    method["metadata"] = merged(method["metadata"], changes.get("metadata"))
    if "billing_details" in changes:
        method["billing_details"] = billing_details(changes["billing_details"], method["billing_details"])
    if "allow_redisplay" in changes:
        method["allow_redisplay"] = changes["allow_redisplay"]
    for name in ("exp_month", "exp_year"):
        if name in changes.get("card", {}):
            method["card"] = method["card"] | {name: changes["card"][name]}
    call.sandbox.store.save("payment_method", method)
    changed = {name: before[name] for name in before if before[name] != method[name]}
    emit(call.sandbox, "payment_method.updated", method, call.cause, changed)
    return method


def attach(call: Call) -> StripeObject:
    if "customer" not in call.params:
        raise errors.missing_parameter("customer")
    method = find(call, call.id)
    call.find("customer", call.params["customer"], "customer")
    check_attachable(call.sandbox, method, call.params["customer"])
    attach_to(call.sandbox, method, call.params["customer"], call.cause)
    return method


def check_attachable(sandbox: Sandbox, method: StripeObject, customer: str | None) -> None:
    """Refuse to save a method to a customer (None: a new one) when Stripe or the card's bank would.

    Raises:
        StripeError: another customer's method, one used up, or a card that declines.
    """
    if method["customer"] not in (None, customer):
        raise errors.StripeError(
            "The payment method you provided has already been attached to a customer.",
            code="payment_method_unexpected_state",
        )
    card, hidden = card_behind(sandbox, method["id"])
    if hidden.get("used"):
        raise used_before()
    if not BY_TYPE[method["type"]].setup_future_usage:
        raise errors.StripeError(
            f"Payment methods of type {method['type']} are used once and cannot be attached to a customer.",
            code="payment_method_unexpected_state",
        )
    if method["type"] == "card" and not card.attachable and card.decline:
        raise declined(card.decline)


def attach_to(sandbox: Sandbox, method: StripeObject, customer: str, cause: Cause) -> None:
    """Save a PaymentMethod to a customer, and remember that its holder agreed to later use."""
    method["customer"] = customer
    sandbox.store.save("payment_method", method)
    emit(sandbox, "payment_method.attached", method, cause)


def detach(call: Call) -> StripeObject:
    method = find(call, call.id)
    customer = method["customer"]
    if customer is None:
        raise errors.StripeError(
            "The payment method you provided is not attached to a customer so detachment is impossible.",
            code="payment_method_unexpected_state",
        )
    method["customer"] = None
    remember(call.sandbox, method["id"], used=True)
    call.sandbox.store.save("payment_method", method)
    _forget_default(call.sandbox, customer, method["id"])
    emit(call.sandbox, "payment_method.detached", method, call.cause, {"customer": customer})
    return method


def _forget_default(sandbox: Sandbox, customer_id: str, method_id: str) -> None:
    customer = sandbox.store.get("customer", customer_id)
    if customer and customer["invoice_settings"]["default_payment_method"] == method_id:
        customer["invoice_settings"] = customer["invoice_settings"] | {"default_payment_method": None}
        sandbox.store.save("customer", customer)


def remember(sandbox: Sandbox, payment_method_id: str, **facts: bool) -> None:
    """Note what later payments need to know: `used` once without a customer, `set_up` for later use."""
    hidden = sandbox.store.get("card", payment_method_id)
    if hidden is not None:
        sandbox.store.save("card", hidden | facts)


def used_before() -> errors.StripeError:
    return errors.StripeError(
        "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, "
        "shared with a connected account without Customer attachment, or was detached from a Customer. It "
        "may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer "
        "first.",
    )


def declined(decline: Decline, objects: dict[str, Any] | None = None) -> errors.StripeError:
    """A refusal by the card's bank: 402 `card_error`."""
    extra: dict[str, Any] = {}
    if decline.decline_code:
        extra["decline_code"] = decline.decline_code
    if decline.advice_code:
        extra["advice_code"] = decline.advice_code
    return errors.StripeError(
        decline.message,
        status=402,
        type="card_error",
        code=decline.code,
        param=decline.param,
        objects=extra | (objects or {}),
    )


def billing_details(given: dict[str, Any], current: dict[str, Any] | None = None) -> dict[str, Any]:
    """Billing details with every key, `""` clearing one."""
    details = current or {"address": _NO_ADDRESS, "email": None, "name": None, "phone": None, "tax_id": None}
    changed = {name: value or None for name, value in given.items() if name != "address"}
    if "address" in given:
        changed["address"] = address(given["address"] or {})
    return details | changed


def address(given: dict[str, Any]) -> dict[str, Any]:
    """An address with every key, null where nothing was given."""
    return _NO_ADDRESS | {name: value or None for name, value in given.items()}


def _save_card(
    sandbox: Sandbox, card: cards.Card, typed: dict[str, Any], data: dict[str, Any]
) -> StripeObject:
    details = billing_details(data.get("billing_details") or {})
    number = card.number if card.number in cards.BY_NUMBER else ""
    shown = card_details.shown(card, typed, details)
    return _save(sandbox, "card", shown, {"number": number, "cvc": typed["cvc"]}, data)


def _save(
    sandbox: Sandbox, kind: str, shown: dict[str, Any], hidden: dict[str, Any], data: dict[str, Any]
) -> StripeObject:
    method = {
        "id": plain_id("pm"),
        "object": "payment_method",
        "allow_redisplay": data.get("allow_redisplay", "unspecified"),
        "billing_details": billing_details(data.get("billing_details") or {}),
        kind: shown,
        "created": sandbox.now(),
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": merged(None, data.get("metadata")),
        "type": kind,
    }
    sandbox.store.save("card", {"id": method["id"], "number": ""} | hidden)
    sandbox.store.save("payment_method", method)
    return method
