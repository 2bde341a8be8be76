"""One webhook endpoint: all deliveries to it with their attempts, sending again, switching it off and on."""

from collections import Counter
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from stripe_sandbox.dashboard.asking import ask
from stripe_sandbox.dashboard.delivery_states import DELIVERY_STATES, in_state
from stripe_sandbox.dashboard.older import Page, cut
from stripe_sandbox.dashboard.rendering import Renderer
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

_DONE = {
    "disable": "Nothing is sent there until it is enabled.",
    "enable": "Events are sent there again.",
    "resend": "Sent again.",
    "resend-all": "Sent again.",
}
_UNDELIVERED = ("trying", "failed", "lost", "stopped")


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery in the shape of webhook_messages.py."""

    id: str
    delivery: StripeObject


@dataclass(frozen=True, slots=True)
class EndpointPageContent:
    """`counts` are all kept deliveries by state, `undelivered` the events that a press would send again."""

    endpoint: StripeObject
    secret: str
    rows: Page[DeliveryRow]
    states: dict[str, str]
    counts: dict[str, int]
    state: str
    undelivered: int
    done: str


class EndpointPage:
    def __init__(self, sandbox: Sandbox, renderer: Renderer) -> None:
        self._sandbox = sandbox
        self._renderer = renderer

    async def page(self, request: Request) -> Response:
        endpoint = self._sandbox.store.get("webhook_endpoint", request.path_params["id"])
        if endpoint is None:
            return self._renderer.not_found(request, "webhook endpoint")
        deliveries = self._deliveries(endpoint)
        state = request.query_params.get("state", "")
        found = {
            known["id"]: known
            for known in deliveries
            if state not in DELIVERY_STATES or in_state(known, state)
        }
        content = EndpointPageContent(
            endpoint=endpoint,
            secret=self._sandbox.webhooks.secret_of(endpoint["id"]),
            rows=cut(found, request, lambda identifier: DeliveryRow(identifier, found[identifier])),
            states=DELIVERY_STATES,
            counts=Counter(
                state for known in deliveries for state in DELIVERY_STATES if in_state(known, state)
            ),
            state=state,
            undelivered=len(_undelivered(deliveries)),
            done=_DONE.get(request.query_params.get("done", ""), ""),
        )
        return self._renderer.answer(request, "endpoint_page.html", content)

    async def act(self, request: Request) -> Response:
        """Send again what the form names (an event, or all that did not arrive), or switch the endpoint."""
        endpoint = self._sandbox.store.get("webhook_endpoint", request.path_params["id"])
        if endpoint is None:
            return self._renderer.not_found(request, "webhook endpoint")
        async with request.form(max_files=0, max_fields=2) as form:
            doing, event_id = str(form.get("form", "")), str(form.get("event", ""))
        if doing in ("enable", "disable"):
            disabled = [("disabled", "true" if doing == "disable" else "false")]
            ask(self._sandbox, f"/v1/webhook_endpoints/{endpoint['id']}", disabled)
        elif doing == "resend":
            if self._sandbox.store.get("event", event_id) is None:
                return self._renderer.not_found(request, "event")
            self._resend(endpoint, [event_id])
        elif doing == "resend-all":
            self._resend(endpoint, _undelivered(self._deliveries(endpoint)))
        else:
            return self._renderer.not_found(request, "form")
        address = f"{self._renderer.root}/dashboard/webhooks/{endpoint['id']}?done={doing}"
        return RedirectResponse(address, status_code=303)

    def _resend(self, endpoint: StripeObject, events: list[str]) -> None:
        for identifier in events:
            event = self._sandbox.store.get("event", identifier)
            if event:
                self._sandbox.webhooks.deliver(event, endpoint)
        self._sandbox.store.commit()

    def _deliveries(self, endpoint: StripeObject) -> list[StripeObject]:
        """Newest first."""
        return self._sandbox.store.related("delivery", "endpoint", endpoint["id"])


def _undelivered(deliveries: list[StripeObject]) -> list[str]:
    """The events that never arrived, oldest first; what is on its way is left alone."""
    arrived = {delivery["event"] for delivery in deliveries if delivery["status"] == "succeeded"}
    waiting = {delivery["event"] for delivery in deliveries if in_state(delivery, "pending")}
    failed = (
        delivery["event"]
        for delivery in reversed(deliveries)
        if any(in_state(delivery, state) for state in _UNDELIVERED)
    )
    return [event for event in dict.fromkeys(failed) if event not in arrived | waiting]
