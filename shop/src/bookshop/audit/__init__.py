"""`bookshop audit`: what must always hold, checked from outside.

Nothing here is shared with the code that is checked: plain SQL over one snapshot of the database, and
Stripe's objects read with a plain HTTP client. Each rule is a query that finds what breaks it.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg import sql

from bookshop.audit import (
    follow_up_rules,
    invoice_rules,
    money_rules,
    order_rules,
    secret_scan,
    stock_rules,
    stripe_rules,
    stripe_side,
)
from bookshop.audit.report import EXAMPLES, Finding, Report
from bookshop.audit.rule import Rule, Source
from bookshop.audit.stripe_lists import StripeAccount
from bookshop.audit.workspace import Scope, prepare, settle_on_now

RULES: tuple[Rule, ...] = (
    *order_rules.RULES,
    *invoice_rules.RULES,
    *stock_rules.RULES,
    *money_rules.RULES,
    *follow_up_rules.RULES,
    secret_scan.RULE,
    *stripe_rules.RULES,
)

T = TypeVar("T")

COUNTED = {"orders": "audited", "events": "stripe_events", "refunds": "refunds", "disputes": "disputes"}


async def run(database_url: str, account: StripeAccount | None, scope: Scope) -> Report:
    """Check every rule; without an account those that need Stripe's word are left out.

    Stripe is asked first and the database read afterwards, in one snapshot, so that nothing the shop does
    meanwhile looks broken. `database_url` is a libpq URL.

    Raises:
        StripeSilentError: Stripe gave no usable answer.
        psycopg.Error: the database did.
    """
    began, seconds = time.perf_counter(), dict[str, float]()
    rules = tuple(rule for rule in RULES if account is not None or rule.source is Source.SHOP)
    async with await _connect(database_url) as connection, _beside(_scan(database_url, seconds)) as scan:
        await prepare(connection, scope)
        if account is not None:
            with _timed(seconds, "asking Stripe"):
                await stripe_side.load(connection, account, scope)
        await connection.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        await settle_on_now(connection, scope, with_stripe=account is not None)
        tables = COUNTED | ({"payments at Stripe": "listed_intents"} if account is not None else {})
        looked_at = {name: await _count(connection, table) for name, table in tables.items()}
        findings = []
        for rule in rules:
            with _timed(seconds, rule.name):
                finding = await (scan if rule is secret_scan.RULE else _check(connection, rule))
            if finding is not None:
                findings.append(finding)
    return Report(looked_at, rules, tuple(findings), seconds, time.perf_counter() - began)


async def _check(connection: psycopg.AsyncConnection, rule: Rule) -> Finding | None:
    broken = f"""WITH broken AS MATERIALIZED ({rule.query})
        SELECT (SELECT count(*) FROM broken), broken.* FROM broken LIMIT {EXAMPLES}"""  # noqa: S608  our own
    cursor = await connection.execute(broken)
    rows = await cursor.fetchall()
    if not rows:
        return None
    names = [column.name for column in (cursor.description or [])[1:]]
    return Finding(rule, rows[0][0], tuple(dict(zip(names, row[1:], strict=True)) for row in rows))


async def _scan(database_url: str, seconds: dict[str, float]) -> Finding | None:
    """Secrets need no snapshot, but the longest time: looked for beside the rest."""
    count, examples = 0, []
    with _timed(seconds, "looking for secrets beside the rest"):
        async with await _connect(database_url) as connection:
            async for row in secret_scan.find(connection):
                count += 1
                if count <= EXAMPLES:
                    examples.append(row)
    return Finding(secret_scan.RULE, count, tuple(examples)) if count else None


async def _connect(database_url: str) -> psycopg.AsyncConnection:
    return await psycopg.AsyncConnection.connect(database_url, autocommit=True, connect_timeout=5)


async def _count(connection: psycopg.AsyncConnection, table: str) -> int:
    cursor = await connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
    return int((await cursor.fetchone() or (0,))[0])


@asynccontextmanager
async def _beside(work: Coroutine[Any, Any, T]) -> AsyncIterator["asyncio.Task[T]"]:
    """Do something beside what the block does, and no longer than that."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - began
