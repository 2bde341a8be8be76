"""What an order's money has done so far, read from the ledger, the refunds and the disputes together."""

from dataclasses import dataclass
from typing import Self

from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import disputes, ledger, refunds
from bookshop.disputes import Dispute
from bookshop.money import Money
from bookshop.orders import Order, State
from bookshop.refunds import UNDER_WAY, Refund, RefundState


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """Refunds and disputes newest first.

    `paid` is what the payment brought that pays the order, `going_back` what has gone back of it or is on its
    way, `left` what could still go back. `returned` is other money that came for the order, and goes back by
    rule: a second payment, one of another amount, one that came after the order was closed; None where there
    was none, or where it could not be given back. `taken_by_bank` is what disputes took, None if nothing.
    """

    paid: Money
    going_back: Money
    left: Money
    returned: Money | None
    taken_by_bank: Money | None
    refunds: tuple[Refund, ...]
    disputes: tuple[Dispute, ...]

    @classmethod
    def none(cls, currency: str) -> Self:
        """Of an order that no money has come for."""
        nothing = Money(0, currency)
        return cls(nothing, nothing, nothing, returned=None, taken_by_bank=None, refunds=(), disputes=())

    @property
    def is_all_going_back(self) -> bool:
        return 0 < self.paid.amount <= self.going_back.amount

    @property
    def is_under_way(self) -> bool:
        """Whether some refund has not arrived, as far as anybody knows."""
        return any(refund.state in UNDER_WAY for refund in self.refunds)

    @property
    def asks_customer(self) -> bool:
        """Whether Stripe waits for the customer to say where the money shall go."""
        return any(refund.state == RefundState.REQUIRES_ACTION for refund in self.refunds)

    @property
    def has_failed(self) -> bool:
        """Whether the last refund that Stripe made came back to us: a person has to find another way."""
        made = [refund for refund in self.refunds if refund.stripe_id is not None]
        return bool(made) and made[0].state == RefundState.FAILED


async def of_order(session: AsyncSession, order: Order) -> OrderMoney:
    """What the order's money has done so far."""
    made = await refunds.of_order(session, order.id)
    returned = await ledger.returned(session, order.id)
    own_id = order.payment_intent_id if order.state == State.PAID else None
    nothing = Money(0, order.currency)
    paid = await ledger.charged(session, own_id) if own_id else None
    left = await refunds.refundable(session, own_id) if own_id else None
    taken = (await ledger.balance(session, order.id, order.currency)).disputed
    going = [refund for refund in made if refund.payment_intent_id == own_id]
    others = [refund for refund in made if refund.payment_intent_id != own_id]
    return OrderMoney(
        paid=paid or nothing,
        going_back=Money(sum(_gone(refund, returned) for refund in going), order.currency),
        left=left or nothing,
        returned=_returned(others, returned),
        taken_by_bank=taken if taken.amount > 0 else None,
        refunds=tuple(made),
        disputes=tuple(await disputes.of_order(session, order.id)),
    )


def _gone(refund: Refund, returned: dict[str, int]) -> int:
    """Minor units: what the ledger says of it, or what will be asked of Stripe."""
    if refund.stripe_id is None:
        return refund.amount if refund.state == RefundState.REQUESTED else 0
    return returned.get(refund.stripe_id, 0)


def _returned(others: list[Refund], returned: dict[str, int]) -> Money | None:
    """What went back, in the currency in which the last of it came."""
    currency = others[0].currency if others else ""
    amount = sum(_gone(refund, returned) for refund in others if refund.currency == currency)
    return Money(amount, currency) if amount else None
