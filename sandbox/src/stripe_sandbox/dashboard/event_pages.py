"""Events: the list, and one event with every attempt to deliver it."""

from collections.abc import Iterator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from stripe_sandbox.dashboard.belonging import payment_of
from stripe_sandbox.dashboard.delivery_states import DELIVERY_STATES, in_state
from stripe_sandbox.dashboard.event_index import EventIndex
from stripe_sandbox.dashboard.event_words import sentence
from stripe_sandbox.dashboard.older import Page, cut
from stripe_sandbox.dashboard.rendering import Renderer
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as one line; `deliveries` are those of this event, in the shape of webhooks.py."""

    id: str
    type: str
    sentence: str
    created: int
    about: str
    payment: str
    deliveries: tuple[StripeObject, ...]


@dataclass(frozen=True, slots=True)
class EventListPage:
    """`types` have happened, `deliveries` are the states that a delivery may have, with their words."""

    rows: Page[EventRow]
    search: str
    types: list[str]
    type: str
    deliveries: dict[str, str]
    delivery: str


@dataclass(frozen=True, slots=True)
class EventPage:
    """`payload` is the event in its own version's shape, `endpoints` are all that it can be sent to again."""

    row: EventRow
    event: StripeObject
    endpoints: tuple[StripeObject, ...]


class EventPages:
    def __init__(self, sandbox: Sandbox, renderer: Renderer) -> None:
        self._sandbox = sandbox
        self._renderer = renderer
        self._index = EventIndex(sandbox)

    async def list_page(self, request: Request) -> Response:
        search = request.query_params.get("q", "").strip()
        event_type, delivery = (request.query_params.get(name, "") for name in ("type", "delivery"))
        by_event: dict[str, list[StripeObject]] = {}
        for known in self._sandbox.store.newest_first("delivery"):
            by_event.setdefault(known["event"], []).append(known)
        wanted = None
        if delivery in DELIVERY_STATES:
            wanted = {
                event for event, sent in by_event.items() if any(in_state(one, delivery) for one in sent)
            }

        def row(identifier: str) -> EventRow:
            event = self._sandbox.store.get("event", identifier)
            if event is None:
                raise LookupError(identifier)
            return _row(event, tuple(by_event.get(identifier, ())))

        page = EventListPage(
            rows=cut(self._matching(search, event_type, wanted), request, row),
            search=search,
            types=self._index.distinct("type"),
            type=event_type,
            deliveries=DELIVERY_STATES,
            delivery=delivery,
        )
        return self._renderer.answer(request, "event_list.html", page)

    async def page(self, request: Request) -> Response:
        event = self._sandbox.store.get("event", request.path_params["id"])
        if event is None:
            return self._renderer.not_found(request, "event")
        deliveries = tuple(self._sandbox.store.related("delivery", "event", event["id"]))
        endpoints = tuple(self._sandbox.store.oldest_first("webhook_endpoint"))
        page = EventPage(_row(event, deliveries), event, endpoints)
        return self._renderer.answer(request, "event_page.html", page)

    async def resend(self, request: Request) -> Response:
        """Deliver the event once more to the endpoint that the form names, and show it."""
        event = self._sandbox.store.get("event", request.path_params["id"])
        async with request.form(max_files=0, max_fields=1) as form:
            endpoint = self._sandbox.store.get("webhook_endpoint", str(form.get("endpoint", "")))
        if event is None or endpoint is None:
            return self._renderer.not_found(request, "event or webhook endpoint")
        self._sandbox.webhooks.deliver(event, endpoint)
        self._sandbox.store.commit()
        return RedirectResponse(f"{self._renderer.root}/dashboard/events/{event['id']}", status_code=303)

    def _matching(self, search: str, event_type: str, wanted: set[str] | None) -> Iterator[str]:
        words = search.casefold().split()
        for identifier, entry in self._index.newest_first():
            if (
                (not event_type or entry.type == event_type)
                and (wanted is None or identifier in wanted)
                and all(word in entry.text for word in words)
            ):
                yield identifier


def _row(event: StripeObject, deliveries: tuple[StripeObject, ...]) -> EventRow:
    return EventRow(
        id=event["id"],
        type=event["type"],
        sentence=sentence(event["type"]),
        created=event["created"],
        about=event["data"]["object"].get("id", ""),
        payment=payment_of(event),
        deliveries=deliveries,
    )
