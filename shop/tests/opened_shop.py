"""A shop opened inside the test: its workflows called one by one, on a real database and a real sandbox.

What the doors and the worker do around them is left out, so that a test can bring about any order of things.
Without a sandbox Stripe is away.
"""

import asyncio
import secrets
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

import factories
from bookshop import orders, placing, stock
from bookshop.money import Money
from bookshop.orders import Order
from bookshop.payments import VerifiedEvent
from bookshop.placing import Draft, Placed, Result
from bookshop.quotes import Item
from bookshop.shipping import Address
from bookshop.snapshots import PaymentSnapshot
from bookshop.stripe_calls import CUSTOMERS_PATIENCE
from bookshop.wiring import Shop, open_shop
from bookshop.workflows.open_payment import open_payment
from bookshop.workflows.settle_payment import Cause
from bookshop.workflows.take_event import take_event
from processes import ADDRESS, Sandbox
from shop_records import rows

T = TypeVar("T")

BOOK, BOOK_ID, PRICE = "the-art-of-doing-science-and-engineering", 1, Money(2300, "sgd")
NOBODY = "http://127.0.0.1:9"


class OpenedShop:
    """One process's share of a shop, on an event loop of its own."""

    def __init__(
        self, database_url: str, sandbox: Sandbox | None = None, *, patience: float = CUSTOMERS_PATIENCE
    ) -> None:
        self.database_url, self._sandbox, self._patience = database_url, sandbox, patience
        keys = (
            {
                "stripe_secret_key": sandbox.secret_key,
                "stripe_publishable_key": sandbox.publishable_key,
            }
            if sandbox
            else {}
        )
        self._settings = factories.settings(
            database_url=database_url, stripe_api_base=sandbox.url if sandbox else NOBODY, **keys
        )

    def __enter__(self) -> Self:
        self._runner = asyncio.Runner()
        self._open = AsyncExitStack()
        self.shop: Shop = self.run(
            self._open.enter_async_context(open_shop(self._settings, patience=self._patience))
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.run(self._open.aclose())
        self._runner.close()

    @property
    def sandbox(self) -> Sandbox:
        assert self._sandbox, "this shop was opened without Stripe"
        return self._sandbox

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    def at_once(self, works: Sequence[Awaitable[T]]) -> list[T]:
        """The results of works that run beside each other, in the order of the list."""

        async def gathered() -> list[T]:
            return list(await asyncio.gather(*works))

        return self.run(gathered())

    def commit(self, act: Callable[[AsyncSession], Awaitable[T]]) -> T:
        return self.run(self.committed(act))

    async def committed(self, act: Callable[[AsyncSession], Awaitable[T]]) -> T:
        async with self.shop.sessions.begin() as session:
            return await act(session)

    def count(self, copies: int) -> None:
        """Let the book be counted, and so many copies of it come in."""
        self.commit(lambda session: stock.receive(session, BOOK_ID, copies))

    async def placing(self, key: str | None = None, *, quantity: int = 1, **changes: Any) -> Result:
        values = {
            "checkout_key": key or secrets.token_urlsafe(24),
            "items": (Item(BOOK, quantity),),
            "currency": "sgd",
            "email": "ada@example.com",
            "address": Address.model_validate(ADDRESS),
            "shown_total": PRICE * quantity,
            "locale": "en",
        }
        draft = Draft(**(values | changes))
        return await self.committed(lambda session: placing.place(session, self.shop.settings, draft))

    def place(self, **changes: Any) -> Order:
        placed = self.run(self.placing(**changes))
        assert isinstance(placed, Placed), placed
        return placed.order

    def open(self, order: Order) -> PaymentSnapshot:
        """The order's PaymentIntent, whose client secret the customer has from now on."""
        payment = self.run(open_payment(self.shop, self.order(order.id)))
        assert isinstance(payment, PaymentSnapshot), payment
        return payment

    def order(self, order_id: uuid.UUID) -> Order:
        return self.commit(lambda session: orders.get(session, order_id))

    def news(self, order: Order, status: str = "succeeded", **changes: Any) -> PaymentSnapshot:
        """What Stripe would say of an order's only PaymentIntent."""
        values = {"id": order.payment_intent_id or f"pi_{order.id.hex}"} | changes
        return factories.payment(order.id, status=status, **values)

    def events(self, *kinds: str, of: str | None = None) -> list[VerifiedEvent]:
        """Stripe's events of these types or all, oldest first, about a PaymentIntent and what it caused."""
        found = [event(body) for body in reversed(self._listed("/v1/events"))]
        return [
            one
            for one in found
            if (one.type in kinds or not kinds)
            and of in {None, one.object["id"], one.object.get("payment_intent")}
        ]

    def take_all(self, *, of: str) -> list[str]:
        """Every event about this PaymentIntent, oldest first; those taken before are taken again."""
        return [self.take(told) for told in self.events(of=of)]

    def take(self, taken: VerifiedEvent) -> str:
        return self.run(take_event(self.shop, taken, cause=Cause.WEBHOOK))

    def intents_of(self, order: Order) -> list[dict[str, Any]]:
        """Every PaymentIntent that Stripe has for the order."""
        listed = self._listed("/v1/payment_intents")
        return [one for one in listed if str(order.id) in one["metadata"].values()]

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        return rows(self.database_url, query, *values)

    def changes(self, order: Order) -> list[str]:
        """The states that the order went to, after the placing."""
        query = """SELECT to_state FROM order_changes
                   WHERE order_id = %s AND from_state IS NOT NULL ORDER BY id"""
        return [row["to_state"] for row in self.rows(query, order.id)]

    @property
    def shelf(self) -> tuple[int, int, int]:
        """Copies of the counted book that are free, held and sold."""
        query = "SELECT received - held - sold AS free, held, sold FROM stock WHERE book_id = %s"
        (row,) = self.rows(query, BOOK_ID)
        return row["free"], row["held"], row["sold"]

    @property
    def owed(self) -> list[str]:
        """The follow-ups that were written down, by their ids."""
        found = self.rows("SELECT workflow_uuid FROM dbos.workflow_status ORDER BY created_at")
        return [row["workflow_uuid"] for row in found]

    def _listed(self, path: str) -> list[dict[str, Any]]:
        """Everything on one of Stripe's lists, newest first."""
        listed: list[dict[str, Any]] = []
        after: dict[str, str] = {}
        while True:
            page = self.sandbox.stripe("GET", path, limit="100", **after).raise_for_status().json()
            listed += page["data"]
            if not page["has_more"]:
                return listed
            after = {"starting_after": listed[-1]["id"]}


def event(body: dict[str, Any]) -> VerifiedEvent:
    """An event in Stripe's JSON, as the webhook door hands it on once its signature was verified."""
    return VerifiedEvent(body["id"], body["type"], body["created"], body["livemode"], body)
