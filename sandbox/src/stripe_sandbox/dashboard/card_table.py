"""Test cards, test bank accounts and payment methods, to find and to copy from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox import cards, ibans
from stripe_sandbox.dashboard.rendering import Renderer
from stripe_sandbox.ibans import IBANS, Iban
from stripe_sandbox.methods import METHODS, WALLETS, Flow, Method
from stripe_sandbox.sandbox import Sandbox

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something typed that the form refuses before any request is made, and the error's code."""

    field: str
    typed: str
    code: str


@dataclass(frozen=True, slots=True)
class MethodRow:
    """A payment method in words. `here` tells whether this account can take it in some currency."""

    method: Method
    currencies: str
    customer: str
    outcome: str
    refunds: str
    here: bool


@dataclass(frozen=True, slots=True)
class CardTablePage:
    """What matches the search, in groups; `tokens` are those of each IBAN."""

    groups: tuple[tuple[str, tuple[cards.Card, ...]], ...]
    refusals: tuple[Refusal, ...]
    accounts: tuple[Iban, ...]
    tokens: dict[str, list[str]]
    methods: tuple[MethodRow, ...]
    wallets: dict[str, str]
    country: str
    search: str

    @property
    def empty(self) -> bool:
        return not (any(rows for _, rows in self.groups) or self.refusals or self.accounts or self.methods)


# Source: https://docs.stripe.com/testing, under declines, and https://docs.stripe.com/error-codes.
_REFUSALS = (
    Refusal("Card number", "4242424242424241", "incorrect_number"),
    Refusal("Expiry, a month that does not exist", "13 / 34", "invalid_expiry_month"),
    Refusal("Expiry, a year that is over", "12 / 20", "invalid_expiry_year_past"),
    Refusal("Security code, too short", "99", "incomplete_cvc"),
)
_CUSTOMER_DOES = {
    Flow.CARD: "fills a form, sometimes authenticates",
    Flow.SHEET: "confirms in a sheet",
    Flow.REDIRECT: "goes to the provider's page and comes back",
    Flow.QR: "scans a code",
    Flow.DEBIT: "gives an account and a mandate",
}
_OUTCOMES = {"immediate": "at once", "may_lag": "at once or a little later", "delayed": "later"}
_MANY = 40


class CardTable:
    def __init__(self, sandbox: Sandbox, renderer: Renderer) -> None:
        self._country = sandbox.account.country
        self._renderer = renderer

    async def page(self, request: Request) -> Response:
        search = request.query_params.get("q", "").strip()
        found = _finder(search)
        groups = ((title, found(rows, _card_text)) for title, rows in cards.GROUPS)
        methods = [_method_row(method, self._country) for method in METHODS]
        page = CardTablePage(
            groups=tuple((title, rows) for title, rows in groups if rows),
            refusals=found(_REFUSALS, lambda row: f"{row.field} {row.typed} {row.code}"),
            accounts=found(IBANS, lambda row: f"{row.number} {row.does} {' '.join(ibans.tokens_of(row))}"),
            tokens={row.number: ibans.tokens_of(row) for row in IBANS},
            methods=found(methods, lambda row: f"{row.method.label} {row.method.type} {row.currencies}"),
            wallets={f"tok_{kind}_visa": label for kind, label in WALLETS.items()},
            country=self._country,
            search=search,
        )
        return self._renderer.answer(request, "card_table.html", page)


def _finder(search: str) -> Callable[[Iterable[Row], Callable[[Row], str]], tuple[Row, ...]]:
    """Rows whose text has every word of the search; a number may be typed in groups."""
    words = search.casefold().split()
    if search.replace(" ", "").isdigit():
        words = [search.replace(" ", "")]

    def found(rows: Iterable[Row], text: Callable[[Row], str]) -> tuple[Row, ...]:
        return tuple(row for row in rows if all(word in text(row).casefold() for word in words))

    return found


def _card_text(card: cards.Card) -> str:
    decline = card.decline
    codes = f"{decline.code} {decline.decline_code or ''}" if decline else ""
    tokens = " ".join(card.tokens)
    return f"{card.number} {card.brand} {card.funding} {card.country} {card.does} {codes} {tokens}"


def _method_row(method: Method, country: str) -> MethodRow:
    codes = sorted(method.currencies | method.home_currencies)
    days = f"for {method.refund_days} days" if method.refund_days else "without a limit"
    return MethodRow(
        method=method,
        currencies="any" if len(codes) > _MANY else ", ".join(codes).upper(),
        customer=_CUSTOMER_DOES[method.flow],
        outcome=_OUTCOMES[method.timing],
        refunds=f"{days}, {'arrive later' if method.refunds_later else 'at once'}",
        here=any(method.takes(currency, country) for currency in codes),
    )
