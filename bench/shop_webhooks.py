"""How many payment_intent.succeeded webhooks a second the shop verifies, settles, numbers and follows up.

    .venv/bin/python bench/shop_webhooks.py [--events 6000] [--connections 32] [--rounds 3]

Two web workers and a durable PostgreSQL on this machine, and the program that asks beside them. Each event
pays an order of its own: a commit with the order, its history, the ledger, the invoice's number and the mail
that is owed. The same events come again afterwards (doubled), then events that call for nothing. Baseline in
the same run: PostgreSQL's own pgbench, which commits one row at a time over as many connections.
"""

import argparse
import asyncio
import hmac
import json
import re
import statistics
import subprocess
import tempfile
import time
import uuid
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import psycopg
import uvloop
from figures_table import FiguresTable
from lean_client import Connection, prepared
from running_shop import WEBHOOK_SECRET, RunningShop, count, processor_milliseconds, running_shop

from bookshop.demo.postgres import _program

PGBENCH_SECONDS = 4


def main() -> None:
    """Print a line for each round of each kind of event, the medians, and the baseline."""
    options = _options()
    found: dict[str, list[dict[str, float]]] = {"settled": [], "doubled": [], "of no concern": []}
    with running_shop() as shop:
        baseline = pgbench(shop.database_url, options.connections)
        print("processor time of each process in milliseconds an event")
        table = FiguresTable("events/s", "client", "web", "PostgreSQL", "sandbox", "pgbench commits each")
        for _ in range(options.rounds):
            bodies = orders_to_pay(shop.database_url, options.events)
            ignored = [
                body.replace(b"payment_intent.succeeded", b"payment_intent.created") for body in bodies
            ]
            ignored = [body.replace(b"evt_", b"evt_other_", 1) for body in ignored]
            for kind, events in zip(found, (bodies, bodies, ignored), strict=True):
                found[kind].append(measured(shop, events, options.connections, baseline))
                table.row(kind, *found[kind][-1].values())
        paid = count(shop.database_url, "SELECT count(*) FROM orders WHERE state = 'paid'")
        invoices = count(shop.database_url, "SELECT max(number) FROM invoices")
        owed = count(shop.database_url, "SELECT count(*) FROM dbos.workflow_status")
    asked = options.rounds * options.events
    if not paid == invoices == owed == asked:
        raise SystemExit(f"{asked} events, but {paid} paid orders, {invoices} invoices, {owed} mails owed")
    for kind, rounds in found.items():
        middle = (statistics.median(columns[name] for columns in rounds) for name in rounds[0])
        table.row(f"median, {kind}", *middle)
    print(f"pgbench, one row a commit, {options.connections} connections: {baseline:,.0f}/s")
    print(f"{paid:,} orders paid, invoices 1 to {invoices:,} without a gap, {owed:,} mails owed")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=6000, help="of each kind in a round")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def orders_to_pay(database_url: str, number: int) -> list[bytes]:
    """Write down so many orders of one book, as a checkout leaves them; the events that pay them."""
    ids = [uuid.uuid4() for _ in range(number)]
    placed_at = datetime.now(UTC)
    with psycopg.connect(database_url) as connection, connection.cursor() as cursor:
        with cursor.copy(ORDERS) as copy:
            for order_id in ids:
                names = (order_id, order_id.hex, order_id.hex, f"pi_{order_id.hex}", "ada@example.com")
                copy.write_row((*names, 2300, "sgd", "awaiting_payment", placed_at))
        with cursor.copy(LINES) as copy:
            for order_id in ids:
                copy.write_row((order_id, 0, 1, "a-book", "A book", 1, 2300))
        cursor.execute(
            """INSERT INTO order_changes (order_id, at, to_state, cause)
               SELECT id, now(), state, 'placed at checkout' FROM orders WHERE id = ANY(%s)""",
            [ids],
        )
        connection.commit()
        connection.autocommit = True
        connection.execute("ANALYZE")
    return [event(order_id) for order_id in ids]


ORDERS = """
    COPY orders (id, token, checkout_key, payment_intent_id, email, total, currency, state, created_at)
    FROM STDIN"""
LINES = "COPY order_lines (order_id, position, book_id, slug, title, quantity, unit_amount) FROM STDIN"


def event(order_id: uuid.UUID) -> bytes:
    """The body of payment_intent.succeeded, with the fields of Stripe's (docs.stripe.com/api/events)."""
    intent = {
        "id": f"pi_{order_id.hex}",
        "object": "payment_intent",
        "amount": 2300,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 2300,
        "automatic_payment_methods": {"allow_redirects": "always", "enabled": True},
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"pi_{order_id.hex}_secret_bench",
        "confirmation_method": "automatic",
        "created": int(time.time()),
        "currency": "sgd",
        "description": "1 x A book",
        "last_payment_error": None,
        "latest_charge": f"ch_{order_id.hex}",
        "livemode": False,
        "metadata": {"bookshop_order": str(order_id)},
        "next_action": None,
        "payment_method": f"pm_{order_id.hex}",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card", "grabpay", "paynow"],
        "shipping": None,
        "status": "succeeded",
    }
    envelope = {
        "id": f"evt_{order_id.hex}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "data": {"object": intent},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": "payment_intent.succeeded",
    }
    return json.dumps(envelope).encode()


def measured(shop: RunningShop, bodies: list[bytes], connections: int, baseline: float) -> dict[str, float]:
    """A line of the table; the events are signed before the clock starts."""
    url = f"{shop.url}/stripe/webhook"
    requests = [prepared("POST", url, body, {"Stripe-Signature": signature(body)}) for body in bodies]
    before = processor_milliseconds()
    rate = len(bodies) / uvloop.run(bring(shop, requests, connections))
    after = processor_milliseconds()
    spent = {part: (after[part] - before[part]) / len(bodies) for part in after}
    return {"events/s": rate, **spent, "pgbench": baseline / rate}


async def bring(shop: RunningShop, requests: list[bytes], connections: int) -> float:
    """Send every request; the seconds that it took."""
    waiting = iter(requests)

    async def send() -> None:
        connection = Connection(shop.url)
        for request in waiting:
            answer = await connection.ask(request)
            if answer.status != 200:
                raise SystemExit(f"{answer.status}: {answer.body.decode()}\n{shop.web.last_lines()}")
        connection.close()

    started = time.perf_counter()
    await asyncio.gather(*(send() for _ in range(connections)))
    return time.perf_counter() - started


def signature(body: bytes) -> str:
    """A `Stripe-Signature` header (docs.stripe.com/webhooks/signature)."""
    now = int(time.time())
    mac = hmac.new(WEBHOOK_SECRET.encode(), b"%d." % now + body, sha256).hexdigest()
    return f"t={now},v1={mac}"


def pgbench(database_url: str, connections: int) -> float:
    """Commits a second of one small row each, by PostgreSQL's own benchmark program."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE pgbench_rows (id bigint GENERATED ALWAYS AS IDENTITY, words text)")
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write("INSERT INTO pgbench_rows (words) VALUES ('payment_intent.succeeded');\n")
        script.flush()
        words = ["-n", "-f", script.name, "-c", str(connections), "-j", "2", "-T", str(PGBENCH_SECONDS)]
        program = Path(_program("postgres")).with_name("pgbench")
        said = subprocess.run(  # noqa: S603  our own words
            [str(program), *words, database_url], check=True, capture_output=True, text=True
        ).stdout
    found = re.search(r"tps = ([0-9.]+)", said)
    assert found, said  # noqa: S101
    return float(found[1])


if __name__ == "__main__":
    main()
