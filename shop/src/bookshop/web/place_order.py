"""The doors that the checkout's button knocks at: placing an order, and opening the payment of one."""

import structlog
from email_validator import EmailNotValidError
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bookshop import mail, orders, placing, telemetry
from bookshop.cart_orders import CartChanged
from bookshop.errors import NotFoundError
from bookshop.money import Money
from bookshop.placing import Draft, Placed, Readdressed, Result
from bookshop.snapshots import PaymentSnapshot
from bookshop.web import cart, refusals
from bookshop.web.bodies import read_json
from bookshop.web.checkout_bodies import NewOrder, Resumed
from bookshop.web.client_address import counted_as
from bookshop.web.reader import reader_of
from bookshop.wiring import Shop
from bookshop.workflows.open_payment import change_total, open_payment
from bookshop.workflows.place_cart import place_cart

log = structlog.get_logger()


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
        return refusals.malformed(request, error)
    try:
        email = mail.deliverable(body.email)
    except EmailNotValidError:
        return refusals.invalid(
            request, {"email": words("This e-mail address does not work. Please check it for slips.")}
        )
    draft = Draft(
        checkout_key=body.checkout_key,
        items=body.wanted,
        currency=body.currency,
        email=email,
        address=body.shipping_address,
        shown_total=Money(body.total, body.currency),
        locale=reader_of(request).locale,
        placed_from=counted_as(request),
    )
    if body.cart:
        result = await place_cart(shop, draft, cart.token_of(request))
    else:
        async with shop.checkouts.take(), shop.sessions.begin() as session:
            result = await placing.place(session, shop.settings, draft)
    if isinstance(result, Placed) and result.is_new:
        telemetry.orders_placed.labels(result.order.currency).inc()
        log.info("order placed", order=str(result.order.id), total=result.order.total, currency=body.currency)
    return await _answer(request, result)


async def resume_payment(request: Request) -> Response:
    """Open the payment of an order that was placed before and is not paid; answers as `place_order`."""
    shop: Shop = request.app.state.shop
    try:
        body = await read_json(request, Resumed)
    except ValidationError as error:
        return refusals.malformed(request, error)
    async with shop.sessions.begin() as session:
        order = await orders.by_token(session, request.path_params["token"])
        if order is None:
            raise NotFoundError
        result = await placing.resume(
            session,
            shop.settings,
            order.id,
            locale=reader_of(request).locale,
            address=body.shipping_address,
            shown_total=Money(body.total, order.currency),
        )
    return await _answer(request, result)


async def _answer(request: Request, result: Result | CartChanged) -> Response:
    """Hand the secret of the order's payment to the page, or say why there is none."""
    shop: Shop = request.app.state.shop
    if isinstance(result, CartChanged):
        return refusals.cart_changed(request)
    if isinstance(result, Readdressed):
        result = await change_total(shop, result)
    if not isinstance(result, Placed):
        return refusals.refused(request, result)
    payment = await open_payment(shop, result.order)
    if not isinstance(payment, PaymentSnapshot):
        return refusals.refused(request, payment)
    address = f"/orders/{result.order.token}"
    return JSONResponse(
        {
            "order_url": address,
            "return_url": f"{shop.settings.public_url}{address}",
            "client_secret": payment.client_secret,
        },
        status_code=201 if result.is_new else 200,
        headers={"Cache-Control": "no-store"},
    )
