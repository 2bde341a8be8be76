"""What a checkout is told when its order cannot be placed or paid, as problems with words for people."""

from starlette.requests import Request
from starlette.responses import Response

from bookshop.money import Money
from bookshop.orders import Order, State
from bookshop.placing import AlreadyPlaced, NotForSale, TooMuch, TotalChanged
from bookshop.web.problems import problem


def refused(request: Request, result: TotalChanged | NotForSale | TooMuch | AlreadyPlaced) -> Response:
    match result:
        case NotForSale():
            return invalid(request, {"items": "One of these books is no longer for sale."})
        case TooMuch():
            return invalid(
                request, {"items": "That is more than one payment can carry: fewer copies, please."}
            )
        case TotalChanged(total):
            return total_changed(request, total)
        case AlreadyPlaced(order):
            return closed(request, order)


def invalid(request: Request, errors: dict[str, str]) -> Response:
    detail = "Nothing has been ordered or charged."
    return problem(
        request, 422, "Please check what you entered", detail, kind="/problems/invalid-order", errors=errors
    )


def total_changed(request: Request, total: Money) -> Response:
    shown = {"amount": total.amount, "currency": total.currency, "text": total.format()}
    detail = (
        f"The price has changed while this page was open: the total is now {shown['text']}. "
        "You have not been charged. Press the button again if that is fine with you."
    )
    return problem(request, 409, "The total has changed", detail, kind="/problems/total-changed", total=shown)


def closed(request: Request, order: Order) -> Response:
    """Nothing more is to be paid here. Says why, and where to look."""
    order_url = f"/orders/{order.token}"
    match order.state:
        case State.PAID:
            title, detail = (
                "This order is already paid",
                "You have paid for this order, once. It is complete.",
            )
        case State.PROCESSING:
            title, detail = (
                "Your payment is on its way",
                "There is nothing left to do; the bank is working on it.",
            )
        case State.CANCELED:
            title, detail = "This order was canceled", "You have not been charged. Start again from the book."
        case _:
            title, detail = "This checkout changed in another window", "Nothing has been charged twice."
    kind = (
        "/problems/already-paid"
        if order.state in {State.PAID, State.PROCESSING}
        else "/problems/order-closed"
    )
    return problem(request, 409, title, detail, kind=kind, order_url=order_url)
