"""What a charge's `receipt_url` leads to: the customer's receipt."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox.dashboard.paid_with import PaidWith, paid_with
from stripe_sandbox.dashboard.rendering import Renderer
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    charge: StripeObject
    paid_with: PaidWith


class Receipt:
    def __init__(self, sandbox: Sandbox, renderer: Renderer) -> None:
        self._sandbox = sandbox
        self._renderer = renderer

    async def page(self, request: Request) -> Response:
        charge = self._sandbox.store.get("charge", request.path_params["id"])
        if charge is None or charge["receipt_url"] is None:
            return self._renderer.not_found(request, "receipt")
        return self._renderer.answer(
            request, "receipt.html", ReceiptPage(charge, paid_with(charge["payment_method_details"]))
        )
