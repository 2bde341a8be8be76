"""The doors that the checkout's button knocks at: placing an order, and opening the payment of one."""

from collections.abc import Callable
from typing import Annotated

import structlog
from email_validator import EmailNotValidError
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bookshop import mail, money, orders, payments, placing, telemetry
from bookshop.errors import BadRequestError, NotFoundError
from bookshop.money import Money
from bookshop.orders import Order, State
from bookshop.placing import Draft, Item, Placed
from bookshop.snapshots import PaymentSnapshot
from bookshop.web import refusals
from bookshop.web.bodies import read_json
from bookshop.web.reader import reader_of
from bookshop.wiring import Shop
from bookshop.workflows.cancel_order import put_away
from bookshop.workflows.settle_payment import Cause, settle_payment

log = structlog.get_logger()

KEY = r"^[A-Za-z0-9_-]{16,64}$"
LARGEST_QUANTITY = 99


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
    total: int = Field(ge=0, le=money.MOST, strict=True)


class Resumed(BaseModel):
    """What the page for paying an existing order sends: the total that it shows, in minor units."""

    model_config = ConfigDict(extra="forbid")

    total: int = Field(strict=True)


async def place_order(request: Request) -> Response:
    """Place the order of a checkout, or find it again, and open its payment.

    201 new, 200 found: `order_url`, `return_url`, `client_secret`. 409 the total or the order's state is not
    what the page thinks, 422 something to correct, 503 Stripe does not answer (pressing again is safe).
    """
    shop: Shop = request.app.state.shop
    words = reader_of(request).gettext
    try:
        body = await read_json(request, NewOrder)
    except ValidationError as error:
        slips = {str(detail["loc"][0]): _slip(detail["loc"], words) for detail in error.errors()}
        return refusals.invalid(request, slips)
    try:
        email = mail.deliverable(body.email)
    except EmailNotValidError:
        return refusals.invalid(
            request, {"email": words("This e-mail address does not work. Please check it for slips.")}
        )
    draft = Draft(
        checkout_key=body.checkout_key,
        items=tuple(Item(item.book, item.quantity) for item in body.items),
        currency=body.currency,
        email=email,
        shown_total=Money(body.total, body.currency),
        locale=reader_of(request).locale,
    )
    async with shop.sessions.begin() as session:
        result = await placing.place(session, draft)
    if not isinstance(result, Placed):
        return refusals.refused(request, result)
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
        return refusals.closed(request, order)
    if body.total != order.total:
        return refusals.total_changed(request, order.money)
    return await _open_payment(request, order, status=200)


async def _open_payment(request: Request, order: Order, *, status: int) -> Response:
    """Create the order's PaymentIntent, or read it where there is one, and hand its secret to the page."""
    shop: Shop = request.app.state.shop
    payment = await _payment_of(shop, order)
    async with shop.sessions.begin() as session:
        _, settled = await settle_payment(session, shop.follow_ups, payment, cause=Cause.CHECKOUT)
    if settled is not None and settled.state != State.AWAITING_PAYMENT:
        if settled.state == State.CANCELED and not payment.is_final:
            await put_away(shop, order.id, cause=Cause.CHECKOUT)
        return refusals.closed(request, settled)
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


def _slip(location: tuple[int | str, ...], words: Callable[..., str]) -> str:
    match location[0] if location else "":
        case "email":
            return words("Please give an e-mail address of at most 254 characters.")
        case "items":
            return words("Please order between 1 and %(most)s copies of each book.", most=LARGEST_QUANTITY)
        case _:
            return words("This page is out of date. Please load it again.")
