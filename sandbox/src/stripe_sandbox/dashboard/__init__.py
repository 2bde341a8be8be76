"""What a person sees of the sandbox: payments, events, webhook deliveries, API requests, test cards."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from stripe_sandbox.dashboard.card_table import CardTable
from stripe_sandbox.dashboard.endpoint_list import EndpointList
from stripe_sandbox.dashboard.endpoint_page import EndpointPage
from stripe_sandbox.dashboard.event_pages import EventPages
from stripe_sandbox.dashboard.fault_page import FaultPage
from stripe_sandbox.dashboard.payment_list import PaymentList
from stripe_sandbox.dashboard.payment_page import PaymentPage
from stripe_sandbox.dashboard.receipt import Receipt
from stripe_sandbox.dashboard.rendering import Renderer
from stripe_sandbox.dashboard.request_pages import RequestPages
from stripe_sandbox.dashboard.same_origin import Door, own_pages_only
from stripe_sandbox.sandbox import Sandbox

_STATIC = Path(__file__).parent / "static"


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """The dashboard's whole URL table; the addresses of payments mirror those of dashboard.stripe.com."""
    renderer = Renderer(sandbox)
    events, requests = EventPages(sandbox, renderer), RequestPages(sandbox, renderer)

    async def home(_: Request) -> Response:
        return RedirectResponse(f"{renderer.root}/dashboard", status_code=303)

    async def favicon(_: Request) -> Response:
        return FileResponse(_STATIC / "icon.svg")

    endpoints, endpoint = EndpointList(sandbox, renderer), EndpointPage(sandbox, renderer)
    faults = FaultPage(sandbox, renderer)
    payments, payment = PaymentList(sandbox, renderer), PaymentPage(sandbox, renderer)
    return [
        Route("/", home),
        # Browsers ask for it on every page that names no icon, the bank's and the methods' pages among them.
        Route("/favicon.ico", favicon),
        Route("/dashboard", renderer.followed(payments.page)),
        Route("/dashboard/payments", renderer.followed(payments.page)),
        Route("/dashboard/payments/{id}", renderer.followed(payment.page)),
        _form("/dashboard/payments/{id}", payment.act),
        Route("/dashboard/events", renderer.followed(events.list_page)),
        Route("/dashboard/events/{id}", renderer.followed(events.page)),
        _form("/dashboard/events/{id}/resend", events.resend),
        Route("/dashboard/webhooks", renderer.followed(endpoints.page)),
        _form("/dashboard/webhooks", endpoints.add),
        Route("/dashboard/webhooks/{id}", renderer.followed(endpoint.page)),
        _form("/dashboard/webhooks/{id}", endpoint.act),
        Route("/dashboard/logs", renderer.followed(requests.list_page)),
        Route("/dashboard/requests/{id}", renderer.followed(requests.page)),
        Route("/dashboard/faults", faults.page),
        _form("/dashboard/faults", faults.act),
        Route("/dashboard/cards", renderer.followed(CardTable(sandbox, renderer).page)),
        Route("/dashboard/receipts/{id}", renderer.followed(Receipt(sandbox, renderer).page)),
        Mount("/dashboard/assets", _Assets(directory=_STATIC)),
    ]


def _form(path: str, door: Door) -> Route:
    return Route(path, own_pages_only(door), methods=["POST"])


class _Assets(StaticFiles):
    """Style sheet and scripts; browsers ask each time whether they have changed."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response
