"""What a running shop has written down, and events brought to its door as Stripe brings them."""

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import httpx
import psycopg
from psycopg.rows import dict_row

import factories
from bookshop.demo.child import Child
from processes import Shop, wait_until

T = TypeVar("T")


def rows(database_url: str, query: str, *values: object) -> list[dict[str, Any]]:
    """The rows of a query, each as a mapping; nothing for a statement without rows."""
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        cursor = connection.execute(query, values)
        return cursor.fetchall() if cursor.description else []


def new_book(database_url: str) -> str:
    """The slug of a book for S$23.00 that is on the shelf from now on."""
    slug = f"book-{secrets.token_hex(4)}"
    query = """WITH book AS (
                   INSERT INTO books (slug, title, author, description, palette, motif, position, on_sale)
                   VALUES (%s, 'A book', 'Somebody', 'Words', 'ink', 'rule', 9, true) RETURNING id)
               INSERT INTO prices (book_id, currency, amount) SELECT id, 'sgd', 2300 FROM book"""
    rows(database_url, query, slug)
    return slug


def token_of(order_url: str) -> str:
    return order_url.rpartition("/")[2]


def order_row(shop: Shop, order_url: str) -> dict[str, Any]:
    (row,) = rows(shop.database_url, "SELECT * FROM orders WHERE token = %s", token_of(order_url))
    return row


def history(shop: Shop, order_url: str) -> list[tuple[str, str]]:
    """The order's changes as (state, cause), oldest first, without the placing."""
    query = """SELECT to_state, cause FROM order_changes JOIN orders ON orders.id = order_id
               WHERE token = %s AND from_state IS NOT NULL ORDER BY order_changes.id"""
    return [(row["to_state"], row["cause"]) for row in rows(shop.database_url, query, token_of(order_url))]


def intent_id(placed: httpx.Response) -> str:
    secret: str = placed.json()["client_secret"]
    return secret.partition("_secret_")[0]


def paid_intent(shop: Shop, placed: httpx.Response, **changes: Any) -> dict[str, Any]:
    """The order's PaymentIntent as Stripe would send it after a payment in full."""
    order = order_row(shop, placed.json()["order_url"])
    return factories.intent(order["id"], **({"id": intent_id(placed)} | changes))


def bring(shop: Shop, body: bytes, *, secret: str | None = None) -> httpx.Response:
    """POST an event to the shop's door, signed with the shop's secret or another."""
    header = factories.signature(body, secret or shop.sandbox.webhook_secret)
    return httpx.post(
        f"{shop.url}/stripe/webhook", content=body, headers={"Stripe-Signature": header}, timeout=30
    )


def at_once(calls: list[Callable[[], T]]) -> list[T]:
    """The results of calls made at the same time, in the order of the list."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def wait_until_state(shop: Shop, order_url: str, state: str) -> None:
    wait_until(lambda: order_row(shop, order_url)["state"] == state, f"{order_url} to be {state}")


def make_older(shop: Shop, order_url: str) -> None:
    """Place an order an hour back in time, so that the reconciler no longer waits for its webhook."""
    rows(
        shop.database_url,
        "UPDATE orders SET created_at = created_at - interval '1 hour' WHERE token = %s",
        token_of(order_url),
    )


def fall_silent(shop: Shop, worker: Child, *, table: str = "workers") -> None:
    """Let the last sign of life of a worker that is dead or stands still be a minute old."""
    rows(
        shop.database_url,
        f"""UPDATE {table} SET seen_at = seen_at - interval '1 minute'
            WHERE split_part(executor_id, ':', 2) = %s""",  # noqa: S608  our own name
        str(worker.pid),
    )


def break_stripe(shop: Shop, **fault: object) -> None:
    """Let calls to the shop's sandbox fail; `GET /_sandbox/` there says how. mend_stripe ends it."""
    httpx.post(f"{shop.sandbox.url}/_sandbox/faults", json=fault, timeout=10).raise_for_status()


def mend_stripe(shop: Shop) -> None:
    shop.sandbox.control("DELETE", "/_sandbox/faults")
