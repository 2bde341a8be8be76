"""The first page: payments, newest first, by state, method, currency and what somebody remembers of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox.dashboard.older import Page, cut
from stripe_sandbox.dashboard.payment_index import NO_METHOD, PaymentIndex
from stripe_sandbox.dashboard.payment_row import PaymentRow, payment_row
from stripe_sandbox.dashboard.rendering import Renderer
from stripe_sandbox.dashboard.states import STATES
from stripe_sandbox.methods import METHODS, WALLETS
from stripe_sandbox.sandbox import Sandbox

_STATES = {state.name: state.word for state in STATES.values()}
_METHODS = {method.type: method.label for method in METHODS} | WALLETS | {NO_METHOD: "No method yet"}


@dataclass(frozen=True, slots=True)
class Filter:
    """One of the choices above the list: its name in the address, what it is called, its values and words."""

    name: str
    label: str
    anything: str
    options: dict[str, str]
    chosen: str


@dataclass(frozen=True, slots=True)
class PaymentListPage:
    """`total` counts every payment of the sandbox, `rows` those of this page."""

    rows: Page[PaymentRow]
    total: int
    filters: tuple[Filter, ...]
    search: str


class PaymentList:
    def __init__(self, sandbox: Sandbox, renderer: Renderer) -> None:
        self._sandbox = sandbox
        self._renderer = renderer
        self._index = PaymentIndex(sandbox)

    async def page(self, request: Request) -> Response:
        search = request.query_params.get("q", "").strip()
        currencies = {code: code.upper() for code in self._index.distinct("currency")}
        filters = (
            _filter(request, "state", "Status", "Any status", _STATES),
            _filter(request, "method", "Method", "Any method", _METHODS),
            _filter(request, "currency", "Currency", "Any currency", currencies),
        )
        chosen = {known.name: known.chosen for known in filters if known.chosen}
        page = PaymentListPage(
            rows=cut(self._matching(chosen, search), request, self._row),
            total=self._sandbox.store.count("payment_intent"),
            filters=filters,
            search=search,
        )
        return self._renderer.answer(request, "payment_list.html", page)

    def _matching(self, chosen: dict[str, str], search: str) -> Iterator[str]:
        words = search.casefold().split()
        state, method, currency = (chosen.get(name) for name in ("state", "method", "currency"))
        for identifier, entry in self._index.newest_first():
            if (
                (state is None or entry.state == state)
                and (method is None or entry.method == method)
                and (currency is None or entry.currency == currency)
                and all(word in entry.text for word in words)
            ):
                yield identifier

    def _row(self, identifier: str) -> PaymentRow:
        intent = self._sandbox.store.get("payment_intent", identifier)
        if intent is None:
            raise LookupError(identifier)
        return payment_row(self._sandbox, intent)


def _filter(request: Request, name: str, label: str, anything: str, options: dict[str, str]) -> Filter:
    chosen = request.query_params.get(name, "")
    return Filter(name, label, anything, options, chosen if chosen in options else "")
