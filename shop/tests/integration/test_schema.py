"""The database as the migrations build it."""

import psycopg
import pytest
from alembic import command
from alembic.util import CommandError

from bookshop import database
from processes import Shop, run_to_its_end, start, wait_until
from shop_records import rows


def tables(url: str) -> dict[str, str]:
    query = """SELECT table_schema || '.' || table_name AS name,
                      string_agg(column_name || ' ' || data_type, ',' ORDER BY column_name) AS columns
               FROM information_schema.columns WHERE table_schema IN ('public', 'dbos') GROUP BY 1"""
    return {row["name"]: row["columns"] for row in rows(url, query)}


def test_the_models_and_the_migrations_agree(database_url: str) -> None:
    """`alembic check`: autogenerate would find nothing to add to the migrations."""
    said: list[str] = []
    try:
        command.check(database.alembic_config(database_url, report=said.append))
    except CommandError as error:
        pytest.fail(f"a model differs from its migrations: {error}")
    assert any("No new upgrade operations" in line for line in said)


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    """A second `bookshop migrate` finds everything in place."""
    before = tables(database_url)
    database.migrate(database_url, report=lambda _: None)
    assert tables(database_url) == before
    assert "public.orders" in before
    assert "dbos.workflow_status" in before


def test_migrating_in_parallel(empty_database_url: str, shop: Shop) -> None:
    """Four releases that start at once end with one whole schema, and none of them fails."""
    environment = shop.environment | {"DATABASE_URL": empty_database_url}
    children = [
        start(f"migrate-{number}", "bookshop", "migrate", directory=shop.directory, environment=environment)
        for number in range(4)
    ]
    for child in children:
        wait_until(lambda child=child: child.exit_code is not None, f"{child.name} to end", seconds=60)
    assert [child.exit_code for child in children] == [0] * 4, "\n".join(c.last_lines() for c in children)
    assert tables(empty_database_url) == tables(shop.database_url)


def test_back_and_forth(empty_database_url: str) -> None:
    """Every migration can be taken back, and leaves nothing behind."""
    config = database.alembic_config(empty_database_url, report=lambda _: None)
    command.upgrade(config, "head")
    command.downgrade(config, "base")
    assert tables(empty_database_url).keys() == {"public.alembic_version"}
    command.upgrade(config, "head")


def test_the_catalogue_is_loaded_again(database_url: str, shop: Shop) -> None:
    """A second load changes prices and shelves, and takes off what the file no longer names."""
    environment = shop.environment | {"DATABASE_URL": database_url}
    path = shop.directory / "other.toml"
    book = 'slug = "working-in-public"\ntitle = "T"\nauthor = "A"\ndescription = "D"\n'
    path.write_text(f'[[books]]\n{book}prices = {{ sgd = "9.50", eur = "7.00" }}\n')
    words = ("catalog", "load", str(path))
    run_to_its_end("load", "bookshop", *words, directory=shop.directory, environment=environment)
    found = rows(database_url, "SELECT slug, on_sale FROM books ORDER BY on_sale, slug")
    assert [(row["slug"], row["on_sale"]) for row in found] == [
        ("the-art-of-doing-science-and-engineering", False),
        ("the-making-of-prince-of-persia", False),
        ("working-in-public", True),
    ]
    query = "SELECT currency, amount FROM prices JOIN books ON books.id = book_id WHERE on_sale ORDER BY 1"
    assert [tuple(row.values()) for row in rows(database_url, query)] == [("eur", 700), ("sgd", 950)]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO prices SELECT id, 'eur', 0 FROM books",
        "UPDATE order_lines SET quantity = 0",
        "UPDATE orders SET total = 0",
        "INSERT INTO orders SELECT gen_random_uuid(), token || 'x', checkout_key FROM orders",
    ],
)
def test_the_database_itself_refuses_nonsense(shop: Shop, statement: str) -> None:
    """Prices, quantities and totals are above zero, and a checkout key has one order, whoever writes."""
    assert shop.order().status_code == 201
    with pytest.raises(psycopg.IntegrityError):
        rows(shop.database_url, statement)
