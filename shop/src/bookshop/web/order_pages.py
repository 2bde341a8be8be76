"""The order's own page: it settles on arrival, says how things stand, and follows what is not final."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bookshop import order_money, orders
from bookshop.books import Book
from bookshop.database import now
from bookshop.errors import NotFoundError
from bookshop.money import Money
from bookshop.order_money import OrderMoney
from bookshop.orders import CLOSED, UNPAID, Order, State
from bookshop.snapshots import TAKEN
from bookshop.web import cart_count, shopkeeper, templating
from bookshop.web.book_pages import cover_url
from bookshop.web.order_scenes import scene_of
from bookshop.web.pages import CheckoutPage, LineView, OrderPage, Scene
from bookshop.web.payment_words import failure_sentence, method_name, provider
from bookshop.web.reader import reader_of
from bookshop.web.till_views import till_view
from bookshop.wiring import Shop
from bookshop.workflows.settle_payment import Cause, ask_stripe

log = structlog.get_logger()

NEVER_KEPT = {"Cache-Control": "no-store"}

# While a page follows its order, Stripe is asked this often at most, however many pages follow it.
BETWEEN_READS = timedelta(seconds=3)


async def order(request: Request) -> Response:
    """The order, by Stripe's latest word. The query that Stripe adds holds a secret and is dropped."""
    shop: Shop = request.app.state.shop
    found = await find(request)
    if request.url.query:
        return RedirectResponse(f"/orders/{found.token}", 303, headers=NEVER_KEPT)
    if found.state in UNPAID or (found.state == State.PAID and found.payment_method is None):
        _, found = await ask_stripe(shop, found, cause=Cause.ORDER_PAGE)
        await cart_count.recount(request)
    return templating.render(request, await view(request, found), headers=NEVER_KEPT)


async def status(request: Request) -> Response:
    """The order's state for the page that follows it."""
    shop: Shop = request.app.state.shop
    found = await find(request)
    if found.state in UNPAID and (
        found.payment_read_at is None or found.payment_read_at < now() - BETWEEN_READS
    ):
        _, found = await ask_stripe(shop, found, cause=Cause.ORDER_PAGE)
    body = {
        "state": found.state,
        "payment_status": found.payment_status,
        "scene": _scene(found, await _money(shop, found)),
        "method": method_name(found, reader_of(request).gettext),
        "is_final": found.state not in UNPAID,
    }
    return JSONResponse(body, headers=NEVER_KEPT)


async def pay_again(request: Request) -> Response:
    """The payment form for an order that was placed before and is not paid."""
    shop: Shop = request.app.state.shop
    found = await find(request)
    if not _can_be_paid(found):
        return RedirectResponse(f"/orders/{found.token}", 303, headers=NEVER_KEPT)
    page = CheckoutPage(
        lines=await line_views(shop, found),
        total=found.money,
        checkout_key=found.checkout_key,
        publishable_key=shop.settings.stripe_publishable_key,
        subtotal=found.subtotal,
        shipping=found.shipping if found.address else None,
        countries=shop.settings.shipping_countries,
        address=found.address.for_form() if found.address else None,
        email=found.email,
        order_url=f"/orders/{found.token}",
    )
    return templating.render(request, page, headers=NEVER_KEPT)


async def find(request: Request) -> Order:
    """The order at this address.

    Raises:
        NotFoundError: there is none.
    """
    shop: Shop = request.app.state.shop
    async with shop.sessions() as session:
        found = await orders.by_token(session, request.path_params["token"])
    if found is None:
        raise NotFoundError
    return found


async def line_views(shop: Shop, found: Order) -> tuple[LineView, ...]:
    """The order's lines as they were sold, with author and cover from the shelf."""
    async with shop.sessions() as session:
        query = sa.select(Book).where(Book.id.in_([line.book_id for line in found.lines]))
        shelf = {book.id: book for book in await session.scalars(query)}
    views = []
    for line in found.lines:
        price = Money(line.unit_amount, found.currency)
        views.append(
            LineView(
                slug=line.slug,
                title=line.title,
                author=shelf[line.book_id].author,
                quantity=line.quantity,
                unit_price=price,
                total=price * line.quantity,
                cover_url=cover_url(line.slug),
                palette=shelf[line.book_id].palette,
            )
        )
    return tuple(views)


async def view(
    request: Request, found: Order, *, figure: str | None = None, problem: str | None = None
) -> OrderPage:
    """The order's page. `figure` and `problem` tell the shopkeeper what was wrong with the last press."""
    shop: Shop = request.app.state.shop
    words = reader_of(request).gettext
    address = f"/orders/{found.token}"
    dashboard = f"{shop.settings.stripe_dashboard_url}/payments/{found.payment_intent_id}"
    is_shopkeeper = shopkeeper.is_signed_in(request)
    money = await _money(shop, found)
    return OrderPage(
        number=found.number,
        state=State(found.state).value,
        payment_status=found.payment_status,
        total=found.money,
        lines=await line_views(shop, found),
        email=found.email,
        status_url=f"{address}/status",
        buy_again_url=f"/books/{found.lines[0].slug}",
        is_final=found.state not in UNPAID,
        subtotal=found.subtotal,
        shipping=found.shipping if found.address else None,
        address=found.address.lines(reader_of(request).language.babel) if found.address else (),
        payment_intent_id=found.payment_intent_id,
        method=method_name(found, words) if found.state not in CLOSED else None,
        method_type=found.payment_method,
        provider=provider(found, words),
        next_action=found.payment_next_action,
        action_until=found.payment_action_until,
        failure_code=found.payment_failure_code,
        placed_at=found.created_at,
        paid_at=found.paid_at,
        failure_message=failure_sentence(found, words),
        is_called_off=found.called_off_at is not None,
        is_under_review=_is_under_review(found),
        was_too_late_to_cancel=found.cancel_refused_by is not None,
        pay_url=f"{address}/pay" if _can_be_paid(found) else None,
        cancel_url=f"{address}/cancel" if _can_be_canceled(found) else None,
        order_url=address,
        publishable_key=shop.settings.stripe_publishable_key,
        dashboard_url=dashboard if found.payment_intent_id and is_shopkeeper else None,
        till=till_view(found, money, words, figure=figure, problem=problem) if is_shopkeeper else None,
        **_money_facts(money),
    )


async def _money(shop: Shop, found: Order) -> OrderMoney:
    """What the order's money has done; an order that no money came for is asked nothing."""
    if found.state != State.PAID and not _is_under_review(found):
        return OrderMoney.none(found.currency)
    async with shop.sessions() as session:
        return await order_money.of_order(session, found)


def _scene(found: Order, money: OrderMoney) -> Scene:
    if money.going_back.amount:
        return "refunded" if money.is_all_going_back else "partly_refunded"
    return scene_of(
        State(found.state).value,
        payment_status=found.payment_status,
        next_action=found.payment_next_action,
        failure_code=found.payment_failure_code,
        method=found.payment_method,
        is_under_review=_is_under_review(found),
        is_given_back=money.returned is not None,
    )


def _money_facts(money: OrderMoney) -> dict[str, Any]:
    """What the page tells of money that went back."""
    return {
        "amount_refunded": money.going_back if money.going_back.amount else None,
        "is_fully_refunded": money.is_all_going_back,
        "is_refund_under_way": money.is_under_way,
        "does_refund_ask": money.asks_customer,
        "has_refund_failed": money.has_failed,
        "returned": money.returned,
        "is_disputed": any(dispute.is_open for dispute in money.disputes),
        "amount_disputed": money.taken_by_bank,
    }


def _is_under_review(found: Order) -> bool:
    """Money that came in another way than asked for waits for a person, not for more money."""
    return found.review_reason is not None


def _can_be_paid(found: Order) -> bool:
    return _can_be_canceled(found) and found.payment_status != "requires_capture"


def _can_be_canceled(found: Order) -> bool:
    is_open = found.state == State.AWAITING_PAYMENT and found.payment_status not in TAKEN
    return is_open and not _is_under_review(found)
