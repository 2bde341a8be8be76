"""The first page: payments, newest first, by state and by what somebody remembers of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox.dashboard.older import Page, cut
from stripe_sandbox.dashboard.paid_with import paid_with
from stripe_sandbox.dashboard.rendering import Renderer, money
from stripe_sandbox.dashboard.states import STATES, State, state_of
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment as one line shows it; `brand`, `last4` and `email` are empty while nobody gave them."""

    id: str
    amount: str
    state: State
    description: str
    brand: str
    last4: str
    email: str
    created: int


@dataclass(frozen=True, slots=True)
class PaymentListPage:
    """`total` counts every payment of the sandbox, `rows` those of this page."""

    rows: Page[PaymentRow]
    total: int
    states: tuple[State, ...]
    state: str
    search: str


class PaymentList:
    def __init__(self, sandbox: Sandbox, renderer: Renderer) -> None:
        self._sandbox = sandbox
        self._renderer = renderer

    async def page(self, request: Request) -> Response:
        state = request.query_params.get("state", "")
        search = request.query_params.get("q", "").strip()
        page = PaymentListPage(
            rows=cut(self._matching(state, search.casefold()), request),
            total=self._sandbox.store.count("payment_intent"),
            states=tuple(STATES.values()),
            state=state if state in STATES else "",
            search=search,
        )
        return self._renderer.answer(request, "payment_list.html", page)

    def _matching(self, state: str, search: str) -> Iterator[PaymentRow]:
        for intent in self._sandbox.store.newest_first("payment_intent"):
            row = payment_row(self._sandbox, intent)
            if state in STATES and row.state.name != state:
                continue
            if search and search not in _searchable(intent, row):
                continue
            yield row


def payment_row(sandbox: Sandbox, intent: StripeObject) -> PaymentRow:
    """One payment's line."""
    store = sandbox.store
    charge = store.get("charge", intent["latest_charge"] or "")
    method = method_of(sandbox, intent, charge)
    customer = store.get("customer", intent["customer"] or "") or {}
    billing = method.get("billing_details") or {}
    brand, last4 = paid_with(method)
    return PaymentRow(
        id=intent["id"],
        amount=money(intent["amount"], intent["currency"]),
        state=state_of(intent, charge),
        description=intent["description"] or "",
        brand=brand,
        last4=last4,
        email=intent["receipt_email"] or billing.get("email") or customer.get("email") or "",
        created=intent["created"],
    )


def method_of(sandbox: Sandbox, intent: StripeObject, charge: StripeObject | None) -> StripeObject:
    """The PaymentMethod now on the intent, else the one that was last tried; empty when there was none."""
    failed = (intent["last_payment_error"] or {}).get("payment_method")
    identifier = intent["payment_method"] or (failed or {}).get("id") or (charge or {}).get("payment_method")
    return sandbox.store.get("payment_method", identifier or "") or failed or {}


def _searchable(intent: StripeObject, row: PaymentRow) -> str:
    metadata = (f"{name}={value}" for name, value in intent["metadata"].items())
    parts = (row.id, row.amount, row.description, row.last4, row.email, intent["customer"] or "", *metadata)
    return "\n".join(parts).casefold()
