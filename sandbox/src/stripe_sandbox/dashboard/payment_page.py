"""One payment: how it stands, what happened to it, Stripe's own JSON of it, and what can be done by hand.

A shop links here where it would link to `dashboard.stripe.com/payments/pi_…`.
"""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from stripe_sandbox.dashboard.belonging import Belonging
from stripe_sandbox.dashboard.payment_actions import PaymentActions
from stripe_sandbox.dashboard.payment_forms import PaymentForms, Refusal, forms_for
from stripe_sandbox.dashboard.payment_row import PaymentRow, method_of, payment_row
from stripe_sandbox.dashboard.rendering import Renderer
from stripe_sandbox.dashboard.timeline import Happening, timeline_of
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

_MOST_FIELDS = 8
_DONE = {
    "refund": "The refund is made.",
    "dispute": "The payment is disputed.",
    "answer-dispute": "The evidence is handed in; the bank decides in a moment.",
    "accept-dispute": "The dispute is accepted and the money lost.",
    "capture": "The money is captured.",
    "cancel": "The payment is canceled.",
    "answer": "The answer is passed on.",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One object's JSON under a title."""

    title: str
    object: StripeObject


@dataclass(frozen=True, slots=True)
class PaymentDetails:
    """`error` is the PaymentIntent's `last_payment_error`, None when the last attempt did not fail.

    `done` says what the form just sent has done, empty when none was.
    """

    row: PaymentRow
    intent: StripeObject
    error: dict[str, Any] | None
    timeline: list[Happening]
    sheets: list[Sheet]
    charges: list[StripeObject]
    refunds: list[StripeObject]
    disputes: list[StripeObject]
    challenges: list[StripeObject]
    forms: PaymentForms
    done: str


class PaymentPage:
    def __init__(self, sandbox: Sandbox, renderer: Renderer) -> None:
        self._sandbox = sandbox
        self._renderer = renderer
        self._belonging = Belonging(sandbox)
        self._actions = PaymentActions(sandbox, self._belonging)

    async def page(self, request: Request) -> Response:
        intent = self._sandbox.store.get("payment_intent", request.path_params["id"])
        if intent is None:
            return self._renderer.not_found(request, "payment")
        done = _DONE.get(request.query_params.get("done", ""), "")
        return self._renderer.answer(request, "payment_page.html", self._details(intent, None, done))

    async def act(self, request: Request) -> Response:
        """Do what the sent form asks for and show the payment again; 400 and why when it cannot be done."""
        intent = self._sandbox.store.get("payment_intent", request.path_params["id"])
        if intent is None:
            return self._renderer.not_found(request, "payment")
        async with request.form(max_files=0, max_fields=_MOST_FIELDS) as sent:
            typed = {name: str(value) for name, value in sent.items()}
        form = typed.pop("form", "")
        refusal = self._actions.act(intent, form, typed)
        if refusal:
            page = self._details(intent, refusal, "")
            return self._renderer.answer(request, "payment_page.html", page, status=400)
        address = f"{self._renderer.root}/dashboard/payments/{intent['id']}?done={form}"
        return RedirectResponse(address, status_code=303)

    def _details(self, intent: StripeObject, refusal: Refusal | None, done: str) -> PaymentDetails:
        charges, refunds, disputes, challenges = (
            self._belonging.of(kind, intent["id"])
            for kind in ("charge", "refund", "dispute", "three_d_secure_source")
        )
        latest = self._sandbox.store.get("charge", intent["latest_charge"] or "")
        method = method_of(self._sandbox, intent, latest)
        sheets = [Sheet("PaymentIntent", intent)]
        if method:
            sheets.append(Sheet("PaymentMethod", method))
        sheets += [Sheet(f"Charge, {charge['status']}", charge) for charge in charges]
        sheets += [Sheet(f"Refund, {refund['status']}", refund) for refund in refunds]
        sheets += [Sheet(f"Dispute, {dispute['status']}", dispute) for dispute in disputes]
        return PaymentDetails(
            row=payment_row(self._sandbox, intent),
            intent=intent,
            error=intent["last_payment_error"],
            timeline=timeline_of(self._sandbox, self._belonging, intent["id"]),
            sheets=sheets,
            charges=charges,
            refunds=refunds,
            disputes=disputes,
            challenges=challenges,
            forms=forms_for(self._sandbox, self._belonging, intent, refusal),
            done=done,
        )
