"""Settling: an order brought to what Stripe says of its PaymentIntent, whoever brings the news.

`decide` says what a piece of news means for an order, and touches nothing; `settle` does it, in one commit.
"""

from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bookshop import carts, ledger, orders, refunds, review, stock
from bookshop.database import now
from bookshop.orders import CLOSED, UNPAID, Order, State
from bookshop.refunds import Refund
from bookshop.snapshots import ABANDONED, FINAL, PaymentSnapshot, as_uuid


class Outcome(StrEnum):
    """What `settle` made of a PaymentIntent's state."""

    PAID = "paid"
    PROCESSING = "processing"
    REOPENED = "reopened"
    CANCELED = "canceled"
    EXPIRED = "expired"
    UNCHANGED = "unchanged"
    FLAGGED = "flagged"
    NOT_OURS = "not ours"
    UNKNOWN_ORDER = "unknown order"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a piece of news means for an order; `refusal` is why its money is not ours to keep."""

    outcome: Outcome
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of the news: for which order, and the refund that its money asks for by rule."""

    outcome: Outcome
    order: Order | None = None
    refund: Refund | None = None


UNCHANGED = Decision(Outcome.UNCHANGED)

# The state that an order takes by each outcome that moves it.
MOVES = {
    Outcome.PAID: State.PAID,
    Outcome.PROCESSING: State.PROCESSING,
    Outcome.REOPENED: State.AWAITING_PAYMENT,
    Outcome.CANCELED: State.CANCELED,
    Outcome.EXPIRED: State.EXPIRED,
}


# What can become of money that has not been heard of before.
BRINGS_MONEY = {Outcome.PAID, Outcome.FLAGGED}


ADOPT = (
    sa.update(Order.__table__)
    .where(Order.id == sa.bindparam("order_id"))
    .where(Order.state == State.AWAITING_PAYMENT, Order.payment_intent_id.is_(None))
    .where(Order.total == sa.bindparam("amount"), Order.currency == sa.bindparam("in_currency"))
    .values(
        payment_intent_id=sa.bindparam("payment"),
        payment_status=sa.bindparam("status"),
        payment_read_at=sa.bindparam("read_at"),
    )
    .returning(Order.id)
)


async def adopt(connection: AsyncConnection, payment: PaymentSnapshot) -> bool:
    """Give its order the PaymentIntent that was made for it just now, in one guarded statement of its own.

    That is all that `settle` would do with it as long as nobody has tried to pay. False, with nothing done,
    where there is more to settle: a closed order, one with another payment, or another amount.
    """
    if not payment.is_new:
        return False
    values = {
        "order_id": as_uuid(payment.order_id),
        "amount": payment.total.amount,
        "in_currency": payment.total.currency,
        "payment": payment.id,
        "status": payment.status,
        "read_at": now(),
    }
    alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
    return await alone.scalar(ADOPT, values) is not None


async def settle(session: AsyncSession, payment: PaymentSnapshot, *, cause: str) -> Settlement:
    """Bring the order to what Stripe says of its PaymentIntent; the one way in which an order becomes paid.

    Called with the same right by the webhook door, the order page and the reconciler, any number of times and
    in any order: the row lock makes them queue, and a final state is never left again but for one, an expired
    order that is paid after all and whose books can still be had. The caller commits.
    """
    order_id = as_uuid(payment.order_id)
    if order_id is None:
        return Settlement(Outcome.NOT_OURS)
    order = await orders.locked_for_news(session, order_id)
    if order is None:
        return Settlement(Outcome.UNKNOWN_ORDER)
    if order.payment_intent_id is None and payment.total == order.money:
        # The web server died between Stripe's answer and our note of it, or the event was faster. One that
        # asks for something else was made by hand.
        order.payment_intent_id = payment.id
    decision = decide(order, payment)
    if order.payment_intent_id == payment.id:
        note(order, payment)
    # One statement writes all that changes on the order, when everything else is decided.
    with session.no_autoflush:
        return await _carry_out(session, order, payment, decision, cause)


async def _carry_out(
    session: AsyncSession, order: Order, payment: PaymentSnapshot, decision: Decision, cause: str
) -> Settlement:
    if decision.outcome in BRINGS_MONEY and payment.received.amount > 0:
        await ledger.charge(session, order.id, payment.id, payment.received)
    if payment.fee is not None and payment.status == "succeeded":
        # Stripe tells it later than the payment.
        await ledger.fee(session, order.id, payment.fee.transaction_id, payment.fee.money)
    if decision.refusal is not None:
        return await _give_back(session, order, payment, decision.refusal)
    may_hold_copies = order.holds_copies is not False
    if decision.outcome == Outcome.PAID and may_hold_copies and not await stock.sell(session, order.id):
        return await _give_back(session, order, payment, f"{payment.id} paid for books that are sold out")
    await _take(session, order, decision.outcome, cause)
    return Settlement(decision.outcome, order)


def decide(order: Order, payment: PaymentSnapshot) -> Decision:
    """What this news means for a locked order."""
    if payment.status == "succeeded":
        return _decide_payment(order, payment)
    if order.payment_intent_id != payment.id:
        return UNCHANGED
    if order.state not in UNPAID:
        return UNCHANGED
    match payment.status:
        case "processing":
            outcome = Outcome.PROCESSING
        case "canceled":
            is_abandoned = payment.cancellation_reason == ABANDONED
            outcome = Outcome.EXPIRED if is_abandoned else Outcome.CANCELED
        case _:
            outcome = Outcome.REOPENED
    return UNCHANGED if order.state == MOVES[outcome] else Decision(outcome)


def _decide_payment(order: Order, payment: PaymentSnapshot) -> Decision:
    """An order becomes paid by its own PaymentIntent, in full, unless its customer has given it up."""
    if any(payment.id in reason for reason in review.reasons(order)):
        # Refused before, and on its way back; the reconciler asks again and again.
        return UNCHANGED
    if order.payment_intent_id != payment.id:
        return _refuse(f"second payment {payment.id} for one order")
    if order.state == State.PAID:
        return UNCHANGED
    if payment.received != order.money:
        received = f"{payment.received.amount} {payment.received.currency}"
        return _refuse(f"{payment.id} brought {received} instead of {order.total} {order.currency}")
    if order.state == State.CANCELED:
        return _refuse(f"{payment.id} brought money after the order was {order.state}")
    return Decision(Outcome.PAID)


def _refuse(reason: str) -> Decision:
    return Decision(Outcome.FLAGGED, reason)


def note(order: Order, payment: PaymentSnapshot) -> None:
    """Keep Stripe's word beside the order; `succeeded` and `canceled` are final and never overwritten."""
    is_late = order.payment_status in FINAL and not payment.is_final
    if is_late or (order.payment_status == "succeeded" and payment.status == "canceled"):
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


async def _take(session: AsyncSession, order: Order, outcome: Outcome, cause: str) -> None:
    """Move the order, with everything that goes with it."""
    if outcome not in MOVES:
        return
    await orders.move(session, order, MOVES[outcome], cause=cause)
    if order.state in CLOSED:
        await stock.release(session, order.id)
    if outcome in {Outcome.PAID, Outcome.PROCESSING}:
        await _leave_cart(session, order)
    if outcome == Outcome.PAID:
        # The commit gives it an invoice number: see invoices.py.
        order.paid_at = now()


async def _leave_cart(session: AsyncSession, order: Order) -> None:
    """Take what is paid, or will be by itself, out of the cart that it came from: once an order."""
    if order.cart_id is None or order.left_cart_at is not None:
        return
    order.left_cart_at = now()
    await orders.load_lines(session, order)
    await carts.take_out(session, order.cart_id, {line.book_id: line.quantity for line in order.lines})


async def _give_back(
    session: AsyncSession, order: Order, payment: PaymentSnapshot, reason: str
) -> Settlement:
    """Refund money in full that is not ours to keep, and tell a person why.

    An order that its own payment did not pay is over with it: its books go back.
    """
    review.flag(order, reason)
    if order.payment_intent_id == payment.id and order.state in UNPAID:
        await orders.move(session, order, State.CANCELED, cause=reason)
        await stock.release(session, order.id)
    if payment.received.amount == 0:
        return Settlement(Outcome.FLAGGED, order)
    refund = await refunds.request(session, order, payment.id, None, cause=reason)
    # Somebody was faster in Stripe's Dashboard, or the customer's bank was.
    due = refund if isinstance(refund, Refund) else None
    return Settlement(Outcome.FLAGGED, order, due)
