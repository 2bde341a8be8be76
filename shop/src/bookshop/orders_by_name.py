"""Finding an order by whatever a person has of it: its number, its address, its id, its payment."""

import uuid

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from bookshop.orders import TOKEN, Order


class UnclearError(Exception):
    """No order is called so, or several are; the message says it to the shopkeeper."""


async def find(session: AsyncSession, name: str) -> Order:
    """The one order that is called so.

    A name is a number ("7F3A-91C2"), an address or its last part, an id, or a PaymentIntent's id.

    Raises:
        UnclearError: there is none, or several have this number.
    """
    name = name.strip().rstrip("/").rpartition("/")[2]
    found = list(await session.scalars(sa.select(Order).where(_called(name)).limit(2)))
    if not found:
        raise UnclearError(f"There is no order {name}. Its number, id, address or PaymentIntent will do.")
    if len(found) > 1:
        raise UnclearError(f"Several orders have the number {name}. Use the id, address or PaymentIntent.")
    return found[0]


def _called(name: str) -> sa.ColumnElement[bool]:
    if name.startswith("pi_"):
        return Order.payment_intent_id == name
    digits = name.replace("-", "").lower()
    if len(digits) == len(uuid.UUID(int=0).hex) and _is_hexadecimal(digits):
        return Order.id == uuid.UUID(digits)
    if len(digits) == 8 and _is_hexadecimal(digits):
        lowest = uuid.UUID(digits.ljust(32, "0"))
        return Order.id.between(lowest, uuid.UUID(digits.ljust(32, "f")))
    return Order.token == name if TOKEN.fullmatch(name) else sa.false()


def _is_hexadecimal(text: str) -> bool:
    return all(character in "0123456789abcdef" for character in text)
