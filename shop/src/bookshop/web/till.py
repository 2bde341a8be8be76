"""The shopkeeper's doors on an order's page: refund a part or all of it, or call the order off."""

import uuid

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookshop.errors import NotFoundError, PaymentsUnavailableError
from bookshop.languages import mark
from bookshop.money import Money
from bookshop.orders import Order
from bookshop.refunds import Refund, TooMuchBack
from bookshop.web import order_pages, problems, shopkeeper, templating
from bookshop.web.bodies import read_form
from bookshop.web.order_pages import NEVER_KEPT
from bookshop.web.reader import reader_of
from bookshop.wiring import Shop
from bookshop.workflows.return_money import CalledOff, call_off, refund_by_hand

TITLE = mark("This order could not be cancelled just now")
DETAIL = mark("The payment service is not answering, so nothing has changed. Please try again in a moment.")


async def refund(request: Request) -> Response:
    """Give so much back and show the order; its page again with a sentence (422) where that cannot be.

    Two posts of one form are one refund: the form carries its key.

    Raises:
        NotFoundError: nobody is signed in; whoever is not need not know of this door.
    """
    shop: Shop = request.app.state.shop
    found, form = await _order_and_form(request)
    figure = form.get("amount", "").strip()
    try:
        amount = Money.of(figure.replace(",", "."), found.currency)
    except ValueError:
        words = reader_of(request).gettext
        return await _again(request, found, figure, words("Please give an amount such as 23.00."))
    made = await refund_by_hand(shop, found.id, amount, reason=form.get("reason", ""), key=_key(form))
    if isinstance(made, Refund):
        return RedirectResponse(f"/orders/{found.token}#till", 303, headers=NEVER_KEPT)
    return await _again(request, found, figure, _refusal(request, made))


async def cancel_and_refund(request: Request) -> Response:
    """Call the order off and show it; 503 while Stripe does not answer.

    Raises:
        NotFoundError: nobody is signed in.
    """
    shop: Shop = request.app.state.shop
    found, _ = await _order_and_form(request)
    address = f"/orders/{found.token}"
    try:
        done = await call_off(shop, found.id)
    except PaymentsUnavailableError as error:
        back = reader_of(request).gettext("Back to the order")
        return problems.answer(
            request, error.status, TITLE, DETAIL, kind=error.kind, links=((back, address),)
        )
    if done is CalledOff.MOVING:
        words = reader_of(request).gettext
        sentence = words("Its money is moving. Once it has arrived, cancel again to give it back.")
        return await _again(request, await order_pages.find(request), None, sentence)
    if not isinstance(done, CalledOff):
        return await _again(request, await order_pages.find(request), None, _refusal(request, done))
    return RedirectResponse(f"{address}#till", 303, headers=NEVER_KEPT)


async def _order_and_form(request: Request) -> tuple[Order, dict[str, str]]:
    if not shopkeeper.is_signed_in(request):
        raise NotFoundError
    return await order_pages.find(request), await read_form(request)


def _key(form: dict[str, str]) -> uuid.UUID | None:
    """The form's own key; a script that sends none asks for a new refund each time."""
    try:
        return uuid.UUID(form.get("key", ""))
    except ValueError:
        return None


async def _again(request: Request, found: Order, figure: str | None, sentence: str) -> Response:
    view = await order_pages.view(request, found, figure=figure, problem=sentence)
    return templating.render(request, view, status=422, headers=NEVER_KEPT)


def _refusal(request: Request, refusal: object) -> str:
    reader = reader_of(request)
    if isinstance(refusal, TooMuchBack) and refusal.left.amount > 0:
        left = refusal.left.format(reader.language.babel)
        return reader.gettext("Of this payment %(left)s are left; no more can go back.", left=left)
    if isinstance(refusal, TooMuchBack):
        return reader.gettext("Nothing of this payment is left to go back.")
    return reader.gettext(
        "The customer's bank disputes this payment: a refund would give the money back twice."
    )
