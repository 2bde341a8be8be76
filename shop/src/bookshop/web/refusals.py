"""What a checkout is told when its order cannot be placed or paid, as problems with words for people."""

from starlette.requests import Request
from starlette.responses import Response

from bookshop.money import Money
from bookshop.orders import Order, State
from bookshop.placing import AlreadyPlaced, NotForSale, Refusal, TooLittle, TooMuch, TotalChanged
from bookshop.web.problems import problem
from bookshop.web.reader import reader_of


def refused(request: Request, result: Refusal) -> Response:
    words = reader_of(request).gettext
    match result:
        case NotForSale():
            return invalid(request, {"items": words("One of these books is no longer for sale.")})
        case TooMuch(limit):
            sentence = words(
                "That is more than one payment can carry, %(most)s: fewer copies, please.",
                most=limit.format(reader_of(request).language.babel),
            )
            return invalid(request, {"items": sentence})
        case TooLittle(limit):
            sentence = words(
                "Payments begin at %(least)s, and this is less: more copies, please.",
                least=limit.format(reader_of(request).language.babel),
            )
            return invalid(request, {"items": sentence})
        case TotalChanged(total):
            return total_changed(request, total)
        case AlreadyPlaced(order):
            return closed(request, order)


def invalid(request: Request, errors: dict[str, str]) -> Response:
    words = reader_of(request).gettext
    return problem(
        request,
        422,
        words("Please check what you entered"),
        words("Nothing has been ordered or charged."),
        kind="/problems/invalid-order",
        errors=errors,
    )


def total_changed(request: Request, total: Money) -> Response:
    reader = reader_of(request)
    text = total.format(reader.language.babel)
    detail = reader.gettext(
        "The price has changed while this page was open: the total is now %(total)s. "
        "You have not been charged. Press the button again if that is fine with you.",
        total=text,
    )
    shown = {"amount": total.amount, "currency": total.currency, "text": text}
    title = reader.gettext("The total has changed")
    return problem(request, 409, title, detail, kind="/problems/total-changed", total=shown)


def closed(request: Request, order: Order) -> Response:
    """Nothing more is to be paid here. Says why, and where to look."""
    words = reader_of(request).gettext
    match order.state:
        case State.PAID:
            title = words("This order is already paid")
            detail = words("You have paid for this order, once. It is complete.")
        case State.PROCESSING:
            title = words("Your payment is on its way")
            detail = words("There is nothing left to do; the bank is working on it.")
        case State.CANCELED:
            title = words("This order was canceled")
            detail = words("You have not been charged. Start again from the book.")
        case _:
            title = words("This checkout changed in another window")
            detail = words("Nothing has been charged twice.")
    is_paid = order.state in {State.PAID, State.PROCESSING}
    kind = "/problems/already-paid" if is_paid else "/problems/order-closed"
    return problem(request, 409, title, detail, kind=kind, order_url=f"/orders/{order.token}")
