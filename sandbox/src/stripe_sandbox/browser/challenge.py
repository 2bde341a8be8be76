"""The test bank's pages: a 3-D Secure challenge inside a shop's page, or on a page of its own.

Button ids are those of Stripe's test mode, so that browser tests written for it find them.
"""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from stripe_sandbox.browser.frames import ASSETS, CONTENT_SECURITY_POLICY, TEMPLATES
from stripe_sandbox.currencies import written
from stripe_sandbox.resources import payment_intents, three_d_secure
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

_ANSWERS = {"authorize": True, "fail": False}


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """The challenge in a frame, on a page of its own, and where both send their answers."""
    bank = _Bank(sandbox)
    return [
        Route("/3ds2/challenge/{source}", bank.challenge),
        Route("/3ds2/challenge/{source}/{answer}", bank.answer_challenge, methods=["POST"]),
        Route("/3d_secure_2/hosted", bank.hosted),
        Route("/3d_secure_2/hosted/{source}/{answer}", bank.answer_hosted, methods=["POST"]),
    ]


class _Bank:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._root = urlsplit(sandbox.public_url).path

    async def challenge(self, request: Request) -> Response:
        return self._page(request, request.path_params["source"], "/3ds2/challenge")

    async def answer_challenge(self, request: Request) -> Response:
        if not self._answer(request):
            return _unknown()
        return self._render(hosted=False, waiting=False, dark=False)

    async def hosted(self, request: Request) -> Response:
        return self._page(request, request.query_params.get("source", ""), "/3d_secure_2/hosted", hosted=True)

    async def answer_hosted(self, request: Request) -> Response:
        """Back to the shop, with what Stripe adds to the `return_url`."""
        source = self._answer(request)
        if not source:
            return _unknown()
        if not source["return_url"]:
            return self._render(hosted=True, waiting=False, dark=False)
        intent = self._intent(source)
        return RedirectResponse(return_address(source["return_url"], intent), status_code=303)

    def _page(self, request: Request, source_id: str, path: str, *, hosted: bool = False) -> Response:
        source = self._source(source_id)
        if not source:
            return _unknown()
        intent = self._intent(source)
        method = self._sandbox.store.get("payment_method", source["payment_method"]) or {}
        return self._render(
            hosted=hosted,
            captcha=bool(source.get("captcha")),
            waiting=source["state"] == "challenge_required",
            dark=request.query_params.get("theme") == "dark",
            action=f"{self._root}{path}/{source_id}",
            merchant=self._sandbox.account.display_name,
            amount=_amount(intent),
            last4=method.get("card", {}).get("last4"),
        )

    def _render(self, *, hosted: bool, **values: Any) -> HTMLResponse:
        html = TEMPLATES.get_template("challenge.html").render(
            assets=f"{self._root}{ASSETS}", hosted=hosted, **values
        )
        # The answer of the page of its own leads to the shop, which form-action would forbid.
        policy = CONTENT_SECURITY_POLICY if hosted else f"{CONTENT_SECURITY_POLICY}; form-action 'self'"
        return HTMLResponse(html, headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"})

    def _answer(self, request: Request) -> StripeObject | None:
        """Pass the customer's answer on once; the source, or None if there is no such challenge or answer."""
        source = self._source(request.path_params["source"])
        answer = _ANSWERS.get(request.path_params["answer"])
        if not source or answer is None:
            return None
        if source["state"] == "challenge_required":
            payment_intents.finish_authentication(self._sandbox, source["id"], answer)
        return source

    def _source(self, identifier: str) -> StripeObject | None:
        return self._sandbox.store.get("three_d_secure_source", identifier)

    def _intent(self, source: StripeObject) -> StripeObject:
        intent = three_d_secure.intent_of(self._sandbox, source)
        if intent is None:
            raise LookupError(f"{source['id']} belongs to no intent")
        return intent


def _amount(intent: StripeObject) -> str | None:
    """What the bank is asked for; a SetupIntent asks for permission alone."""
    if intent["object"] == "setup_intent":
        return None
    return f"{intent['currency'].upper()} {written(intent['amount'], intent['currency']).lstrip('$')}"


def return_address(return_url: str, intent: StripeObject) -> str:
    """The shop's address with the three parameters that Stripe adds; its own parameters and fragment stay."""
    status = "pending" if intent["status"] in ("processing", "requires_action") else "succeeded"
    if intent["status"] in ("requires_payment_method", "canceled"):
        status = "failed"
    parts = urlsplit(return_url)
    query = [
        *parse_qsl(parts.query, keep_blank_values=True),
        (intent["object"], intent["id"]),
        (f"{intent['object']}_client_secret", intent["client_secret"]),
        ("redirect_status", status),
    ]
    return urlunsplit(parts._replace(query=urlencode(query)))


def _unknown() -> Response:
    return HTMLResponse("There is no such authentication in this sandbox.", status_code=404)
