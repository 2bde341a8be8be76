"""The latest API requests: what was asked, what was answered."""

from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox.dashboard.older import Page, cut
from stripe_sandbox.dashboard.rendering import Renderer
from stripe_sandbox.request_log import LoggedRequest
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

_MOST_CAUSED = 100


@dataclass(frozen=True, slots=True)
class RequestListPage:
    """`kept` is how many requests the log holds at most."""

    rows: Page[LoggedRequest]
    kept: int
    only: str
    search: str


@dataclass(frozen=True, slots=True)
class RequestPage:
    """`parameters` are the decoded names and values of query and body; `events` what the request caused."""

    logged: LoggedRequest
    parameters: list[tuple[str, str]]
    events: tuple[StripeObject, ...]


class RequestPages:
    def __init__(self, sandbox: Sandbox, renderer: Renderer) -> None:
        self._sandbox = sandbox
        self._renderer = renderer

    async def list_page(self, request: Request) -> Response:
        only = request.query_params.get("only", "")
        search = request.query_params.get("q", "").strip()
        wanted = search.casefold()
        found = {
            logged.id: logged
            for logged in reversed(self._sandbox.requests)
            if (only != "changes" or logged.method != "GET")
            and (only != "errors" or logged.failed)
            and wanted in logged.searchable
        }
        rows = cut(found, request, found.__getitem__)
        page = RequestListPage(rows, self._sandbox.requests.maxlen or 0, only, search)
        return self._renderer.answer(request, "request_list.html", page)

    async def page(self, request: Request) -> Response:
        identifier = request.path_params["id"]
        logged = next((known for known in self._sandbox.requests if known.id == identifier), None)
        if logged is None:
            return self._renderer.not_found(request, "request in the log, which keeps the latest only")
        # What a request caused stands right before the place where it ended.
        end = logged.events_before
        near = islice(self._sandbox.store.oldest_first("event"), max(end - _MOST_CAUSED, 0), end)
        events = tuple(event for event in near if event["request"]["id"] == identifier)
        parameters = parse_qsl(logged.parameters, keep_blank_values=True)
        return self._renderer.answer(request, "request_page.html", RequestPage(logged, parameters, events))
