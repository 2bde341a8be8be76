"""The test cards, to copy from."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox import cards
from stripe_sandbox.dashboard.rendering import Renderer


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something typed that the form refuses before any request is made, and the error's code."""

    field: str
    typed: str
    code: str


@dataclass(frozen=True, slots=True)
class CardTablePage:
    groups: tuple[tuple[str, tuple[cards.Card, ...]], ...]
    refusals: tuple[Refusal, ...]


# Source: https://docs.stripe.com/testing, under declines, and https://docs.stripe.com/error-codes.
_REFUSALS = (
    Refusal("Card number", "4242424242424241", "incorrect_number"),
    Refusal("Expiry, a month that does not exist", "13 / 34", "invalid_expiry_month"),
    Refusal("Expiry, a year that is over", "12 / 20", "invalid_expiry_year_past"),
    Refusal("Security code, too short", "99", "incomplete_cvc"),
)
_PAGE = CardTablePage(cards.GROUPS, _REFUSALS)


class CardTable:
    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer

    async def page(self, request: Request) -> Response:
        return self._renderer.answer(request, "card_table.html", _PAGE)
