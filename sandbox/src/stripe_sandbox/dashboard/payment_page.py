"""One payment: how it stands, what happened to it, and Stripe's own JSON of it.

A shop links here where it would link to `dashboard.stripe.com/payments/pi_…`.
"""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox.dashboard.payment_list import PaymentRow, method_of, payment_row
from stripe_sandbox.dashboard.rendering import Renderer
from stripe_sandbox.dashboard.timeline import Happening, challenges_of, timeline_of
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject


@dataclass(frozen=True, slots=True)
class Sheet:
    """One object's JSON under a title."""

    title: str
    object: StripeObject


@dataclass(frozen=True, slots=True)
class PaymentDetails:
    """`error` is the PaymentIntent's `last_payment_error`, None when the last attempt did not fail."""

    row: PaymentRow
    intent: StripeObject
    error: dict[str, Any] | None
    timeline: list[Happening]
    sheets: list[Sheet]
    charges: list[StripeObject]
    refunds: list[StripeObject]
    challenges: list[StripeObject]


class PaymentPage:
    def __init__(self, sandbox: Sandbox, renderer: Renderer) -> None:
        self._sandbox = sandbox
        self._renderer = renderer

    async def page(self, request: Request) -> Response:
        intent = self._sandbox.store.get("payment_intent", request.path_params["id"])
        if intent is None:
            return self._renderer.not_found(request, "payment")
        return self._renderer.answer(request, "payment_page.html", self._details(intent))

    def _details(self, intent: StripeObject) -> PaymentDetails:
        charges, refunds = self._belonging("charge", intent), self._belonging("refund", intent)
        latest = self._sandbox.store.get("charge", intent["latest_charge"] or "")
        method = method_of(self._sandbox, intent, latest)
        sheets = [Sheet("PaymentIntent", intent)]
        if method:
            sheets.append(Sheet("PaymentMethod", method))
        sheets += [Sheet(f"Charge, {charge['status']}", charge) for charge in charges]
        sheets += [Sheet(f"Refund, {refund['status']}", refund) for refund in refunds]
        return PaymentDetails(
            row=payment_row(self._sandbox, intent),
            intent=intent,
            error=intent["last_payment_error"],
            timeline=timeline_of(self._sandbox, intent["id"]),
            sheets=sheets,
            charges=charges,
            refunds=refunds,
            challenges=challenges_of(self._sandbox, intent["id"]),
        )

    def _belonging(self, kind: str, intent: StripeObject) -> list[StripeObject]:
        return [
            item for item in self._sandbox.store.oldest_first(kind) if item["payment_intent"] == intent["id"]
        ]
