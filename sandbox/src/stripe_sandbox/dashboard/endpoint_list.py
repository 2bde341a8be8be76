"""Webhook endpoints: where events go, with which secret, and how it went."""

from collections import Counter
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from stripe_sandbox.dashboard.asking import ask
from stripe_sandbox.dashboard.rendering import Renderer
from stripe_sandbox.errors import StripeError
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

_LATEST = 10


@dataclass(frozen=True, slots=True)
class EndpointCard:
    """`counts` are deliveries by status among those that are kept; `latest` the newest of them."""

    endpoint: StripeObject
    secret: str
    counts: dict[str, int]
    latest: tuple[StripeObject, ...]


@dataclass(frozen=True, slots=True)
class EndpointListPage:
    """`typed` is an address that was refused, `refused` says why."""

    endpoints: tuple[EndpointCard, ...]
    typed: str
    refused: str


class EndpointList:
    def __init__(self, sandbox: Sandbox, renderer: Renderer) -> None:
        self._sandbox = sandbox
        self._renderer = renderer

    async def page(self, request: Request) -> Response:
        return self._renderer.answer(request, "endpoint_list.html", self._content("", ""))

    async def add(self, request: Request) -> Response:
        """Create an endpoint for every event at the address that the form names, as the API would."""
        async with request.form(max_files=0, max_fields=1) as form:
            url = str(form.get("url", "")).strip()
        try:
            made = ask(self._sandbox, "/v1/webhook_endpoints", [("url", url), ("enabled_events[]", "*")])
        except StripeError as error:
            page = self._content(url, error.message)
            return self._renderer.answer(request, "endpoint_list.html", page, status=400)
        return RedirectResponse(f"{self._renderer.root}/dashboard/webhooks#{made['id']}", status_code=303)

    def _content(self, typed: str, refused: str) -> EndpointListPage:
        deliveries: dict[str, list[StripeObject]] = {}
        for delivery in self._sandbox.store.newest_first("delivery"):
            deliveries.setdefault(delivery["endpoint"], []).append(delivery)
        endpoints = tuple(
            EndpointCard(
                endpoint,
                self._sandbox.webhooks.secret_of(endpoint["id"]),
                Counter(delivery["status"] for delivery in deliveries.get(endpoint["id"], [])),
                tuple(deliveries.get(endpoint["id"], [])[:_LATEST]),
            )
            for endpoint in self._sandbox.store.oldest_first("webhook_endpoint")
        )
        return EndpointListPage(endpoints, typed, refused)
