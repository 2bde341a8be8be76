"""The pages that stand in for a wallet's or a bank's own: test payments, their QR codes, instructions.

https://docs.stripe.com/testing: test mode shows a page with "Authorize Test Payment" and "Fail Test Payment".
"""

from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from stripe_sandbox import qr_codes
from stripe_sandbox.browser.challenge import return_address
from stripe_sandbox.browser.frames import ASSETS, CONTENT_SECURITY_POLICY, TEMPLATES
from stripe_sandbox.currencies import written
from stripe_sandbox.methods import BY_TYPE, Flow
from stripe_sandbox.resources import method_payments, payment_attempts
from stripe_sandbox.resources.method_payments import AUTHORIZE, DELAY, EXPIRE, FAIL
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

_BUTTONS = {
    AUTHORIZE: "Authorize Test Payment",
    DELAY: "Authorize Test Payment, with a delayed result",
    FAIL: "Fail Test Payment",
    EXPIRE: "Expire Test Payment",
}
_DELAYING = ("p24",)
_PATH = "/test_payment/{attempt}"


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """The page, its QR code as an image, the hosted instructions, and where the answer goes."""
    pages = _Pages(sandbox)
    return [
        Route(f"{_PATH}.png", pages.png),
        Route(f"{_PATH}.svg", pages.svg),
        Route(f"{_PATH}/instructions", pages.instructions),
        Route(f"{_PATH}/{{said}}", pages.answer, methods=["POST"]),
        Route(_PATH, pages.page),
    ]


def answers_for(kind: str) -> dict[str, str]:
    """What a tester may say for a method, and the words on the buttons."""
    offered = {AUTHORIZE, FAIL}
    offered |= {DELAY} if kind in _DELAYING else set()
    offered |= {EXPIRE} if BY_TYPE[kind].expires_after else set()
    return {said: words for said, words in _BUTTONS.items() if said in offered}


class _Pages:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._root = urlsplit(sandbox.public_url).path

    async def page(self, request: Request) -> Response:
        attempt = self._attempt(request)
        return self._render("test_payment.html", attempt) if attempt else _unknown()

    async def instructions(self, request: Request) -> Response:
        attempt = self._attempt(request)
        return self._render("qr_instructions.html", attempt) if attempt else _unknown()

    async def png(self, request: Request) -> Response:
        return self._image(request, qr_codes.png, "image/png")

    async def svg(self, request: Request) -> Response:
        return self._image(request, qr_codes.svg, "image/svg+xml")

    async def answer(self, request: Request) -> Response:
        """Pass the answer on; back to the shop with what Stripe adds, or a word of thanks after a scan."""
        attempt = self._attempt(request)
        said = request.path_params["said"]
        if not attempt or said not in answers_for(attempt["type"]):
            return _unknown()
        intent = method_payments.answer(self._sandbox, attempt["id"], said)
        if back := _way_back(attempt, intent):
            return RedirectResponse(back, status_code=303)
        return self._render("test_payment.html", attempt)

    def _render(self, template: str, attempt: StripeObject) -> HTMLResponse:
        intent = self._intent(attempt)
        amount = written(intent["amount"], intent["currency"]).lstrip("$")
        address = f"{self._root}/test_payment/{attempt['id']}"
        values: dict[str, Any] = {
            "action": address,
            "amount": f"{intent['currency'].upper()} {amount}",
            "answers": answers_for(attempt["type"]),
            "assets": f"{self._root}{ASSETS}",
            "back": _way_back(attempt, intent),
            "kind": attempt["type"],
            "label": BY_TYPE[attempt["type"]].label,
            "merchant": self._sandbox.account.display_name,
            "state": attempt["state"],
            "waiting": attempt["state"] == "open" and payment_attempts.is_current(intent, attempt),
        }
        html = TEMPLATES.get_template(template).render(values)
        # The answer leads to the shop, which form-action would forbid.
        headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY, "Cache-Control": "no-store"}
        return HTMLResponse(html, headers=headers)

    def _image(self, request: Request, draw: Any, media_type: str) -> Response:
        attempt = self._attempt(request)
        if not attempt:
            return _unknown()
        address = f"{self._sandbox.public_url}/test_payment/{attempt['id']}"
        return Response(draw(address), media_type=media_type, headers={"Cache-Control": "no-store"})

    def _attempt(self, request: Request) -> StripeObject | None:
        return self._sandbox.store.get("payment_attempt", request.path_params["attempt"])

    def _intent(self, attempt: StripeObject) -> StripeObject:
        intent = self._sandbox.store.get("payment_intent", attempt["payment_intent"])
        if intent is None:
            raise LookupError(f"{attempt['id']} belongs to no PaymentIntent")
        return intent


def _way_back(attempt: StripeObject, intent: StripeObject) -> str | None:
    """The shop's address with the outcome; None after a scan: the shop's page is on another screen."""
    if BY_TYPE[attempt["type"]].flow != Flow.REDIRECT or not attempt["return_url"]:
        return None
    return return_address(attempt["return_url"], intent)


def _unknown() -> Response:
    return HTMLResponse("There is no such test payment in this sandbox.", status_code=404)
