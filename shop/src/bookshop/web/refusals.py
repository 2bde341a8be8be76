"""What a checkout is told when its order cannot be placed or paid, as problems with words for people."""

import math
from collections.abc import Callable
from datetime import timedelta

from babel.dates import format_timedelta
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from bookshop.carts import MOST_COPIES
from bookshop.countries import country_name
from bookshop.money import Money
from bookshop.orders import Order, State
from bookshop.placing import AlreadyPlaced, Refusal, SoldOut, TooOften, TotalChanged
from bookshop.quotes import NotForSale, NotShippable, TooLittle, TooMuch, Unsellable
from bookshop.web.problems import problem
from bookshop.web.reader import reader_of


def refused(request: Request, result: Refusal) -> Response:
    match result:
        case TooOften(wait):
            return too_often(request, wait)
        case TotalChanged():
            return total_changed(request, result)
        case AlreadyPlaced(order):
            return closed(request, order)
        case NotShippable():
            return invalid(request, {"shipping_address": _unsellable(request, result)})
        case _:
            return invalid(request, {"items": _unsellable(request, result)})


def _unsellable(request: Request, result: Unsellable | SoldOut) -> str:
    words, locale = reader_of(request).gettext, reader_of(request).language.babel
    match result:
        case NotForSale():
            sentence = words("One of these books is no longer for sale.")
        case SoldOut(title, 0):
            sentence = words("“%(title)s” has just been sold out.", title=title)
        case SoldOut(title, left):
            sentence = words("Copies of “%(title)s” left: %(left)s. Fewer, please.", title=title, left=left)
        case TooMuch(limit):
            sentence = words(
                "That is more than one payment can carry, %(most)s: fewer copies, please.",
                most=limit.format(locale),
            )
        case TooLittle(limit):
            sentence = words(
                "Payments begin at %(least)s, and this is less: more copies, please.",
                least=limit.format(locale),
            )
        case NotShippable(country, currency):
            sentence = words(
                "%(country)s: we do not ship there for payments in %(currency)s. "
                "Please choose another country.",
                country=country_name(country, locale),
                currency=currency.upper(),
            )
    return sentence


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


def malformed(request: Request, error: ValidationError) -> Response:
    """What the page sent does not fit; says it under the name of the field that a person can mend."""
    words = reader_of(request).gettext
    return invalid(request, {str(detail["loc"][0]): _slip(detail["loc"], words) for detail in error.errors()})


def total_changed(request: Request, changed: TotalChanged) -> Response:
    reader = reader_of(request)
    detail = reader.gettext(
        "The price has changed while this page was open: the total is now %(total)s. "
        "You have not been charged. Press the button again if that is fine with you.",
        total=changed.total.format(reader.language.babel),
    )
    return problem(
        request,
        409,
        reader.gettext("The total has changed"),
        detail,
        kind="/problems/total-changed",
        total=shown(request, changed.total),
        shipping=shown(request, changed.shipping),
    )


def shown(request: Request, amount: Money) -> dict[str, str | int]:
    """An amount for the page's script: in minor units for Stripe's form, as text for the reader."""
    text = amount.format(reader_of(request).language.babel)
    return {"amount": amount.amount, "currency": amount.currency, "text": text}


def cart_changed(request: Request) -> Response:
    """The page is of an older cart. It takes the present one from `checkout_url`.

    That leads to `cart_url` where there is nothing that can be bought.
    """
    words = reader_of(request).gettext
    detail = words(
        "Your cart has changed since this page was opened, perhaps in another window. You have not been "
        "charged for this. Look at what is in it now, and press the button again if that is fine with you."
    )
    return problem(
        request,
        409,
        words("Your cart has changed"),
        detail,
        kind="/problems/cart-changed",
        checkout_url="/checkout",
        cart_url="/cart",
    )


def too_often(request: Request, wait: timedelta) -> Response:
    """429: what an address or an order may do within a while is used up. Says when there is more of it."""
    reader = reader_of(request)
    comfort = reader.gettext("Nothing has been charged for it.")
    detail = f"{wait_sentence(request, wait)} {comfort}"
    seconds = math.ceil(wait.total_seconds())
    response = problem(
        request,
        429,
        reader.gettext("Too many attempts for now"),
        detail,
        kind="/problems/too-often",
        retry_after=seconds,
    )
    response.headers["Retry-After"] = str(seconds)
    return response


def wait_sentence(request: Request, wait: timedelta) -> str:
    """Why this attempt has to wait, and until when."""
    reader = reader_of(request)
    # Translators: %(when)s is such as "in 7 minutes".
    return reader.gettext(
        "There have been many attempts within a short time, so this one has to wait. Please try again "
        "%(when)s.",
        when=moment(wait, reader.language.babel),
    )


def moment(wait: timedelta, locale: str) -> str:
    """As people say it, such as "in 7 minutes": whole minutes below an hour, then whole hours, rounded up."""
    unit = timedelta(hours=1) if wait > timedelta(minutes=59) else timedelta(minutes=1)
    whole = math.ceil(wait / unit) * unit
    return format_timedelta(whole, threshold=1, add_direction=True, locale=locale)


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
        case State.CANCELED | State.EXPIRED if order.review_reason is not None:
            title = words("This order was closed")
            detail = words("Its payment came in a way that we could not take, and is on its way back to you.")
        case State.CANCELED:
            title = words("This order was canceled")
            detail = words("You have not been charged. Start again from the book.")
        case State.EXPIRED:
            title = words("This order waited too long")
            detail = words("You have not been charged. Start again from the book.")
        case _:
            title = words("This checkout changed in another window")
            detail = words("Nothing has been charged twice.")
    is_paid = order.state in {State.PAID, State.PROCESSING}
    kind = "/problems/already-paid" if is_paid else "/problems/order-closed"
    return problem(request, 409, title, detail, kind=kind, order_url=f"/orders/{order.token}")


def _slip(location: tuple[int | str, ...], words: Callable[..., str]) -> str:
    match location:
        case ("email", *_):
            return words("Please give an e-mail address of at most 254 characters.")
        case ("items", *_):
            return words("Please order between 1 and %(most)s copies of each book.", most=MOST_COPIES)
        case ("shipping_address", "country") | ("country", *_):
            return words("Please choose a country for the shipping address.")
        case ("shipping_address", *_):
            return words("Please complete the shipping address, each part of it on one short line.")
        case _:
            return words("This page is out of date. Please load it again.")
