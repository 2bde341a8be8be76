"""No client secret, key or card number in any text of any table, whoever made the table."""

import re
from collections.abc import AsyncIterator, Iterator

import psycopg
from psycopg import sql

from bookshop.audit.rule import Rule

RULE = Rule(
    "no-secrets",
    "No table holds a client secret, a key of Stripe's, a webhook's secret or a card number.",
    "",  # made for the tables that there are, below
)

# What PostgreSQL looks for in every row, quick and coarse; what it finds is looked at again here. The coarser
# the quicker: its automaton has fewer states to keep.
SUSPECT = "[0-9](?:[ -]?[0-9]){12}|_secret_|[sr]k_test_|[sr]k_live_|whsec_"
SECRETS = {
    "a client secret": re.compile("_secret_[0-9A-Za-z]{8,}"),
    "a key": re.compile("[sr]k_(?:test|live)_[0-9A-Za-z]{8,}"),
    "a webhook's secret": re.compile("whsec_[0-9A-Za-z+/]{8,}"),
}
NUMBER = re.compile(r"(?<![-+.\w])[2-6](?:[ -]?[0-9]){12,18}(?![-\w])")

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
    """Each row of the database with a secret: which table and row, and what kind, never the secret itself."""
    cursor = await connection.execute(TABLES)
    for schema, table, columns, key in await cursor.fetchall():
        async for name, text in connection.cursor().stream(_query(schema, table, columns, key)):
            for kind in _kinds(text):
                yield {"table": f"{schema}.{table}", "row": _hidden(name), "holds": kind}


def _query(schema: str, table: str, columns: list[str], key: list[str]) -> sql.Composed:
    texts = (sql.SQL("{}::text").format(sql.Identifier(column)) for column in columns)
    unpacked = (sql.SQL(UNPACKED).format(text) if schema == "dbos" else text for text in texts)
    # Kept apart by OFFSET, so that the text of a row is made once.
    return sql.SQL(
        """SELECT key, text FROM (
               SELECT concat_ws(' ', {key}) AS key, concat_ws(E'\\n', {texts}) AS text
               FROM {table} OFFSET 0) rows
           WHERE text ~ {suspect}"""
    ).format(
        key=sql.SQL(", ").join(sql.Identifier(column) for column in key),
        table=sql.Identifier(schema, table),
        texts=sql.SQL(", ").join(unpacked),
        suspect=sql.Literal(SUSPECT),
    )


def _kinds(text: str) -> Iterator[str]:
    yield from (kind for kind, pattern in SECRETS.items() if pattern.search(text))
    numbers = (re.sub("[ -]", "", found[0]) for found in NUMBER.finditer(text))
    if any(BRANDS.fullmatch(number) and _checks(number) for number in numbers):
        yield "a card number"


def _hidden(name: str) -> str:
    for pattern in (*SECRETS.values(), NUMBER):
        name = pattern.sub("[hidden]", name)
    return name


def _checks(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, Luhn's)."""
    doubled = (int(digit) * 2 if place % 2 else int(digit) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0
