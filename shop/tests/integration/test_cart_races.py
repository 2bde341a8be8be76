"""A cart is ordered again in the moment in which its order is paid."""

import asyncio
import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from bookshop import cart_orders, carts, settlement
from bookshop.cart_orders import CartChanged, Superseded
from opened_shop import BOOK, OpenedShop

KEY = "the key of one checkout"
IS_WAITED_FOR = "SELECT FROM pg_locks WHERE relation = 'cart_lines'::regclass AND NOT granted"


@pytest.fixture
def opened(database_url: str) -> Iterator[OpenedShop]:
    with OpenedShop(database_url) as opened:
        yield opened


def test_a_cart_paid_while_its_button_is_pressed_again_has_not_changed(opened: OpenedShop) -> None:
    """The press has read the order as unpaid and finds the cart empty: it is told of the payment.

    "Your cart has changed, you have not been charged" would be the wrong answer.
    """
    added = opened.commit(lambda session: carts.add(session, None, 1, 1))
    cart_id = opened.commit(lambda session: carts.hold(session, added.token))
    order = opened.place(key=KEY, cart_id=cart_id)

    async def press() -> uuid.UUID | CartChanged | Superseded:
        return await opened.committed(
            lambda session: cart_orders.check(session, added.token, KEY, [(BOOK, 1)])
        )

    async def pay_in_between() -> uuid.UUID | CartChanged | Superseded:
        async with opened.shop.sessions.begin() as session:
            await session.execute(sa.text("LOCK TABLE cart_lines IN ACCESS EXCLUSIVE MODE"))
            pressed = asyncio.create_task(press())
            while not await session.scalar(sa.text(f"SELECT EXISTS ({IS_WAITED_FOR})")):
                assert not pressed.done()
            await settlement.settle(session, opened.news(order), cause="webhook")
        return await pressed

    assert opened.run(pay_in_between()) == cart_id
