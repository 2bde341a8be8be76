"""Webhook endpoints: where events go, with which secret, and how it went."""

from collections import Counter
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox.dashboard.rendering import Renderer
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
    """`held` is how many deliveries wait because a test holds them back; None when nothing is held back."""

    endpoints: tuple[EndpointCard, ...]
    held: int | None


class EndpointList:
    def __init__(self, sandbox: Sandbox, renderer: Renderer) -> None:
        self._sandbox = sandbox
        self._renderer = renderer

    async def page(self, request: Request) -> Response:
        webhooks = self._sandbox.webhooks
        deliveries: dict[str, list[StripeObject]] = {}
        for delivery in self._sandbox.store.newest_first("delivery"):
            deliveries.setdefault(delivery["endpoint"], []).append(delivery)
        endpoints = tuple(
            self._card(endpoint, deliveries.get(endpoint["id"], []))
            for endpoint in self._sandbox.store.oldest_first("webhook_endpoint")
        )
        page = EndpointListPage(endpoints, len(webhooks.waiting) if webhooks.held else None)
        return self._renderer.answer(request, "endpoint_list.html", page)

    def _card(self, endpoint: StripeObject, deliveries: list[StripeObject]) -> EndpointCard:
        return EndpointCard(
            endpoint,
            self._sandbox.webhooks.secret_of(endpoint["id"]),
            Counter(delivery["status"] for delivery in deliveries),
            tuple(deliveries[:_LATEST]),
        )
