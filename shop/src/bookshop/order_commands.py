"""`bookshop refund` and `bookshop cancel`: the shopkeeper gives money back from the shell."""

from bookshop import orders_by_name
from bookshop.errors import PaymentsUnavailableError
from bookshop.money import Money
from bookshop.orders import Order
from bookshop.orders_by_name import UnclearError
from bookshop.refunds import Refund, Refusal, TooMuchBack
from bookshop.settings import Settings
from bookshop.stripe_calls import WORKERS_PATIENCE
from bookshop.wiring import Shop, open_shop
from bookshop.workflows.return_money import CalledOff, call_off, refund_by_hand

SAID = {
    CalledOff.CANCELED: "canceled; nothing was paid",
    CalledOff.REFUNDED: "called off; all that was left of its payment is going back",
    CalledOff.MOVING: "not canceled: its money is moving. Once it has arrived, cancel again to give it back",
}


async def refund(settings: Settings, name: str, figure: str | None, reason: str) -> tuple[str, int]:
    """Give so much of an order's payment back; what to say about it, and the exit status."""
    async with open_shop(settings, patience=WORKERS_PATIENCE) as shop:
        try:
            order = await _order(shop, name)
            amount = Money.of(figure, order.currency) if figure else None
        except (UnclearError, ValueError) as error:
            return str(error), 1
        asked = await refund_by_hand(shop, order.id, amount, reason=reason)
    if isinstance(asked, Refund):
        return f"{_written(asked.money)} of order {order.number} is going back; a worker tells Stripe", 0
    return _refused(asked), 1


async def cancel(settings: Settings, name: str) -> tuple[str, int]:
    """Call an order off; what to say about it, and the exit status."""
    async with open_shop(settings, patience=WORKERS_PATIENCE) as shop:
        try:
            order = await _order(shop, name)
            done = await call_off(shop, order.id)
        except UnclearError as error:
            return str(error), 1
        except PaymentsUnavailableError:
            return "Stripe is not answering, so nothing has changed. Try again.", 1
    if not isinstance(done, CalledOff):
        return _refused(done), 1
    return f"order {order.number}: {SAID[done]}", int(done is CalledOff.MOVING)


async def _order(shop: Shop, name: str) -> Order:
    async with shop.sessions() as session:
        return await orders_by_name.find(session, name)


def _refused(refusal: Refusal) -> str:
    if isinstance(refusal, TooMuchBack):
        return f"nothing goes back: {_written(refusal.left)} is left of the payment"
    return f"nothing goes back: the customer's bank disputes the payment ({refusal.dispute_id})"


def _written(money: Money) -> str:
    return f"{money.figure} {money.currency.upper()}"
