"""A database that is away: the shop says "not now" to everybody, and goes on when it is back."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from processes import ADDRESS, Shop, wait_until

DOORS = [("GET", "/"), ("GET", "/books/working-in-public"), ("POST", "/orders"), ("GET", "/orders/x/status")]
ORDER = {
    "checkout_key": "0123456789abcdef0123456789abcdef",
    "items": [{"book": "working-in-public", "quantity": 1}],
    "currency": "sgd",
    "email": "ada@example.com",
    "shipping_address": ADDRESS,
    "total": 2300,
}


@pytest.fixture
def bereft_shop(own_shop: Shop) -> Iterator[Shop]:
    """A shop whose database takes no connections any more, and has ended those that there were."""
    name = urlsplit(own_shop.database_url).path.removeprefix("/")
    server = own_shop.database_url.replace(f"/{name}?", "/postgres?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
        yield own_shop
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        wait_until(lambda: httpx.get(own_shop.url, timeout=30).is_success, "the shop to be back")


def test_a_database_that_is_away_is_no_fault_of_the_code(bereft_shop: Shop) -> None:
    """Every door answers 503, which callers may try again, and 500 stays the word for our mistakes."""
    for method, path in DOORS:
        answer = httpx.request(
            method, bereft_shop.url + path, json=ORDER if method == "POST" else None, timeout=30
        )
        assert (path, answer.status_code) == (path, 503)
    assert "unforeseen error" not in bereft_shop.web.last_lines(200)
