"""The temporary tables that the queries of the rules read, gone with the audit's connection.

`audited`          the orders to look at: all, or those of the window that was asked for
`due`              one row: `here` and `there`, the moments up to which the shop and Stripe must be at rest
`listed_…`         what Stripe lists (see stripe_side.py)
`known_before`     what the shop said before Stripe was asked: whatever it learned since is not compared
`moves`            when each object at Stripe last changed, as far as its events tell
`quiet_intents`    the shop's PaymentIntents whose last change is so long ago that the shop must know of it
`came_back`        what was refunded of each, as far as Stripe is concerned
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from psycopg import sql

BEFORE = """
CREATE TEMPORARY TABLE known_before (kind text, id text, state text, payment text, amount bigint);
INSERT INTO known_before
    SELECT 'order', id::text, state, payment_intent_id, total FROM orders
    UNION ALL SELECT 'refund', stripe_id, state, payment_intent_id, amount FROM refunds
        WHERE stripe_id IS NOT NULL
    UNION ALL SELECT 'dispute', stripe_id, status, NULL, amount FROM disputes
    UNION ALL SELECT 'posting', posting, NULL, NULL, NULL FROM ledger WHERE posting LIKE 'dispute:%'
    UNION ALL SELECT 'money', order_id::text, NULL, NULL, sum(amount) FROM ledger
        WHERE account = 'stripe' AND split_part(posting, ':', 1) IN ('charge', 'refund', 'refund undone')
        GROUP BY order_id;
CREATE INDEX ON known_before (id);
ANALYZE known_before;
"""

LISTED = """
CREATE TEMPORARY TABLE listed_intents (
    id text, order_id text, status text, amount bigint, received bigint, currency text, created bigint);
CREATE TEMPORARY TABLE listed_refunds (
    id text, intent text, status text, amount bigint, currency text, created bigint);
CREATE TEMPORARY TABLE listed_disputes (
    id text, intent text, status text, amount bigint, currency text, created bigint);
CREATE TEMPORARY TABLE listed_movements (
    id text, dispute text, amount bigint, fee bigint, currency text, created bigint);
CREATE TEMPORARY TABLE listed_events (
    id text, type text, object text, intent text, created bigint);
"""

MOVES = """
CREATE TEMPORARY TABLE moves AS
    SELECT object, max(intent) AS intent, max(created) AS at FROM listed_events GROUP BY object;
CREATE INDEX ON listed_intents (id);
CREATE INDEX ON listed_intents (order_id);
CREATE INDEX ON moves (object);
CREATE INDEX ON moves (intent);
CREATE TEMPORARY VIEW quiet_intents AS
    SELECT i.* FROM listed_intents i LEFT JOIN moves m ON m.object = i.id, due
    WHERE i.order_id IS NOT NULL AND coalesce(m.at, i.created) <= due.there;
CREATE TEMPORARY VIEW came_back AS
    SELECT intent, sum(amount) AS amount FROM listed_refunds
    WHERE status NOT IN ('failed', 'canceled') GROUP BY intent;
ANALYZE listed_intents;
ANALYZE listed_refunds;
ANALYZE listed_disputes;
ANALYZE listed_movements;
ANALYZE listed_events;
ANALYZE moves;
"""

# The shop's clock, or Stripe's, may be ahead of the database's: what either wrote last is not in the future.
DUE = """
INSERT INTO due
SELECT greatest(now(), (SELECT max(at) FROM order_changes), (SELECT max(received_at) FROM stripe_events))
           - {patience},
       extract(epoch FROM greatest(now(), to_timestamp({newest})) - {patience})::bigint,
       {open_limit}, {live}
"""


@dataclass(frozen=True, slots=True)
class Scope:
    """What to look at: orders placed `since` a moment or all; `live` mode or test mode.

    `patience` is how long a webhook, a mail or a follow-up may be on its way, `open_limit` how long an order
    may wait for its payment.
    """

    live: bool
    since: datetime | None
    patience: timedelta
    open_limit: timedelta


async def prepare(connection: psycopg.AsyncConnection, scope: Scope) -> None:
    """Make the tables that do not need Stripe's word, outside the snapshot that the rules will read."""
    await connection.execute("SET statement_timeout = '10min'; SET work_mem = '64MB'; SET jit = off")
    view = sql.SQL("CREATE TEMPORARY VIEW audited AS SELECT * FROM orders WHERE created_at >= {}")
    await connection.execute(view.format(sql.Literal(scope.since) if scope.since else sql.SQL("'-infinity'")))
    await connection.execute(
        "CREATE TEMPORARY TABLE due (here timestamptz, there bigint, open_limit interval, live boolean)"
    )


async def settle_on_now(connection: psycopg.AsyncConnection, scope: Scope, *, with_stripe: bool) -> None:
    """Fill `due`, as the first thing of the snapshot."""
    newest = sql.SQL("(SELECT max(at) FROM moves)") if with_stripe else sql.SQL("0")
    await connection.execute(
        sql.SQL(DUE).format(
            patience=sql.Literal(scope.patience),
            newest=newest,
            open_limit=sql.Literal(scope.open_limit),
            live=sql.Literal(scope.live),
        )
    )
