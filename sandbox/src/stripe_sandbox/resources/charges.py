"""Charges: one attempt to move money. https://docs.stripe.com/api/charges."""

from typing import Any

from stripe_sandbox.call import Call
from stripe_sandbox.declines import Decline
from stripe_sandbox.events import STRIPE_ITSELF, emit
from stripe_sandbox.ids import payment_id
from stripe_sandbox.metadata import merged
from stripe_sandbox.methods import BY_TYPE
from stripe_sandbox.pagination import page
from stripe_sandbox.resources import (
    balance_transactions,
    card_details,
    changes,
    charge_details,
    holds,
    intent_states,
    payment_methods,
    radar,
)
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

# Changed later, or by what is not imitated.
_EMPTY = dict.fromkeys(
    (
        "application",
        "application_fee",
        "application_fee_amount",
        "balance_transaction",
        "failure_balance_transaction",
        "on_behalf_of",
        "receipt_number",
        "review",
        "source",
        "source_transfer",
        "statement_descriptor",
        "transfer_data",
    )
) | {"disputed": False, "livemode": False, "refunded": False}

# What the intent knew when the charge was made; later edits of it do not flow down.
_COPIED = (
    "amount",
    "currency",
    "customer",
    "description",
    "metadata",
    "receipt_email",
    "shipping",
    "statement_descriptor_suffix",
    "transfer_group",
)


def retrieve(call: Call) -> StripeObject:
    return call.find("charge")


def list_all(call: Call) -> StripeObject:
    return page(call, "charge", by=("payment_intent", "customer", "transfer_group"))


def update(call: Call) -> StripeObject:
    charge, params = call.find("charge"), call.params
    changed: dict[str, Any] = {
        name: params[name] or None
        for name in ("customer", "description", "receipt_email", "transfer_group")
        if name in params
    }
    if "shipping" in params:
        changed["shipping"] = params["shipping"]
    if "fraud_details" in params:
        changed["fraud_details"] = params["fraud_details"] or {}
    changed["metadata"] = merged(charge["metadata"], params.get("metadata"))
    return changes.apply(call, charge, changed)


def make(
    sandbox: Sandbox,
    intent: StripeObject,
    method: StripeObject,
    three_d_secure: dict[str, Any] | None,
    decline: Decline | None,
    *,
    pending: bool = False,
    mandate: str | None = None,
) -> StripeObject:
    """Ask bank or wallet for the intent's amount and record what came of it.

    That is: authorised, `decline`, or `pending` while a bank debit is on its way.
    """
    captured = decline is None and not intent_states.is_held(intent, method["type"])
    identifier = payment_id(BY_TYPE[method["type"]].charge_prefix)
    charge = (
        _EMPTY
        | {name: intent[name] for name in _COPIED}
        | {
            "id": identifier,
            "object": "charge",
            "amount_captured": intent["amount"] if captured else 0,
            "amount_refunded": 0,
            "billing_details": method["billing_details"],
            "calculated_statement_descriptor": _descriptor(sandbox, intent),
            "captured": captured,
            "created": sandbox.now(),
            "failure_code": decline.code if decline else None,
            "failure_message": decline.message if decline else None,
            "fraud_details": {},
            "paid": decline is None and not pending,
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "radar_options": {},
            "receipt_url": None if decline else f"{sandbox.public_url}/dashboard/receipts/{identifier}",
            "status": "failed" if decline else "pending" if pending else "succeeded",
        }
        | _told(sandbox, intent, method, three_d_secure=three_d_secure, decline=decline, mandate=mandate)
    )
    if captured and not pending and intent["capture_method"] == "automatic":
        charge["balance_transaction"] = _balance(sandbox, charge)
    sandbox.store.save("charge", charge)
    return charge


def settle_later(sandbox: Sandbox, charge: StripeObject) -> None:
    """Asynchronous capture: the balance transaction appears after a while, told by `charge.updated`.

    https://docs.stripe.com/payments/payment-intents/asynchronous-capture
    """
    if charge["balance_transaction"] is None:
        sandbox.later(sandbox.settling_seconds, settle, sandbox, charge["id"])


def settle(sandbox: Sandbox, charge_id: str) -> None:
    charge = sandbox.store.get("charge", charge_id)
    if charge is None or charge["balance_transaction"] is not None:
        return
    charge["balance_transaction"] = _balance(sandbox, charge)
    sandbox.store.save("charge", charge)
    emit(sandbox, "charge.updated", charge, STRIPE_ITSELF, {"balance_transaction": None})


def settle_unsettled(sandbox: Sandbox) -> None:
    """Take up what a stopped sandbox left without its balance transaction."""
    for charge in list(sandbox.store.oldest_first("charge")):
        if charge["captured"] and charge["paid"] and charge["balance_transaction"] is None:
            settle_later(sandbox, charge)


def _told(
    sandbox: Sandbox,
    intent: StripeObject,
    method: StripeObject,
    *,
    three_d_secure: dict[str, Any] | None,
    decline: Decline | None,
    mandate: str | None,
) -> dict[str, Any]:
    """The charge's `outcome` and `payment_method_details`."""
    if method["type"] != "card":
        return {
            "outcome": charge_details.outcome(decline),
            "payment_method_details": charge_details.of_method(intent, method, mandate),
        }
    card, hidden = payment_methods.card_behind(sandbox, method["id"])
    reviewed = radar.wants_review(sandbox.settings, card)
    return {
        "outcome": charge_details.outcome_of_card(card, decline, reviewed=reviewed),
        "payment_method_details": charge_details.of_card(
            intent,
            method,
            three_d_secure,
            until=holds.until(sandbox.now(), method["type"]),
            checks=card_details.checks_made(card, hidden, method),
        ),
    }


def _balance(sandbox: Sandbox, charge: StripeObject) -> str:
    card, _ = payment_methods.card_behind(sandbox, charge["payment_method"])
    transaction = balance_transactions.of_charge(sandbox, charge, available_at_once=card.bypasses_pending)
    return str(transaction["id"])


def _descriptor(sandbox: Sandbox, intent: StripeObject) -> str:
    name = "".join(letter for letter in sandbox.account.display_name.upper() if letter not in "<>\\'\"*")[:22]
    suffix = intent["statement_descriptor_suffix"]
    return f"{name[:10].strip()}* {suffix}"[:22] if suffix else name
