"""Invoice numbers: one for each paid order, without a gap, whatever rolls back or comes at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import psycopg
import pytest

import shop_records

PAY = "UPDATE orders SET state = 'paid', paid_at = now() WHERE checkout_key = %s"
PAYMENTS = 40
SECONDS_TO_MEET = 30


@pytest.fixture
def unpaid(database_url: str) -> list[str]:
    """The checkout keys of as many orders as are about to be paid."""
    keys = [f"checkout-{number}" for number in range(PAYMENTS)]
    for key in keys:
        shop_records.rows(
            database_url,
            """INSERT INTO orders (id, token, checkout_key, email, currency, total, state, created_at)
               SELECT gen_random_uuid(), key, key, 'ada@example.com', 'sgd', 2300, 'awaiting_payment', now()
               FROM (VALUES (%s)) checkout (key)""",
            key,
        )
    return keys


def numbers(database_url: str) -> list[int]:
    found = shop_records.rows(database_url, "SELECT number FROM invoices ORDER BY issued_at")
    return [row["number"] for row in found]


def test_no_gap_and_no_rush(database_url: str, unpaid: list[str]) -> None:
    """Payments at once, a third of which roll back: the rest are numbered 1, 2, 3 ... as they commit."""
    together = threading.Barrier(PAYMENTS, timeout=SECONDS_TO_MEET)

    def pay(number: int) -> None:
        together.wait()
        connections[number].execute(PAY, [unpaid[number]])
        if number % 3 == 0:
            connections[number].rollback()
        connections[number].commit()

    with ExitStack() as stack:
        # Before anybody waits: a connection that is refused is an error then, and nobody waits for its owner.
        connections = [stack.enter_context(psycopg.connect(database_url)) for _ in unpaid]
        with ThreadPoolExecutor(PAYMENTS) as pool:
            list(pool.map(pay, range(PAYMENTS)))
    rolled_back = len(range(0, PAYMENTS, 3))
    assert numbers(database_url) == list(range(1, PAYMENTS - rolled_back + 1))


def test_a_payment_under_way_keeps_nobody_waiting(database_url: str, unpaid: list[str]) -> None:
    """The number is taken at the commit: a transaction that paid and dawdles blocks no other payment."""
    with psycopg.connect(database_url) as slow, psycopg.connect(database_url) as quick:
        slow.execute(PAY, [unpaid[0]])
        quick.execute("SET lock_timeout = '2s'")
        quick.execute(PAY, [unpaid[1]])
        quick.commit()
        assert numbers(database_url) == [1]
        slow.commit()
    assert numbers(database_url) == [1, 2]


def test_one_number_an_order(database_url: str, unpaid: list[str]) -> None:
    """Writing to a paid order gives no second number."""
    for _ in range(2):
        shop_records.rows(database_url, PAY, unpaid[0])
    shop_records.rows(database_url, "UPDATE orders SET email = 'bob@example.com'")
    assert numbers(database_url) == [1]
