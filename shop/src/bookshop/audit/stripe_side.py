"""Stripe's own word: every payment, refund, dispute and event, in temporary tables beside our rows."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import aiohttp
import psycopg
from psycopg import sql

from bookshop.audit.stripe_lists import SECONDS, Found, StripeAccount, read_list
from bookshop.audit.workspace import BEFORE, LISTED, MOVES, Scope

# How the shop marks its PaymentIntents.
METADATA = "bookshop_order"

# Windows that are read at once. Stripe allows 100 requests a second, 25 in test mode
# (docs.stripe.com/rate-limits).
WINDOWS = 8

# Fewer orders than this are read in one window.
FEW = 1_000

# A PaymentIntent is younger than its order, but by Stripe's clock.
CLOCKS_APART = timedelta(days=1)

# The events that tell of money, which a shop must have heard of or fetched; 20 types at most in one request.
TYPES = (
    "payment_intent.succeeded",
    "payment_intent.canceled",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "radar.early_fraud_warning.created",
)

DISPUTE = "INSERT INTO listed_disputes VALUES (%s, %s, %s, %s, %s, %s)"
MOVEMENT = "INSERT INTO listed_movements VALUES (%s, %s, %s, %s, %s, %s)"

FIELDS = ("id", "payment_intent", "status", "amount", "currency", "created")

Rows = Iterator[tuple[object, ...]]
RowsOf = Callable[[Found], Rows]
Bounds = Sequence[int | None]
Query = Sequence[tuple[str, str]]


async def load(connection: psycopg.AsyncConnection, account: StripeAccount, scope: Scope) -> None:
    """Fill the temporary tables of this connection; what changes meanwhile shows in a later list.

    Raises:
        StripeSilentError: Stripe gave no usable answer.
    """
    await connection.execute(BEFORE)
    await connection.execute(LISTED)
    bounds = await _bounds(connection, scope)
    timeout = aiohttp.ClientTimeout(total=SECONDS, sock_connect=5)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        ends = (bounds[0], bounds[-1])

        async def copy(table: str, path: str, rows: RowsOf, windows: Bounds, query: Query = ()) -> None:
            into = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
            async with connection.cursor() as cursor, cursor.copy(into) as writing:

                async def take(found: Found) -> None:
                    for row in rows(found):
                        await writing.write_row(row)

                await read_list(http, account, path, bounds=windows, take=take, query=query)

        async def take_disputes(found: Found) -> None:
            async with connection.cursor() as cursor:
                await cursor.executemany(DISPUTE, list(_moved(found)))
                await cursor.executemany(MOVEMENT, list(_movements(found)))

        await copy("listed_intents", "/v1/payment_intents", _intents, bounds)
        await copy("listed_refunds", "/v1/refunds", _moved, ends)
        await read_list(http, account, "/v1/disputes", bounds=ends, take=take_disputes)
        await copy("listed_events", "/v1/events", _events, bounds, [("types[]", name) for name in TYPES])
    await connection.execute(MOVES)


async def _bounds(connection: psycopg.AsyncConnection, scope: Scope) -> list[int | None]:
    """Unix seconds that cut the orders into windows of about as many; the first and the last are open."""
    first = int((scope.since - CLOCKS_APART).timestamp()) if scope.since else None
    shares = [step / WINDOWS for step in range(1, WINDOWS)]
    cursor = await connection.execute(
        """SELECT count(*), percentile_disc(%s::float8[]) WITHIN GROUP (
               ORDER BY extract(epoch FROM created_at)::bigint) FROM audited""",
        [shares],
    )
    orders, cuts = await cursor.fetchone() or (0, [])
    inner = sorted({int(cut) for cut in cuts}) if orders > FEW else []
    return [first, *(cut for cut in inner if first is None or cut > first), None]


def _intents(found: Found) -> Rows:
    for intent in found:
        order_id = (intent.get("metadata") or {}).get(METADATA)
        amounts = (intent["amount"], intent.get("amount_received") or 0, intent["currency"])
        yield intent["id"], order_id, intent["status"], *amounts, intent["created"]


def _moved(found: Found) -> Rows:
    """Refunds and disputes alike."""
    for item in found:
        yield tuple(item[name] for name in FIELDS)


def _movements(found: Found) -> Rows:
    for dispute in found:
        for line in dispute.get("balance_transactions") or []:
            money = (line["amount"], line["fee"], line["currency"])
            yield line["id"], dispute["id"], *money, line["created"]


def _events(found: Found) -> Rows:
    for event in found:
        item = event["data"]["object"]
        intent = item["id"] if item["object"] == "payment_intent" else item.get("payment_intent")
        yield event["id"], event["type"], item["id"], intent, event["created"]
