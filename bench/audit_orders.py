"""How long `bookshop audit` takes over many orders: `python bench/audit_orders.py [--orders 100000]`.

Makes four purchases at a sandbox (paid, refunded, canceled, left open), multiplies what they left at Stripe
into the state file of another, and writes the orders, events, mails, invoices and ledger of a shop by COPY.
Then the command itself is run and timed, with its largest memory.
"""

import argparse
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import psycopg

from bookshop import database
from bookshop.demo.postgres import embedded_postgres
from stripe_sandbox.process import RunningSandbox, running_sandbox

PAID, REFUNDED, CANCELED, OPEN = "paid", "refunded", "canceled", "open"
# What differs from order to order in a template.
NUMBER, ORDER, WHEN = "<number>", "<order>", "<when>"
CLIENT_SECRET = re.compile(r'"client_secret":"[^"]*",?')
KINDS = ("payment_intent", "refund", "event")
SECONDS_BETWEEN = 20
ORDER_OF_TEMPLATE = {kind: str(uuid.uuid4()) for kind in (PAID, REFUNDED, CANCELED, OPEN)}
COLUMNS = {
    "orders": "id token checkout_key email currency total state created_at paid_at payment_intent_id"
    " payment_status payment_method card_brand card_last4 shipping_address",
    "order_lines": "order_id position book_id slug title quantity unit_amount",
    "order_changes": "order_id at from_state to_state cause",
    "stripe_events": "id type created received_at outcome payload",
    "mails": "order_id purpose message_id state attempts claimed_at sent_at",
    "invoices": "number order_id issued_at",
    "ledger": "posting account order_id amount currency at",
    "refunds": "id order_id payment_intent_id stripe_id amount currency state cause requested_at changed_at",
    "stock_holds": "order_id book_id quantity state changed_at",
    "dbos.workflow_status": "workflow_uuid status name queue_name created_at updated_at priority",
}
ADDRESS = json.dumps(
    {"name": "Ada Lovelace", "line1": "1 Raffles Place", "postal_code": "048616", "country": "SG"}
)


def main() -> None:
    """Fill, audit, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="audit-") as directory,
        # What is measured only reads.
        embedded_postgres(Path(directory) / "pg", durable=False) as url,
    ):
        state = Path(directory) / "stripe.db"
        began = time.perf_counter()
        templates = make_templates(state)
        database.migrate(url, report=lambda _: None)
        fill(url, state, templates, options.orders)
        tell(f"filled in {time.perf_counter() - began:.0f} s")
        with running_sandbox("--state", str(state)) as sandbox:
            for _ in range(options.rounds):
                audit(url, sandbox)


class Template(NamedTuple):
    """An object that a purchase left at Stripe: its JSON with marks for what differs from order to order."""

    kind: str
    id: str
    body: str
    event_type: str

    def of(self, number: int, order_id: str, when: int) -> "Template":
        """The same of another order."""
        body = self.body.replace(NUMBER, f"{number:07d}").replace(ORDER, order_id).replace(WHEN, str(when))
        return self._replace(id=self.id.replace(NUMBER, f"{number:07d}"), body=body)


def make_templates(state: Path) -> dict[str, list[Template]]:
    """What a purchase of each kind leaves at Stripe; `state` is left empty."""
    with running_sandbox("--state", str(state)) as sandbox:
        for kind, order_id in ORDER_OF_TEMPLATE.items():
            purchase(sandbox, kind, order_id)
        sandbox.advance_clock(3600)  # Some of a purchase's events come later.
    with closing(sqlite3.connect(state)) as file:
        rows = file.execute("SELECT kind, id, body FROM object ORDER BY position").fetchall()
        with file:
            file.execute("DELETE FROM object")
    objects = [(kind, name, bytes(body).decode()) for kind, name, body in rows if kind in KINDS]
    return {kind: [*templates_of(order_id, objects)] for kind, order_id in ORDER_OF_TEMPLATE.items()}


def templates_of(order_id: str, objects: list[tuple[str, str, str]]) -> Iterator[Template]:
    """All that belongs to the PaymentIntent that names this order."""
    own = next(name for kind, name, body in objects if kind == "payment_intent" and order_id in body)
    for kind, name, body in objects:
        if own in body:
            marked = re.sub(r'"created":\d+', f'"created":{WHEN}', marked_ids(body).replace(order_id, ORDER))
            yield Template(kind, marked_ids(f'{name}"')[:-1], marked, str(json.loads(body).get("type")))


def marked_ids(text: str) -> str:
    """Seven characters of each id of a purchase become the mark of the order's number."""
    return re.sub(r"\b(pi|ch|re|evt|txn|pyr)_(\w{10,}?)(?=[\"_])", lambda id_: id_[0][:-7] + NUMBER, text)


def purchase(sandbox: RunningSandbox, kind: str, order_id: str) -> None:
    """Let the sandbox have one PaymentIntent of S$23.00 in a state."""
    api = sandbox.client().v1
    intent = api.payment_intents.create(
        {"amount": 2300, "currency": "sgd", "metadata": {"bookshop_order": order_id}}
    )
    if kind in {PAID, REFUNDED}:
        api.payment_intents.confirm(
            intent.id, {"payment_method": "pm_card_visa", "return_url": "https://books.example"}
        )
    if kind == REFUNDED:
        api.refunds.create({"payment_intent": intent.id})
    if kind == CANCELED:
        api.payment_intents.cancel(intent.id)


def fill(url: str, state: Path, templates: dict[str, list[Template]], orders: int) -> None:
    """Write both sides: of fifty orders one refunded, two canceled; the hundred last ones are open."""
    with psycopg.connect(url) as connection, closing(sqlite3.connect(state)) as file, file:
        file.execute("PRAGMA synchronous = off")
        shelf = """INSERT INTO books (id, slug, title, author, description, palette, motif, position, on_sale)
                   OVERRIDING SYSTEM VALUE VALUES (
                       1, 'book', 'A book', 'Somebody', 'Words', 'ink', 'rule', 1, true)"""
        # Foreign keys are not what is measured.
        connection.execute("SET session_replication_role = replica")
        connection.execute(shelf)
        rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in COLUMNS}
        now, invoices = int(time.time()), 0
        for number in range(orders):
            kind = kind_of(number, orders)
            invoices += kind in {PAID, REFUNDED}
            when = now - (orders - number) * SECONDS_BETWEEN
            stripes = [template.of(number, order_id_of(number), when) for template in templates[kind]]
            file.executemany(
                "INSERT INTO object (kind, id, body) VALUES (?, ?, ?)",
                [(found.kind, found.id, found.body.encode()) for found in stripes],
            )
            for table, row in shop_rows(kind, number, when, invoices, stripes):
                rows[table].append(row)
            if number % 5_000 == 4_999 or number == orders - 1:
                copy(connection, rows)
        connection.execute("INSERT INTO stock SELECT 1, 1000000, %s, %s", [min(100, orders), invoices])
        connection.execute(
            "INSERT INTO stock_receipts (book_id, copies, at) VALUES (1, 1000000, '2020-01-01')"
        )
        connection.execute(
            "INSERT INTO invoice_counter VALUES (1, %s) ON CONFLICT (id) DO UPDATE SET last = excluded.last",
            [invoices],
        )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def kind_of(number: int, orders: int) -> str:
    if orders - number <= 100:
        return OPEN
    return {0: REFUNDED, 1: CANCELED, 2: CANCELED}.get(number % 50, PAID)


def order_id_of(number: int) -> str:
    return str(uuid.UUID(int=0x9E3779B97F4A7C15F39CC0605CEDC834 * (number + 1) % 2**128))


def shop_rows(
    kind: str, number: int, when: int, invoice: int, stripes: list[Template]
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """What the shop wrote down about one order, table by table."""
    order, moment = order_id_of(number), time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(when))
    intent = next(found.id for found in stripes if found.kind == "payment_intent")
    is_paid = kind in {PAID, REFUNDED}
    state = {PAID: "paid", REFUNDED: "paid", CANCELED: "canceled", OPEN: "awaiting_payment"}[kind]
    status = {
        PAID: "succeeded",
        REFUNDED: "succeeded",
        CANCELED: "canceled",
        OPEN: "requires_payment_method",
    }[kind]
    card = ("card", "visa", "4242") if is_paid else (None, None, None)
    money = (moment if is_paid else None, intent, status, *card, ADDRESS)
    yield (
        "orders",
        (order, f"t{number}", f"k{number}", f"a{number}@example.com", "sgd", 2300, state, moment, *money),
    )
    yield "order_lines", (order, 0, 1, "book", "A book", 1, 2300)
    yield "order_changes", (order, moment, None, "awaiting_payment", "placed at checkout")
    hold = {"paid": "sold", "canceled": "released", "awaiting_payment": "held"}[state]
    yield "stock_holds", (order, 1, 1, hold, moment)
    if state != "awaiting_payment":
        yield "order_changes", (order, moment, "awaiting_payment", state, "webhook")
    for found in (found for found in stripes if found.kind == "event"):
        event = CLIENT_SECRET.sub("", found.body)
        yield "stripe_events", (found.id, found.event_type, moment, moment, "ignored", event)
    if is_paid:
        mail = f"<{order}.confirmation@books.example>"
        yield "mails", (order, "confirmation", mail, "sent", 1, moment, moment)
        yield "invoices", (invoice, order, moment)
        name = "deliver_confirmation"
        yield (
            "dbos.workflow_status",
            (f"{name}:{order}", "SUCCESS", name, "mail", when * 1000, when * 1000, 0),
        )
        yield from posting(f"charge:{intent}", "sales", order, 2300, moment)
    for found in (found for found in stripes if found.kind == "refund"):
        refund = (order, intent, found.id, 2300, "sgd", "succeeded", "bench", moment, moment)
        ours = uuid.uuid5(uuid.NAMESPACE_OID, order)
        yield "refunds", (str(ours), *refund)
        name, mail = f"deliver_refund_notice:{ours}", f"<{order}.refund.{ours}@books.example>"
        yield "mails", (order, f"refund.{ours}", mail, "sent", 1, moment, moment)
        yield "dbos.workflow_status", (name, "SUCCESS", "notice", "mail", when * 1000, when * 1000, 0)
        yield from posting(f"refund:{found.id}", "refunds", order, -2300, moment)


def posting(
    name: str, account: str, order: str, amount: int, moment: str
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    yield "ledger", (name, "stripe", order, amount, "sgd", moment)
    yield "ledger", (name, account, order, -amount, "sgd", moment)


def copy(connection: psycopg.Connection, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    """Write what was gathered, and forget it."""
    for table, columns in COLUMNS.items():
        into = f"COPY {table} ({', '.join(columns.split())}) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(into) as writing:
            for row in rows[table]:
                writing.write_row(row)
        rows[table].clear()


def audit(url: str, sandbox: RunningSandbox) -> None:
    """Run the command, and print what it says, how long it took and the most memory it had."""
    environment = os.environ | {
        "DATABASE_URL": url,
        "STRIPE_SECRET_KEY": "sk_test_0123456789abcdef",
        "STRIPE_PUBLISHABLE_KEY": "pk_test_0123456789abcdef",
        "STRIPE_API_BASE": sandbox.address,
    }
    beside = {"sandbox": psutil.Process(sandbox.process.pid), "PostgreSQL": postgres_of(url)}
    before = {name: worked(process) for name, process in beside.items()}
    began = time.perf_counter()
    command = [sys.executable, "-m", "bookshop", "audit", "--json"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:  # noqa: S603
        told = process.stdout.read() if process.stdout else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - began
    if process.returncode == 2:
        raise SystemExit("the audit could not look")
    report = json.loads(told)
    counts = ", ".join(f"{count:,} {name}" for name, count in report["looked_at"].items())
    tell(f"audited {counts}: {took:.1f} s, {usage.ru_maxrss // 1024} MB")
    work = {"audit": usage.ru_utime + usage.ru_stime}
    work |= {name: worked(process) - before[name] for name, process in beside.items()}
    tell("  processor time: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in work.items()))
    slowest = sorted(report["seconds"].items(), key=lambda item: -item[1])[:12]
    tell("  " + ", ".join(f"{name} {seconds:.1f}" for name, seconds in slowest))
    for finding in report["findings"]:
        tell(f"  broken: {finding['rule']} {finding['count']}: {finding['examples'][:2]}")


def postgres_of(url: str) -> psutil.Process:
    """The server, whose account gets the time of its connections' processes when they end."""
    with psycopg.connect(url) as connection:
        parent = psutil.Process(connection.info.backend_pid).parent()
    assert parent is not None, "a connection's process is the server's child"  # noqa: S101
    return parent


def worked(process: psutil.Process) -> float:
    """Seconds of processor time, of ended children too."""
    times = process.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


def tell(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
