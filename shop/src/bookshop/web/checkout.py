"""The checkout page, and the doors that its button knocks at."""

import re
import secrets
from typing import Annotated

import structlog
from email_validator import EmailNotValidError
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bookshop import books, mail, orders, payments, telemetry
from bookshop.errors import BadRequestError, NotFoundError
from bookshop.money import Money
from bookshop.orders import (
    AlreadyPlaced,
    Draft,
    Item,
    NotForSale,
    Order,
    Placed,
    State,
    TooMuch,
    TotalChanged,
)
from bookshop.payments import PaymentSnapshot
from bookshop.web import templating
from bookshop.web.bodies import read_json
from bookshop.web.book_pages import CURRENCY, cover_url
from bookshop.web.order_pages import line_views
from bookshop.web.pages import CheckoutPage, LineView
from bookshop.web.problems import problem
from bookshop.wiring import Shop
from bookshop.workflows.settle_payment import Cause, settle_payment

log = structlog.get_logger()

KEY = r"^[A-Za-z0-9_-]{16,64}$"
LARGEST_QUANTITY = 99
COOKIE = "checkout"
COOKIE_SECONDS = 86_400


class OrderedItem(BaseModel):
    """So many copies of one book."""

    model_config = ConfigDict(extra="forbid")

    book: Annotated[str, StringConstraints(max_length=80)]
    quantity: int = Field(ge=1, le=LARGEST_QUANTITY, strict=True)


class NewOrder(BaseModel):
    """What the checkout page sends. `total` (minor units) is what it shows: compared, never charged."""

    model_config = ConfigDict(extra="forbid")

    checkout_key: Annotated[str, StringConstraints(pattern=KEY)]
    items: list[OrderedItem] = Field(min_length=1, max_length=20)
    currency: Annotated[str, StringConstraints(pattern="^[a-z]{3}$")]
    email: Annotated[str, StringConstraints(max_length=320)]
    total: int = Field(ge=0, le=books.LARGEST_AMOUNT, strict=True)


class Resumed(BaseModel):
    """What the page for paying an existing order sends: the total that it shows, in minor units."""

    model_config = ConfigDict(extra="forbid")

    total: int = Field(strict=True)


async def page(request: Request) -> Response:
    """The checkout of one book. Its key lives in the address: a reload or a second tab is the same one."""
    shop: Shop = request.app.state.shop
    slug = request.path_params["slug"]
    quantity = _quantity(request)
    key = request.query_params.get("key", "")
    async with shop.sessions() as session:
        order = await orders.by_checkout_key(session, key) if re.fullmatch(KEY, key) else None
        if order is not None and order.state != State.AWAITING_PAYMENT:
            return RedirectResponse(f"/orders/{order.token}", 303)
        book = await books.find(session, slug)
        price = book.price(CURRENCY) if book else None
        if book is None or price is None:
            raise NotFoundError
        if not re.fullmatch(KEY, key):
            key = await _remembered_key(request, session, quantity) or secrets.token_urlsafe(16)
            return _to_own_address(request, slug, quantity, key, shop)
    line = LineView(
        slug=book.slug,
        title=book.title,
        author=book.author,
        quantity=quantity,
        unit_price=price.format(),
        total=(price * quantity).format(),
        cover_url=cover_url(book.slug),
        palette=book.palette,
    )
    shown = CheckoutPage(
        lines=await line_views(shop, order) if order else (line,),
        total=(order.money if order else price * quantity).format(),
        amount=order.total if order else (price * quantity).amount,
        currency=CURRENCY,
        checkout_key=key,
        publishable_key=shop.settings.stripe_publishable_key,
        email=order.email if order else "",
    )
    return templating.render(request, shown, headers={"Cache-Control": "no-store"})


async def place_order(request: Request) -> Response:
    """Place the order of a checkout, or find it again, and open its payment.

    201 new, 200 found: `order_url`, `return_url`, `client_secret`. 409 the total or the order's state is not
    what the page thinks, 422 something to correct, 503 Stripe does not answer (pressing again is safe).
    """
    shop: Shop = request.app.state.shop
    try:
        body = await read_json(request, NewOrder)
    except ValidationError as error:
        return _invalid(
            request,
            {str(detail["loc"][0]): _words(detail["loc"]) for detail in error.errors()},
        )
    try:
        email = mail.deliverable(body.email)
    except EmailNotValidError as error:
        return _invalid(request, {"email": f"This e-mail address does not work: {_sentence(str(error))}"})
    draft = Draft(
        checkout_key=body.checkout_key,
        items=tuple(Item(item.book, item.quantity) for item in body.items),
        currency=body.currency,
        email=email,
        shown_total=Money(body.total, body.currency),
    )
    async with shop.sessions.begin() as session:
        result = await orders.place(session, draft)
    if not isinstance(result, Placed):
        return _refused(request, result)
    if result.is_new:
        telemetry.orders_placed.labels(result.order.currency).inc()
        log.info("order placed", order=str(result.order.id), total=result.order.total, currency=body.currency)
    return await _open_payment(request, result.order, status=201 if result.is_new else 200)


async def resume_payment(request: Request) -> Response:
    """Open the payment of an order that was placed before and is not paid; answers as `place_order`."""
    shop: Shop = request.app.state.shop
    try:
        body = await read_json(request, Resumed)
    except ValidationError as error:
        raise BadRequestError("This address takes the total that the page shows.") from error
    async with shop.sessions() as session:
        order = await orders.by_token(session, request.path_params["token"])
    if order is None:
        raise NotFoundError
    if order.state != State.AWAITING_PAYMENT:
        return _closed(request, order)
    if body.total != order.total:
        return _total_changed(request, order.money)
    return await _open_payment(request, order, status=200)


async def _open_payment(request: Request, order: Order, *, status: int) -> Response:
    """Create the order's PaymentIntent, or read it where there is one, and hand its secret to the page."""
    shop: Shop = request.app.state.shop
    payment = await _payment_of(shop, order)
    async with shop.sessions.begin() as session:
        _, settled = await settle_payment(session, shop.follow_ups, payment, cause=Cause.CHECKOUT)
    if settled is not None and settled.state != State.AWAITING_PAYMENT:
        return _closed(request, settled)
    return JSONResponse(
        {
            "order_url": f"/orders/{order.token}",
            "return_url": f"{shop.settings.public_url}/orders/{order.token}",
            "client_secret": payment.client_secret,
        },
        status_code=status,
        headers={"Cache-Control": "no-store"},
    )


async def _payment_of(shop: Shop, order: Order) -> PaymentSnapshot:
    if order.payment_intent_id is not None:
        return await payments.read(shop.stripe, order.payment_intent_id)
    return await payments.open_intent(
        shop.stripe,
        total=order.money,
        order_id=str(order.id),
        idempotency_key=order.idempotency_key,
        description=order.description,
    )


def _quantity(request: Request) -> int:
    text = request.query_params.get("quantity", "1")
    quantity = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if not 1 <= quantity <= LARGEST_QUANTITY:
        raise BadRequestError(f"Between 1 and {LARGEST_QUANTITY} copies can be ordered at once.")
    return quantity


async def _remembered_key(request: Request, session: AsyncSession, quantity: int) -> str | None:
    """The key of this browser's open checkout of as many copies, so that two tabs share one order."""
    wanted, _, key = request.cookies.get(COOKIE, "").partition(".")
    if wanted != str(quantity) or not re.fullmatch(KEY, key):
        return None
    order = await orders.by_checkout_key(session, key)
    return key if order is None or order.state == State.AWAITING_PAYMENT else None


def _to_own_address(request: Request, slug: str, quantity: int, key: str, shop: Shop) -> Response:
    response = RedirectResponse(f"/checkout/{slug}?quantity={quantity}&key={key}", 303)
    response.set_cookie(
        COOKIE,
        f"{quantity}.{key}",
        max_age=COOKIE_SECONDS,
        path=request.url.path,
        secure=shop.settings.public_url.startswith("https://"),
        httponly=True,
        samesite="lax",
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _refused(request: Request, result: TotalChanged | NotForSale | TooMuch | AlreadyPlaced) -> Response:
    match result:
        case NotForSale():
            return _invalid(request, {"items": "One of these books is no longer for sale."})
        case TooMuch():
            return _invalid(
                request, {"items": "That is more than one payment can carry: fewer copies, please."}
            )
        case TotalChanged(total):
            return _total_changed(request, total)
        case AlreadyPlaced(order):
            return _closed(request, order)


def _invalid(request: Request, errors: dict[str, str]) -> Response:
    detail = "Nothing has been ordered or charged."
    return problem(
        request, 422, "Please check what you entered", detail, kind="/problems/invalid-order", errors=errors
    )


def _total_changed(request: Request, total: Money) -> Response:
    shown = {"amount": total.amount, "currency": total.currency, "text": total.format()}
    detail = (
        f"The price has changed while this page was open: the total is now {shown['text']}. "
        "You have not been charged. Press the button again if that is fine with you."
    )
    return problem(request, 409, "The total has changed", detail, kind="/problems/total-changed", total=shown)


def _closed(request: Request, order: Order) -> Response:
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


def _words(location: tuple[int | str, ...]) -> str:
    match location[0] if location else "":
        case "email":
            return "Please give an e-mail address of at most 254 characters."
        case "items":
            return f"Please order between 1 and {LARGEST_QUANTITY} copies of each book."
        case _:
            return "This page is out of date. Please load it again."


def _sentence(text: str) -> str:
    return text[:1].lower() + text[1:] if text else text
