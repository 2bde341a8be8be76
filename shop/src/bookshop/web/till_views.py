"""What the shopkeeper sees of an order's money on its page, and can do about it."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from bookshop.disputes import Dispute
from bookshop.languages import mark
from bookshop.money import Money
from bookshop.order_money import OrderMoney
from bookshop.orders import UNPAID, Order, State
from bookshop.refunds import Refund, RefundState
from bookshop.review import reasons
from bookshop.web.payment_words import Words

REFUND_STATES = {
    RefundState.REQUESTED: mark("On its way to Stripe"),
    RefundState.PENDING: mark("On its way to the customer"),
    RefundState.REQUIRES_ACTION: mark("Waits for the customer"),
    RefundState.SUCCEEDED: mark("Sent"),
    RefundState.FAILED: mark("Came to nothing"),
    RefundState.CANCELED: mark("Canceled"),
}

# Stripe's words for a dispute (docs.stripe.com/api/disputes/object).
DISPUTE_STATES = {
    "warning_needs_response": mark("The bank asks, no money has moved"),
    "warning_under_review": mark("The bank reads your answer, no money has moved"),
    "warning_closed": mark("Closed, no money has moved"),
    "needs_response": mark("Waits for your answer"),
    "under_review": mark("The bank reads your answer"),
    "appeal_needs_response": mark("Appealed, waits for your answer"),
    "appeal_under_review": mark("Appealed, the bank reads your answer"),
    "won": mark("Won, the money is yours"),
    "lost": mark("Lost, the money is the customer's"),
    "prevented": mark("Settled before it became a dispute"),
}


@dataclass(frozen=True, kw_only=True)
class MovementView:
    """A refund or a dispute: how much, how it stands in words, why (as it was noted), and since when.

    `due_at` is until when a dispute wants an answer.
    """

    amount: Money
    state: str
    reason: str
    at: datetime
    due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class TillView:
    """`left` can still go back; a form posts `amount` and `key` to `refund_url`, or `key` to `call_off_url`.

    `figure` is what stands in the field for the amount, `problem` why the last press did nothing. `notes` are
    what a person should know, as the shop wrote them down.
    """

    refunds: tuple[MovementView, ...]
    disputes: tuple[MovementView, ...]
    notes: tuple[str, ...]
    left: Money
    figure: str
    key: str
    refund_url: str | None
    call_off_url: str | None
    is_paid: bool
    problem: str | None = None


def till_view(
    order: Order, money: OrderMoney, words: Words, *, figure: str | None = None, problem: str | None = None
) -> TillView:
    """The till of this order, after a press that did nothing with what was typed and why."""
    address = f"/orders/{order.token}"
    is_paid = order.state == State.PAID
    can_refund = is_paid and money.left.amount > 0 and not _is_blocked(money)
    can_call_off = order.state in UNPAID or (can_refund and order.called_off_at is None)
    return TillView(
        refunds=tuple(_refund(refund, words) for refund in money.refunds),
        disputes=tuple(_dispute(dispute, words) for dispute in money.disputes),
        notes=tuple(reasons(order)),
        left=money.left,
        figure=figure if figure is not None else str(money.left.figure),
        key=str(uuid.uuid4()),
        refund_url=f"{address}/refund" if can_refund else None,
        call_off_url=f"{address}/call-off" if can_call_off else None,
        is_paid=is_paid,
        problem=problem,
    )


def _is_blocked(money: OrderMoney) -> bool:
    return any(not dispute.is_refundable for dispute in money.disputes)


def _refund(refund: Refund, words: Words) -> MovementView:
    reason = f"{refund.cause}: {refund.failure}" if refund.failure else refund.cause
    state = words(REFUND_STATES[RefundState(refund.state)])
    return MovementView(amount=refund.money, state=state, reason=reason, at=refund.requested_at)


def _dispute(dispute: Dispute, words: Words) -> MovementView:
    state = DISPUTE_STATES.get(dispute.status)
    return MovementView(
        amount=dispute.money,
        state=words(state) if state else dispute.status,
        reason=dispute.reason,
        at=dispute.opened_at,
        due_at=dispute.evidence_due_at if dispute.status.endswith("needs_response") else None,
    )
