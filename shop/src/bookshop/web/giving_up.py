"""The door by which a customer gives up an order that is not paid. Holding its address is the right to."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookshop.errors import PaymentsUnavailableError
from bookshop.languages import mark
from bookshop.web import problems
from bookshop.web.order_pages import NEVER_KEPT, find
from bookshop.web.reader import reader_of
from bookshop.wiring import Shop
from bookshop.workflows.cancel_order import cancel_order
from bookshop.workflows.settle_payment import Cause

TITLE = mark("This order could not be cancelled just now")
DETAIL = mark("The payment service is not answering, so nothing has changed. Please try again in a moment.")


async def cancel(request: Request) -> Response:
    """Cancel the order and show it; 503 while Stripe does not answer.

    The order's page says what became of it: canceled, or paid because the payment was faster.
    """
    shop: Shop = request.app.state.shop
    found = await find(request)
    address = f"/orders/{found.token}"
    try:
        await cancel_order(shop, found.id, cause=Cause.CUSTOMER)
    except PaymentsUnavailableError as error:
        back = reader_of(request).gettext("Back to your order")
        return problems.answer(
            request, error.status, TITLE, DETAIL, kind=error.kind, links=((back, address),)
        )
    return RedirectResponse(address, 303, headers=NEVER_KEPT)
