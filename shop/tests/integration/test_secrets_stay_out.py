"""Keys, client secrets and card numbers are in no log line and in no table, whatever happens on the way."""

import json
from collections.abc import Callable

import httpx
import psycopg
from psycopg import sql

from processes import Shop, wait_until

DECLINED, GOOD = "4000000000009995", "4242424242424242"


def test_a_purchase_leaves_no_secret_anywhere(start_shop: Callable[..., Shop]) -> None:
    """Declining, buying, coming back with the secret in the address, failing: nothing that pays is kept."""
    shop = start_shop(LOG_FORMAT="json", LOG_LEVEL="DEBUG")
    placed = shop.order()
    client_secret = placed.json()["client_secret"]
    address = shop.url + placed.json()["order_url"]
    assert shop.sandbox.pay(client_secret, DECLINED).status_code == 402
    shop.sandbox.pay(client_secret, GOOD).raise_for_status()
    query = {"payment_intent_client_secret": client_secret, "redirect_status": "succeeded"}
    httpx.get(address, params=query, follow_redirects=True, timeout=30).raise_for_status()
    event = {"name": "ready", "milliseconds": 1, "detail": {"typed": "4242 4242 4242 4242"}}
    httpx.post(f"{shop.url}/browser-events", json={"events": [event]}, timeout=30).raise_for_status()
    httpx.post(f"{shop.url}/shopkeeper", data={"password": GOOD}, timeout=30)
    httpx.get(f"{shop.url}/nowhere/{shop.sandbox.secret_key}", timeout=30)
    wait_until(lambda: shop.mails("ada@example.com"), "the mail")

    secrets = [client_secret.partition("_secret_")[2], shop.sandbox.secret_key, shop.sandbox.webhook_secret]
    secrets += [DECLINED, GOOD, "4242 4242 4242 4242", shop.environment["SHOPKEEPER_PASSWORD"]]
    logs = {child.name: child.log.read_text() for child in (shop.web, shop.worker)}
    assert [(name, secret) for name, text in logs.items() for secret in secrets if secret in text] == []
    everything = dump(shop.database_url)
    assert "payment_intent.succeeded" in everything, "the dump holds the events"
    assert "deliver_confirmation" in everything, "the dump holds the workflows"
    assert [secret for secret in secrets if secret in everything] == []
    for line in (line for text in logs.values() for line in text.splitlines()):
        assert {"event", "level", "timestamp"} <= json.loads(line).keys(), "each line is one JSON object"


def dump(url: str) -> str:
    """Every row of every table of the shop and of the workflow engine, as text."""
    tables = "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'dbos')"
    with psycopg.connect(url) as connection:
        names = connection.execute(tables).fetchall()
        queries = [sql.SQL("SELECT * FROM {}").format(sql.Identifier(*name)) for name in names]
        return "\n".join(str(row) for query in queries for row in connection.execute(query).fetchall())
