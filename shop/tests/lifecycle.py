"""Customers, banks, Stripe, its webhooks and our own workflows, for hypothesis to play in any order.

Everything is real: the shop's modules on PostgreSQL, and a Stripe sandbox over HTTP.
"""

import asyncio
import functools
import random
import secrets
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
import psycopg
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    rule,
)

from audited_shop import pay_for
from bookshop import audit, orders, refunds
from bookshop.audit.stripe_lists import StripeAccount
from bookshop.audit.workspace import Scope
from bookshop.errors import PaymentsUnavailableError
from bookshop.placing import Placed
from bookshop.refunds import Refund
from bookshop.snapshots import PaymentSnapshot
from bookshop.workflows.cancel_order import cancel_order
from bookshop.workflows.close_order import try_to_close
from bookshop.workflows.expire_orders import expire_orders
from bookshop.workflows.open_payment import open_payment
from bookshop.workflows.reconcile import reconcile
from bookshop.workflows.refund_order import try_to_refund
from bookshop.workflows.settle_payment import Cause, ask_stripe
from invariants import broken
from opened_shop import OpenedShop

GOOD, DECLINED, ASKS_THE_BANK = "4242424242424242", "4000000000000002", "4000002760003184"
DISPUTED, REFUND_FAILS = "4000000000000259", "4000000000005126"
CARDS = st.sampled_from([GOOD, GOOD, GOOD, DECLINED, ASKS_THE_BANK, ASKS_THE_BANK, DISPUTED, REFUND_FAILS])
CAUSES = st.sampled_from([Cause.CUSTOMER, Cause.SHOPKEEPER, Cause.EXPIRY])
COPIES = 3

# No worker runs here, so nobody sends the mails that are owed.
WITHOUT_WORKERS = {"one-receipt", "refund-told", "no-workflow-stuck"}

Make = Callable[[], OpenedShop]


def if_there(step: Callable[..., Any]) -> Callable[..., Any]:
    """Do nothing with an order that was not placed, or a payment that was not opened.

    They are in the bundles all the same, so that what hypothesis draws next does not hang on how it went.
    """

    @functools.wraps(step)
    def taken(self: "Lifecycle", **drawn: Any) -> Any:
        return None if None in drawn.values() else step(self, **drawn)

    return taken


class Lifecycle(RuleBasedStateMachine):
    """One shop with three copies of a book, and everybody who has to do with it."""

    placed = Bundle("placed")
    opened = Bundle("opened")
    asked = Bundle("asked")

    def __init__(self, make: Make) -> None:
        super().__init__()
        self.shop = make()
        self.sandbox = self.shop.sandbox
        self.connection = psycopg.connect(self.shop.database_url, autocommit=True)
        # Not as a step: hypothesis may give a way up before its first one, and takes it down all the same.
        self.sandbox.control("POST", "/_sandbox/reset")
        self.shop.count(COPIES)

    # Customers.

    @rule(target=placed, quantity=st.integers(1, 2))
    def order(self, quantity: int) -> Any:
        key = secrets.token_urlsafe(24)
        result = self.shop.run(self.shop.placing(key, quantity=quantity))
        again = self.shop.run(self.shop.placing(key, quantity=quantity))
        if not isinstance(result, Placed):
            return None
        assert isinstance(again, Placed)
        assert again.order.id == result.order.id
        return result.order.id

    @rule(target=opened, order_id=placed)
    @if_there
    def open_payment(self, order_id: uuid.UUID) -> Any:
        try:
            payment = self.shop.run(open_payment(self.shop.shop, self.shop.order(order_id)))
        except PaymentsUnavailableError:
            return None
        if not isinstance(payment, PaymentSnapshot):
            return None
        assert payment.client_secret
        return (order_id, payment.client_secret)

    @rule(target=asked, attempt=opened, card=CARDS)
    @if_there
    def pay(self, attempt: tuple[uuid.UUID, str], card: str) -> Any:
        try:
            answer = self.sandbox.pay(attempt[1], card).json()
        except httpx.TransportError:
            return None
        action = answer.get("next_action") or {}
        return action.get("use_stripe_sdk", {}).get("three_d_secure_2_source")

    @rule(source=consumes(asked), said=st.sampled_from(["authorize", "authorize", "fail"]))
    @if_there
    def answer_the_bank(self, source: str, said: str) -> None:
        httpx.post(f"{self.sandbox.url}/3ds2/challenge/{source}/{said}", timeout=30)

    @rule(order_id=placed)
    @if_there
    def look_at_the_order(self, order_id: uuid.UUID) -> None:
        self.shop.run(ask_stripe(self.shop.shop, self.shop.order(order_id), cause=Cause.ORDER_PAGE))

    # Whoever ends an order.

    @rule(order_id=placed, cause=CAUSES)
    @if_there
    def close(self, order_id: uuid.UUID, cause: Cause) -> None:
        with suppress(PaymentsUnavailableError):
            self.shop.run(cancel_order(self.shop.shop, order_id, cause=cause))

    @rule(attempt=opened, reason=st.sampled_from(["abandoned", "requested_by_customer", "fraudulent"]))
    @if_there
    def cancel_in_the_dashboard(self, attempt: tuple[uuid.UUID, str], reason: str) -> None:
        intent = attempt[1].partition("_secret_")[0]
        self._in_the_dashboard(f"payment_intents/{intent}/cancel", cancellation_reason=reason)

    # Money that goes back, or comes twice.

    @rule(order_id=placed, part=st.sampled_from([1, 2, 3]))
    @if_there
    def refund(self, order_id: uuid.UUID, part: int) -> None:
        async def ask(session: Any) -> None:
            order = await orders.locked(session, order_id)
            if order is None or order.payment_intent_id is None:
                return
            amount = None if part == 1 else type(order.money)(order.total // part, order.currency)
            due = await refunds.request(session, order, order.payment_intent_id, amount, cause="asked for")
            if isinstance(due, Refund):
                await self.shop.shop.follow_ups.refund_order(session, due.id)

        self.shop.commit(ask)

    @rule(attempt=opened, amount=st.sampled_from([1, 1000, 2300]))
    @if_there
    def refund_in_the_dashboard(self, attempt: tuple[uuid.UUID, str], amount: int) -> None:
        intent = attempt[1].partition("_secret_")[0]
        self._in_the_dashboard("refunds", payment_intent=intent, amount=str(amount))

    @rule(order_id=placed)
    @if_there
    def pay_a_second_time(self, order_id: uuid.UUID) -> None:
        with suppress(httpx.HTTPError):
            pay_for(self.sandbox, order_id)

    # Webhooks, workers, reconciler: late, doubled, in any order, or never.

    @rule(which=st.integers(0, 30))
    def deliver_one(self, which: int) -> None:
        told = self.shop.events()
        if told:
            self._take(told[which % len(told)])

    @rule(seed=st.integers(0, 1000))
    def deliver_all_in_any_order(self, seed: int) -> None:
        told = self.shop.events()
        # Not drawn one by one: how many events there are by now is not hypothesis's to decide.
        random.Random(seed).shuffle(told)  # noqa: S311
        for one in told:
            self._take(one)

    @rule()
    def work(self) -> None:
        for owed in self.shop.owed:
            name, _, subject = owed.partition(":")
            if name == "refund_order":
                self.shop.run(try_to_refund(self.shop.shop, uuid.UUID(subject)))
            if name == "close_order":
                self.shop.run(try_to_close(self.shop.shop, uuid.UUID(subject)))

    @rule()
    def reconcile(self) -> None:
        self.shop.rows("UPDATE orders SET created_at = created_at - interval '1 minute'")
        self.shop.run(reconcile(self.shop.shop, settling=timedelta(0)))

    @rule(order_id=placed)
    @if_there
    def wait_too_long(self, order_id: uuid.UUID) -> None:
        older = "UPDATE orders SET created_at = created_at - interval '3 hours' WHERE id = %s"
        self.shop.rows(older, order_id)
        self.shop.run(expire_orders(self.shop.shop))

    # What goes wrong.

    @rule(stage=st.sampled_from(["before", "after"]), path=st.sampled_from(["payment_intents*", "refunds"]))
    def lose_answers(self, stage: str, path: str) -> None:
        fault = {"method": "POST", "path": f"/v1/{path}", "stage": stage, "drop": True, "times": 3}
        self.sandbox.control("POST", "/_sandbox/faults", **fault)

    @rule()
    def mend(self) -> None:
        self.sandbox.control("DELETE", "/_sandbox/faults")

    @rule()
    def restart(self) -> None:
        self.shop.__exit__(None, None, None)
        self.shop.__enter__()

    @rule(minutes=st.sampled_from([1, 90]))
    def let_time_pass_at_stripe(self, minutes: int) -> None:
        offset = self.sandbox.control("GET", "/_sandbox/clock")["offset"] + minutes * 60
        # Stripe would forget idempotency keys after a day of which our own clock knows nothing.
        self.sandbox.control("PUT", "/_sandbox/clock", offset=min(offset, 20 * 3600))

    @invariant()
    def nothing_is_broken(self) -> None:
        assert broken(self.connection) == {}

    def teardown(self) -> None:
        try:
            self.mend()
            for _ in range(2):
                self.deliver_in_order()
                self.work()
                self.reconcile()
            self.deliver_in_order()
            self.nothing_is_broken()
            assert self.audited() == []
        finally:
            self.connection.close()
            self.shop.__exit__(None, None, None)

    def deliver_in_order(self) -> None:
        for one in self.shop.events():
            self._take(one)

    def audited(self) -> list[str]:
        """What the audit finds once everything has had its time."""
        account = StripeAccount(self.sandbox.url, self.sandbox.secret_key, first_pause=0.01)
        scope = Scope(False, None, timedelta(0), timedelta(days=2))
        report = asyncio.run(audit.run(self.shop.database_url, account, scope))
        return [
            f"{finding.rule.name}: {finding.examples}"
            for finding in report.findings
            if finding.rule.name not in WITHOUT_WORKERS
        ]

    def _in_the_dashboard(self, path: str, **form: str) -> None:
        """What Stripe refuses, or a fault keeps from it, has not happened."""
        with suppress(httpx.TransportError):
            self.sandbox.stripe("POST", f"/v1/{path}", **form)

    def _take(self, told: Any) -> None:
        with suppress(PaymentsUnavailableError):
            self.shop.take(told)
