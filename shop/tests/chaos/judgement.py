"""What is true at the end, by the shop's tables and by Stripe, against what the customers were told.

Shares no code with the shop: plain SQL on one side, Stripe's lists on the other. `bookshop audit` looks at
the same things from inside; this looks at them with the customers' eyes.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from chaos.browsing import VERSION
from chaos.injector import FORGED
from chaos.notes import Note, Notes, Told
from chaos.town import Town

ORDERS = """
    SELECT orders.id::text, token, email, state, total, currency, payment_intent_id, review_reason,
           (SELECT sum(quantity * unit_amount) FROM order_lines WHERE order_id = orders.id)::int AS of_lines
    FROM orders"""
FORGERIES = "SELECT count(*) FROM stripe_events WHERE id LIKE %(like)s"

SHELVES = """
    SELECT slug, received, held, sold,
           (SELECT coalesce(sum(quantity), 0) FROM order_lines JOIN orders ON orders.id = order_id
            WHERE book_id = books.id AND state = 'paid' AND called_off_at IS NULL)::int AS paid_for
    FROM stock JOIN books ON books.id = book_id"""

WAITING = {"awaiting_payment", "processing"}
CLOSED = {"canceled", "expired"}

# What is kept of each payment: a long run has a hundred thousand of them.
OF_INTENT = ("id", "status", "amount_received", "currency", "metadata")
OF_REFUND = ("payment_intent", "status", "amount")


@dataclass(slots=True)
class Money:
    """What Stripe has of one PaymentIntent, in minor units: taken, and given or being given back."""

    intent: Mapping[str, Any]
    refunded: int = 0

    @property
    def taken(self) -> int:
        return int(self.intent["amount_received"]) if self.intent["status"] == "succeeded" else 0

    @property
    def kept(self) -> int:
        return self.taken - self.refunded


@dataclass(slots=True)
class Truth:
    """Both sides' books at one moment; `by_order` is Stripe's money by the order that its metadata names."""

    orders: list[dict[str, Any]]
    shelves: list[dict[str, Any]]
    money: dict[str, Money]
    by_order: dict[str, list[Money]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[str, int] = field(default_factory=dict)


async def look(town: Town) -> Truth:
    """Read both sides."""
    orders, shelves = await town.rows(ORDERS), await town.rows(SHELVES)
    forged = await town.rows(FORGERIES, {"like": f"{FORGED}%"})
    money = {one["id"]: Money(one) for one in await _listed(town, "payment_intents", OF_INTENT)}
    for refund in await _listed(town, "refunds", OF_REFUND):
        if refund["status"] in {"pending", "requires_action", "succeeded"}:
            money[refund["payment_intent"]].refunded += refund["amount"]
    truth = Truth(orders, shelves, money, counts={"forged": forged[0]["count"]})
    for one in money.values():
        truth.by_order[one.intent["metadata"].get("bookshop_order", "")].append(one)
    return truth


def complaints(truth: Truth, notes: Notes, received: Mapping[str, Counter[str]]) -> list[str]:
    """Everything that is not as it must be, each with what to search for."""
    found = [
        *_of_orders(truth),
        *_of_money(truth),
        *_of_customers(truth, notes),
        *_of_mails(truth, received),
        *_of_shelves(truth),
    ]
    if truth.counts["forged"]:
        found.append(f"{truth.counts['forged']} forged events were recorded")
    return found


def _of_orders(truth: Truth) -> Iterator[str]:
    """Each order stands as its payment does, and no money lies on an order that nobody fulfils."""
    for order in truth.orders:
        name = f"order {order['id']} ({order['state']}, {order['payment_intent_id']})"
        payments = truth.by_order.get(order["id"], [])
        kept = [one for one in payments if one.kept > 0]
        if order["state"] == "paid":
            if not any(one.taken == order["total"] for one in payments):
                yield f"{name} is paid, and Stripe has not taken its total of {order['total']}"
        elif kept:
            yield f"{name} is not paid, and Stripe keeps {[one.kept for one in kept]} for it"
        if len(kept) > 1:
            yield f"{name} was charged {len(kept)} times"
        if any(one.intent["currency"] != order["currency"] for one in payments if one.taken):
            yield f"{name} was paid in another currency"
        own = truth.money.get(order["payment_intent_id"] or "")
        if (
            order["state"] in WAITING
            and own is not None
            and own.intent["status"] in {"canceled", "succeeded"}
        ):
            yield f"{name} still waits for a payment that is {own.intent['status']}"
        if order["state"] == "processing":
            yield f"{name} was left in processing"
        if (
            order["state"] in CLOSED
            and own is not None
            and own.intent["status"] not in {"canceled", "succeeded"}
        ):
            yield f"{name} is closed, and can still be paid: {own.intent['status']}"


def _of_money(truth: Truth) -> Iterator[str]:
    """Every payment at Stripe belongs to an order that there is."""
    known = {order["id"] for order in truth.orders}
    for order_id, payments in truth.by_order.items():
        if order_id not in known:
            for one in payments:
                yield f"payment {one.intent['id']} ({one.intent['status']}) names no order: {order_id!r}"


def _of_customers(truth: Truth, notes: Notes) -> Iterator[str]:
    """What each customer was told came true."""
    known = {f"/orders/{order['token']}" for order in truth.orders}
    by_email: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for order in truth.orders:
        by_email[order["email"]].append(order)
    for note in notes.customers.values():
        orders = by_email.get(note.email, [])
        money = [one for order in orders for one in truth.by_order.get(order["id"], [])]
        if lost := sorted(note.orders - known):
            yield f"an order is lost, {lost}: {note}"
        gone = sum(one.refunded for one in money)
        if note.to_go_back is not None and gone != note.to_go_back:
            yield f"{note.to_go_back} were to go back, and {gone} did: {note}"
        if note.is_warned and not any("reports fraud" in (order["review_reason"] or "") for order in orders):
            yield f"a bank reports fraud, and nobody is told: {note}"
        yield from (f"{words}: {note}" for words in _broken_words(note, orders, money))


def _broken_words(note: Note, orders: list[dict[str, Any]], money: list[Money]) -> Iterator[str]:
    """What was said to a customer and does not hold, by the money that Stripe took and kept."""
    kept = [one for one in money if one.kept > 0]
    if len(kept) > 1:
        yield f"charged {len(kept)} times for one purchase"
    if Told.CANCELED in note.told and kept:
        yield "told that it is canceled, and charged"
    if any(order["state"] == "paid" for order in orders):
        return
    if Told.PAID in note.told and (kept or not any(one.taken for one in money)):
        yield "told that it is paid, and it is neither paid nor refunded"
    if Told.CHARGED in note.told and kept:
        yield "charged, and neither fulfilled nor refunded"
    if note.told & {Told.EXPIRED, Told.CLOSED, Told.REFUSED} and kept:
        yield "told that it is closed, and charged"


def _of_mails(truth: Truth, received: Mapping[str, Counter[str]]) -> Iterator[str]:
    """Each paid order has its one confirmation; a mail goes out for nothing else."""
    for order in truth.orders:
        mails = received.get(order["email"], Counter())
        own = [
            message_id for message_id in mails if order["id"] in message_id and "confirmation" in message_id
        ]
        if order["state"] == "paid" and len(own) != 1:
            yield f"order {order['id']} is paid and has {len(own)} confirmations"
        if order["state"] != "paid" and own:
            yield f"order {order['id']} is {order['state']} and was confirmed"


def _of_shelves(truth: Truth) -> Iterator[str]:
    """A counted book is sold as often as it is paid for, and never more often than it is there."""
    for shelf in truth.shelves:
        if shelf["sold"] != shelf["paid_for"] or shelf["held"] + shelf["sold"] > shelf["received"]:
            yield f"the shelf does not add up: {shelf}"


async def _listed(town: Town, kind: str, names: Collection[str]) -> list[dict[str, Any]]:
    """These values of everything of one kind that Stripe has."""
    headers = {"Authorization": f"Bearer {town.sandbox.secret_key}", "Stripe-Version": VERSION}
    found: list[dict[str, Any]] = []
    async with aiohttp.ClientSession(headers=headers) as session:
        params = {"limit": "100"}
        while True:
            async with session.get(f"{town.sandbox.url}/v1/{kind}", params=params) as answer:
                answer.raise_for_status()
                page = await answer.json()
            found += ({name: one[name] for name in names} for one in page["data"])
            if not page["has_more"]:
                return found
            params["starting_after"] = page["data"][-1]["id"]


def gave_up(notes: Notes) -> list[Note]:
    """The customers who could not do what they came for."""
    return [note for note in notes.customers.values() if note.gave_up]
