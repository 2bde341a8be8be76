"""The forms of a payment's page: refund, dispute, capture, cancel, and what customer and bank would do."""

from collections.abc import Callable, Mapping

from stripe_sandbox.dashboard.amounts import AmountError, minor_units
from stripe_sandbox.dashboard.asking import ask
from stripe_sandbox.dashboard.belonging import Belonging
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


class PaymentActions:
    """One function for each form; the names of the forms are those in the page."""

    def __init__(self, sandbox: Sandbox, belonging: Belonging) -> None:
        self._sandbox = sandbox
        self._belonging = belonging
        self._forms: dict[str, Callable[[StripeObject, Typed], None]] = {
            "refund": self._refund,
            "dispute": self._dispute,
            "answer-dispute": self._answer_dispute,
            "accept-dispute": self._accept_dispute,
            "capture": self._capture,
            "cancel": self._cancel,
            "answer": self._answer,
        }

    def act(self, intent: StripeObject, form: str, typed: Typed) -> Refusal | None:
        """Do what a form asks for; None when it is done, else why it is not."""
        doing = self._forms.get(form)
        if doing is None:
            return Refusal(form, "There is no such form on this page.", "", {})
        try:
            doing(intent, typed)
        except AmountError as error:
            return Refusal(form, str(error), "", dict(typed))
        except StripeError as error:
            return Refusal(form, error.message, error.code or error.type, dict(typed))
        return None

    def _refund(self, intent: StripeObject, typed: Typed) -> None:
        amount = _amount(intent, typed)
        parameters = [
            ("payment_intent", intent["id"]),
            ("amount", amount),
            ("reason", typed.get("reason", "")),
        ]
        ask(self._sandbox, "/v1/refunds", parameters)

    def _dispute(self, intent: StripeObject, typed: Typed) -> None:
        charge = self._sandbox.store.get("charge", intent["latest_charge"] or "")
        reason = typed.get("reason", "")
        if charge is None:
            raise StripeError("Nothing was paid, so there is nothing to dispute.")
        if reason not in DISPUTE_KINDS:
            raise StripeError("Choose one of the reasons.")
        dispute_courses.begin_now(self._sandbox, charge, DISPUTE_KINDS[reason][1])

    def _answer_dispute(self, intent: StripeObject, typed: Typed) -> None:
        said = [("evidence[uncategorized_text]", typed.get("answer", "")), ("submit", "true")]
        ask(self._sandbox, f"/v1/disputes/{self._dispute_of(intent, typed)}", said)

    def _accept_dispute(self, intent: StripeObject, typed: Typed) -> None:
        ask(self._sandbox, f"/v1/disputes/{self._dispute_of(intent, typed)}/close", [])

    def _dispute_of(self, intent: StripeObject, typed: Typed) -> str:
        dispute = self._sandbox.store.get("dispute", typed.get("dispute", ""))
        if dispute is None or dispute["payment_intent"] != intent["id"]:
            raise StripeError("This payment has no such dispute.", code="resource_missing")
        return str(dispute["id"])

    def _capture(self, intent: StripeObject, typed: Typed) -> None:
        amount = [("amount_to_capture", _amount(intent, typed))]
        ask(self._sandbox, f"/v1/payment_intents/{intent['id']}/capture", amount)

    def _cancel(self, intent: StripeObject, typed: Typed) -> None:
        reason = [("cancellation_reason", typed.get("reason", ""))]
        ask(self._sandbox, f"/v1/payment_intents/{intent['id']}/cancel", reason)

    def _answer(self, intent: StripeObject, typed: Typed) -> None:
        """Say what the customer would have said on the bank's or the wallet's page."""
        waiting, said = waiting_for(self._belonging, intent), typed.get("answer", "")
        if waiting is None or said not in waiting.answers:
            raise StripeError("The payment no longer waits for this.", code="payment_intent_unexpected_state")
        attempt = current_attempt(self._belonging, intent)
        source = current_challenge(self._belonging, intent)
        if attempt:
            method_payments.answer(self._sandbox, attempt["id"], said)
        elif source:
            payment_intents.finish_authentication(self._sandbox, source["id"], said == "authorize")


def _amount(intent: StripeObject, typed: Typed) -> str:
    """Minor units as the API takes them; empty when nothing was typed, which means all."""
    return str(minor_units(typed["amount"], intent["currency"])) if typed.get("amount") else ""
