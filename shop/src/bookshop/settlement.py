"""Settling: an order brought to what Stripe says of its PaymentIntent, whoever brings the news."""

import uuid
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import carts, orders
from bookshop.database import now
from bookshop.orders import UNPAID, Order, State
from bookshop.snapshots import PaymentSnapshot


class Outcome(StrEnum):
    """What `settle` made of a PaymentIntent's state."""

    PAID = "paid"
    PROCESSING = "processing"
    REOPENED = "reopened"
    CANCELED = "canceled"
    UNCHANGED = "unchanged"
    FLAGGED = "flagged"
    NOT_OURS = "not ours"
    UNKNOWN_ORDER = "unknown order"


async def settle(
    session: AsyncSession, payment: PaymentSnapshot, *, cause: str
) -> tuple[Outcome, Order | None]:
    """Bring the order to what Stripe says of its PaymentIntent; the one way in which an order becomes paid.

    Called with the same right by the webhook door, the order page and the reconciler, any number of times and
    in any order: the row lock makes them queue, and a final state is never left again. The caller commits.
    """
    if payment.order_id is None or not _is_order_id(payment.order_id):
        return Outcome.NOT_OURS, None
    order = await orders.locked(session, uuid.UUID(payment.order_id))
    if order is None:
        return Outcome.UNKNOWN_ORDER, None
    if order.payment_intent_id is None:
        # The web server died between Stripe's answer and our note of it, or the event was faster.
        order.payment_intent_id = payment.id
    if order.payment_intent_id != payment.id:
        return _settle_stranger(order, payment), order
    _note(order, payment)
    outcome = _move(session, order, payment, cause)
    if outcome in {Outcome.PAID, Outcome.PROCESSING}:
        await _leave_cart(session, order)
    return outcome, order


async def _leave_cart(session: AsyncSession, order: Order) -> None:
    """Take what is paid, or will be by itself, out of the cart that it came from: once an order."""
    if order.cart_id is None or order.left_cart_at is not None:
        return
    order.left_cart_at = now()
    await carts.take_out(session, order.cart_id, {line.book_id: line.quantity for line in order.lines})


def _settle_stranger(order: Order, payment: PaymentSnapshot) -> Outcome:
    """A PaymentIntent of this order that is not its present one: harmless unless money came with it."""
    if payment.status != "succeeded":
        return Outcome.UNCHANGED
    return _flag(order, f"second payment {payment.id} for one order")


def _note(order: Order, payment: PaymentSnapshot) -> None:
    """Keep Stripe's word beside the order; `succeeded` and `canceled` are final and never overwritten."""
    if order.payment_status in {"succeeded", "canceled"} and not payment.is_final:
        return
    is_paid_now = payment.status == "succeeded" and order.payment_status != "succeeded"
    order.payment_status = payment.status
    order.payment_read_at = now()
    order.payment_next_action = payment.next_action.type if payment.next_action else None
    order.payment_action_until = payment.next_action.expires_at if payment.next_action else None
    order.payment_failure = payment.failure.message if payment.failure else None
    order.payment_failure_code = payment.failure.code if payment.failure else None
    method = payment.method
    # An event names no method. What an earlier attempt left is not what was paid with: the page will ask.
    if method or is_paid_now:
        order.payment_method = method.type if method else None
        order.card_brand = method.brand if method else None
        order.card_last4 = method.last4 if method else None
        order.wallet = method.wallet if method else None


def _move(session: AsyncSession, order: Order, payment: PaymentSnapshot, cause: str) -> Outcome:
    if payment.status == "succeeded":
        return _take_payment(session, order, payment, cause)
    if order.state not in UNPAID:
        return Outcome.UNCHANGED
    match payment.status:
        case "processing":
            return _change(session, order, State.PROCESSING, cause, Outcome.PROCESSING)
        case "canceled":
            return _change(session, order, State.CANCELED, cause, Outcome.CANCELED)
        case _:
            return _change(session, order, State.AWAITING_PAYMENT, cause, Outcome.REOPENED)


def _take_payment(session: AsyncSession, order: Order, payment: PaymentSnapshot, cause: str) -> Outcome:
    """The one place where an order becomes paid: by its own PaymentIntent, in full, while it is open."""
    if order.state == State.PAID:
        return Outcome.UNCHANGED
    if order.state not in UNPAID:
        return _flag(order, f"{payment.id} brought money after the order was {order.state}")
    if payment.received != order.money:
        received = f"{payment.received.amount} {payment.received.currency}"
        return _flag(order, f"{payment.id} brought {received} instead of {order.total} {order.currency}")
    order.paid_at = now()
    return _change(session, order, State.PAID, cause, Outcome.PAID)


def _change(session: AsyncSession, order: Order, to: State, cause: str, outcome: Outcome) -> Outcome:
    if order.state == to:
        return Outcome.UNCHANGED
    orders.move(session, order, to, cause=cause)
    return outcome


def _flag(order: Order, reason: str) -> Outcome:
    """Leave the order to a person; news only the first time, because the reconciler will ask again."""
    reasons = order.review_reason.split("\n") if order.review_reason else []
    if reason in reasons:
        return Outcome.UNCHANGED
    order.review_reason = "\n".join([*reasons, reason])
    return Outcome.FLAGGED


def _is_order_id(reference: str) -> bool:
    try:
        uuid.UUID(reference)
    except ValueError:
        return False
    return True
