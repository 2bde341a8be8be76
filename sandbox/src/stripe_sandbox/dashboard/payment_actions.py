"""The forms of a payment's page: refund, dispute, capture, cancel, and what customer and bank would do."""

from collections.abc import Callable, Mapping
from typing import Any

from stripe_sandbox.dashboard.amounts import AmountError, minor_units
from stripe_sandbox.dashboard.asking import ask
from stripe_sandbox.dashboard.payment_forms import (
    DISPUTE_KINDS,
    Refusal,
    current_attempt,
    current_challenge,
    waiting_for,
)
from stripe_sandbox.errors import StripeError
from stripe_sandbox.resources import dispute_courses, method_payments, payment_intents
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

Typed = Mapping[str, str]


def act(sandbox: Sandbox, intent: StripeObject, form: str, typed: Typed) -> Refusal | None:
    """Do what a form asks for; None when it is done, else why it is not.

    `form` names it (`refund`, `dispute`, `answer-dispute`, `accept-dispute`, `capture`, `cancel`, `answer`).
    """
    doing = _FORMS.get(form)
    if doing is None:
        return Refusal(form, "There is no such form on this page.", "", {})
    try:
        doing(sandbox, intent, typed)
    except AmountError as error:
        return Refusal(form, str(error), "", dict(typed))
    except StripeError as error:
        return Refusal(form, error.message, error.code or error.type, dict(typed))
    return None


def _refund(sandbox: Sandbox, intent: StripeObject, typed: Typed) -> None:
    amount = str(minor_units(typed["amount"], intent["currency"])) if typed.get("amount") else ""
    parameters = [("payment_intent", intent["id"]), ("amount", amount), ("reason", typed.get("reason", ""))]
    ask(sandbox, "/v1/refunds", parameters)


def _dispute(sandbox: Sandbox, intent: StripeObject, typed: Typed) -> None:
    charge = sandbox.store.get("charge", intent["latest_charge"] or "")
    reason = typed.get("reason", "")
    if charge is None:
        raise StripeError("Nothing was paid, so there is nothing to dispute.")
    if reason not in DISPUTE_KINDS:
        raise StripeError("Choose one of the reasons.")
    dispute_courses.begin_now(sandbox, charge, DISPUTE_KINDS[reason][1])


def _answer_dispute(sandbox: Sandbox, intent: StripeObject, typed: Typed) -> None:
    said = [("evidence[uncategorized_text]", typed.get("answer", "")), ("submit", "true")]
    ask(sandbox, f"/v1/disputes/{_dispute_of(sandbox, intent, typed)}", said)


def _accept_dispute(sandbox: Sandbox, intent: StripeObject, typed: Typed) -> None:
    ask(sandbox, f"/v1/disputes/{_dispute_of(sandbox, intent, typed)}/close", [])


def _dispute_of(sandbox: Sandbox, intent: StripeObject, typed: Typed) -> str:
    dispute = sandbox.store.get("dispute", typed.get("dispute", ""))
    if dispute is None or dispute["payment_intent"] != intent["id"]:
        raise StripeError("This payment has no such dispute.", code="resource_missing")
    return str(dispute["id"])


def _capture(sandbox: Sandbox, intent: StripeObject, typed: Typed) -> None:
    amount = str(minor_units(typed["amount"], intent["currency"])) if typed.get("amount") else ""
    ask(sandbox, f"/v1/payment_intents/{intent['id']}/capture", [("amount_to_capture", amount)])


def _cancel(sandbox: Sandbox, intent: StripeObject, typed: Typed) -> None:
    reason = [("cancellation_reason", typed.get("reason", ""))]
    ask(sandbox, f"/v1/payment_intents/{intent['id']}/cancel", reason)


def _answer(sandbox: Sandbox, intent: StripeObject, typed: Typed) -> None:
    """Say what the customer would have said on the bank's or the wallet's page."""
    waiting, said = waiting_for(sandbox, intent), typed.get("answer", "")
    if waiting is None or said not in waiting.answers:
        raise StripeError("The payment no longer waits for this.", code="payment_intent_unexpected_state")
    attempt, source = current_attempt(sandbox, intent), current_challenge(sandbox, intent)
    if attempt:
        method_payments.answer(sandbox, attempt["id"], said)
    elif source:
        payment_intents.finish_authentication(sandbox, source["id"], said == "authorize")


_FORMS: dict[str, Callable[[Sandbox, StripeObject, Typed], Any]] = {
    "refund": _refund,
    "dispute": _dispute,
    "answer-dispute": _answer_dispute,
    "accept-dispute": _accept_dispute,
    "capture": _capture,
    "cancel": _cancel,
    "answer": _answer,
}
