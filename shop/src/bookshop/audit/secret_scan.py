"""No client secret, key or card number in any text of any table, whoever made the table."""

import re
from collections.abc import AsyncIterator

import psycopg
from psycopg import sql

from bookshop.audit.rule import Rule

RULE = Rule(
    "no-secrets",
    "No table holds a client secret, a key of Stripe's, a webhook's secret or a card number.",
    "",  # made for the tables that there are, below
)

CARD = r"(?<![-+.\w])[2-6][0-9]{3}(?:[ -]?[0-9]{2,6}){2,4}(?![-\w])"
KEY = r"(?:sk|rk)_(?:live|test)_[0-9A-Za-z]{8,}"
SUSPECT = rf"(_secret_[0-9A-Za-z]{{8,}}|{KEY}|whsec_[0-9A-Za-z+/]{{8,}}|{CARD})"

# The numbers that card brands give out; other numbers, and those without their check digit, are no cards.
BRANDS = re.compile(
    r"4\d{12}(\d{3}){0,2}|5[1-5]\d{14}|2(2[2-9]|[3-6]\d|7[0-2])\d{13}|3[47]\d{13}|3(0[0-5]|[68]\d)\d{11}"
    r"|35\d{14}|6(011|4[4-9]\d|5\d\d)\d{12}|62\d{14,17}"
)

# Every table that is not this connection's, with its columns of text and of its primary key.
TABLES = """
    SELECT n.nspname, c.relname, array_agg(a.attname::text ORDER BY a.attnum),
           coalesce((SELECT array_agg(k.attname::text ORDER BY k.attnum) FROM pg_index i
               JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = ANY (i.indkey)
               WHERE i.indrelid = c.oid AND i.indisprimary), ARRAY['ctid'])
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type item ON item.oid = t.typelem
    WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
      AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND (t.typcategory = 'S' OR t.typname IN ('json', 'jsonb', 'xml')
           OR item.typcategory = 'S' OR item.typname IN ('json', 'jsonb'))
    GROUP BY c.oid, n.nspname, c.relname ORDER BY n.nspname, c.relname"""

# A workflow's input and output are pickles in base64, which hide what is in them from a search.
UNPACKED = """CASE WHEN {0} ~ '^gA[SW][0-9A-Za-z+/=]+$' AND length({0}) % 4 = 0
    THEN encode(decode({0}, 'base64'), 'escape') ELSE {0} END"""

Row = dict[str, object]


async def find(connection: psycopg.AsyncConnection) -> AsyncIterator[Row]:
    """Each secret in the database: which table and row, and of which kind, never itself."""
    cursor = await connection.execute(TABLES)
    for schema, table, columns, key in await cursor.fetchall():
        query = _query(schema, table, columns, key)
        async with connection.cursor(f"scan_{table}") as rows:
            await rows.execute(query)
            async for name, suspect in rows:
                if kind := _kind(suspect):
                    yield {
                        "table": f"{schema}.{table}",
                        "row": re.sub(SUSPECT, "[hidden]", name),
                        "holds": kind,
                    }


def _query(schema: str, table: str, columns: list[str], key: list[str]) -> sql.Composed:
    packed = schema == "dbos"
    texts = (sql.SQL("{}::text").format(sql.Identifier(column)) for column in columns)
    unpacked = (sql.SQL(UNPACKED).format(text) if packed else text for text in texts)
    return sql.SQL(
        """SELECT concat_ws(' ', {key}), found[1]
           FROM {table} CROSS JOIN LATERAL regexp_matches(concat_ws(E'\\n', {texts}), {suspect}, 'g') found"""
    ).format(
        key=sql.SQL(", ").join(sql.Identifier(column) for column in key),
        table=sql.Identifier(schema, table),
        texts=sql.SQL(", ").join(unpacked),
        suspect=sql.Literal(SUSPECT),
    )


def _kind(suspect: str) -> str | None:
    if suspect.startswith("_secret_"):
        return "a client secret"
    if suspect.startswith("whsec_"):
        return "a webhook's secret"
    if suspect.startswith(("sk_", "rk_")):
        return "a key"
    digits = re.sub("[ -]", "", suspect)
    return "a card number" if BRANDS.fullmatch(digits) and _checks(digits) else None


def _checks(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, Luhn's)."""
    doubled = (int(digit) * 2 if place % 2 else int(digit) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0
