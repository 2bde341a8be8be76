"""Replaying every event that was ever recorded changes nothing."""

import random
import secrets
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from audited_shop import Audited
from bookshop.payments import VerifiedEvent
from opened_shop import OpenedShop

# When Stripe was asked last is not what anybody relies on; everything else is.
NOTED = {"orders": {"payment_read_at"}, "refunds": {"changed_at"}, "disputes": {"changed_at"}}
FACTS = (
    *("orders", "order_lines", "order_changes", "stock", "stock_holds", "invoices", "invoice_counter"),
    *("ledger", "refunds", "disputes", "mails", "carts", "cart_lines"),
)
FOLLOW_UPS = "SELECT workflow_uuid, status FROM dbos.workflow_status WHERE schedule_name IS NULL ORDER BY 1"

Order = Callable[[list[VerifiedEvent]], list[VerifiedEvent]]


def recorded(audited: Audited) -> list[VerifiedEvent]:
    query = """SELECT id, type, extract(epoch FROM created)::bigint AS created, payload FROM stripe_events
               ORDER BY received_at, id"""
    return [VerifiedEvent(livemode=row["payload"]["livemode"], **row) for row in audited.sql(query)]


def facts(audited: Audited) -> dict[str, Any]:
    """Everything that the shop knows, but for when it asked last."""
    with psycopg.connect(audited.database_url, row_factory=dict_row) as connection:
        known: dict[str, Any] = {"follow-ups": connection.execute(FOLLOW_UPS).fetchall()}
        for table in FACTS:
            rows = connection.execute(f"SELECT * FROM {table}").fetchall()  # type: ignore[arg-type]  # noqa: S608  ours
            unnoted = [{name: row[name] for name in row.keys() - NOTED.get(table, set())} for row in rows]
            known[table] = sorted(unnoted, key=lambda row: str(sorted(row.items(), key=str)))
    return known


def take(audited: Audited, events: list[VerifiedEvent]) -> list[str]:
    with OpenedShop(audited.database_url, audited.sandbox) as opened:
        return [opened.take(event) for event in events]


def as_they_came(events: list[VerifiedEvent]) -> list[VerifiedEvent]:
    return events


def backwards(events: list[VerifiedEvent]) -> list[VerifiedEvent]:
    return events[::-1]


def shuffled(events: list[VerifiedEvent]) -> list[VerifiedEvent]:
    seed = secrets.randbits(32)
    print(f"seed {seed}")  # noqa: T201  to repeat a failure with
    return random.Random(seed).sample(events, len(events))  # noqa: S311


def test_an_event_that_comes_again_is_a_duplicate(audited: Audited) -> None:
    """The very same events, the next day: recorded before, nothing happens, not even a second row."""
    events, before = recorded(audited), facts(audited)
    assert len(events) > 20
    assert set(take(audited, events)) == {"duplicate"}
    assert facts(audited) == before
    assert len(recorded(audited)) == len(events)


@pytest.mark.parametrize("order", [as_they_came, backwards, shuffled], ids=lambda order: order.__name__)
def test_the_same_news_under_other_ids_change_nothing(audited: Audited, order: Order) -> None:
    """Stripe may send two events of one fact: what guards the orders is their state, not the event's id."""
    before = facts(audited)
    events = order(recorded(audited))
    again = [
        VerifiedEvent(
            f"evt_{secrets.token_hex(12)}", event.type, event.created, event.livemode, event.payload
        )
        for event in events
    ]
    outcomes = take(audited, again)
    assert facts(audited) == before
    assert {"unchanged", "ignored"} <= set(outcomes)
    assert not {"paid", "flagged", "processing", "reopened", "canceled", "expired"} & set(outcomes)
    assert audited.broken(with_stripe=False) == set()
