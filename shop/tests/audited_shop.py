"""A shop with something of everything in its books, made by the real programs, for audits to look at."""

import asyncio
import re
import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import sqlalchemy as sa
from psycopg.rows import dict_row
from sqlalchemy.ext.asyncio import AsyncSession

from bookshop import audit, database, stock
from bookshop.audit.report import Report
from bookshop.audit.stripe_lists import StripeAccount
from bookshop.audit.workspace import Scope
from bookshop.books import Book
from money_back import DISPUTED, answer_dispute, refund_at_stripe, wait_for_dispute, wait_for_refunds
from processes import Sandbox, Shop, wait_until
from shop_records import intent_id, order_row, rows, wait_until_state

COUNTED = "the-art-of-doing-science-and-engineering"
COPIES = 50


@dataclass
class Audited:
    """A database and a sandbox to audit, and to damage before."""

    database_url: str
    sandbox: Sandbox

    def sql(self, statement: str) -> list[dict[str, Any]]:
        """Run SQL behind the shop's back: no trigger stands in the way, no foreign key is checked.

        `@paid` is the id of the order by that name.
        """
        named = re.sub(
            r"(?<!\w)@([a-z_]+)", r"(SELECT id FROM orders WHERE email = '\1@example.com')", statement
        )
        with psycopg.connect(self.database_url, row_factory=dict_row) as connection:
            connection.execute("SET session_replication_role = replica")
            cursor = connection.execute(named)
            return cursor.fetchall() if cursor.description else []

    def audit(
        self, *, patience: float = 0, with_stripe: bool = True, since: datetime | None = None
    ) -> Report:
        account = StripeAccount(self.sandbox.url, self.sandbox.secret_key, first_pause=0.01)
        scope = Scope(False, since, timedelta(seconds=patience), timedelta(hours=48))
        return asyncio.run(audit.run(self.database_url, account if with_stripe else None, scope))

    def broken(self, **options: Any) -> set[str]:
        """The names of the rules that an audit finds broken."""
        return {finding.rule.name for finding in self.audit(**options).findings}


@dataclass
class Purchases:
    """The addresses of the orders that were made, by what became of them."""

    shop: Shop
    orders: dict[str, str] = field(default_factory=dict)

    def make_all(self) -> None:
        _fill_the_shelf(self.shop)
        for name in ("paid", "paid_next", "flagged"):
            self._pay(name)
        self._order("open")
        self._give_up()
        self._let_expire()
        self._pay_twice(self.orders["flagged"])
        self._refund("refunded", 2300)
        self._refund("partly_refunded", 1000)
        self._dispute("disputed")
        self._dispute("lost", "losing_evidence")
        self._dispute("won", "winning_evidence")
        wait_until(lambda: not _unfinished(self.shop), "the shop to come to rest")
        rows(self.shop.database_url, "UPDATE stock_receipts SET at = at - interval '1 hour'")

    def _order(self, name: str) -> httpx.Response:
        placed = self.shop.order(email=f"{name}@example.com")
        self.orders[name] = placed.json()["order_url"]
        return placed

    def _pay(self, name: str, **card: str) -> None:
        self.shop.sandbox.pay(self._order(name).json()["client_secret"], **card)
        wait_until_state(self.shop, self.orders[name], "paid")

    def _give_up(self) -> None:
        self._order("canceled")
        headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
        httpx.post(f"{self.shop.url}{self.orders['canceled']}/cancel", headers=headers, timeout=30)
        wait_until_state(self.shop, self.orders["canceled"], "canceled")

    def _let_expire(self) -> None:
        path = f"/v1/payment_intents/{intent_id(self._order('expired'))}/cancel"
        self.shop.sandbox.stripe("POST", path, cancellation_reason="abandoned").raise_for_status()
        wait_until_state(self.shop, self.orders["expired"], "expired")

    def _pay_twice(self, order_url: str) -> None:
        order_id = order_row(self.shop, order_url)["id"]
        pay_for(self.shop.sandbox, order_id)
        wait_until(
            lambda: order_row(self.shop, order_url)["review_reason"], "the second payment to be flagged"
        )

    def _refund(self, name: str, amount: int) -> None:
        self._pay(name)
        refund_at_stripe(self.shop, self.orders[name], amount)
        wait_for_refunds(self.shop, self.orders[name], "succeeded")

    def _dispute(self, name: str, evidence: str | None = None) -> None:
        self._pay(name, number=DISPUTED)
        wait_for_dispute(self.shop, self.orders[name], "needs_response")
        if evidence is not None:
            answer_dispute(self.shop, self.orders[name], evidence)
            wait_for_dispute(self.shop, self.orders[name], name)


def pay_for(sandbox: Sandbox, order_id: object, **form: str) -> str:
    """Let Stripe have a payment of S$23.00 that names an order and that no shop has made; gives its id."""
    values = {
        "amount": "2300",
        "currency": "sgd",
        "confirm": "true",
        "payment_method": "pm_card_visa",
        "metadata[bookshop_order]": str(order_id),
        "automatic_payment_methods[enabled]": "true",
        "automatic_payment_methods[allow_redirects]": "never",
    }
    answer = sandbox.stripe("POST", "/v1/payment_intents", **(values | form)).raise_for_status()
    made: str = answer.json()["id"]
    return made


def copied_sandbox(original: Sandbox, directory: Path) -> Sandbox:
    """A sandbox that begins with what a stopped one knew."""
    for file in original.directory.glob("sandbox.db*"):
        shutil.copy(file, directory / file.name)
    return Sandbox(directory, secret_key=original.secret_key, publishable_key=original.publishable_key)


def _fill_the_shelf(shop: Shop) -> None:
    async def receive(session: AsyncSession) -> None:
        book = sa.select(Book.id).where(Book.slug == COUNTED)
        await stock.receive(session, (await session.scalars(book)).one(), COPIES)

    async def run() -> None:
        engine = database.connect(shop.database_url)
        async with database.sessions(engine).begin() as session:
            await receive(session)
        await engine.dispose()

    asyncio.run(run())


def _unfinished(shop: Shop) -> list[dict[str, Any]]:
    """Follow-ups on their way, and Stripe's events that did not arrive yet."""
    waiting = shop.sandbox.control("GET", "/_sandbox/deliveries?status=pending")["deliveries"]
    query = """SELECT workflow_uuid FROM dbos.workflow_status
               WHERE status <> 'SUCCESS' AND schedule_name IS NULL"""
    return [*waiting, *rows(shop.database_url, query)]
