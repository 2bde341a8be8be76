"""`bookshop stock` and the catalogue's `stock`: how a shopkeeper counts."""

from pathlib import Path

from processes import Shop, start
from shop_records import rows

CATALOG = """
[[books]]
slug = "counted"
title = "A book"
author = "Somebody"
description = "Words"
prices = {{ sgd = "23.00" }}
{stock}
"""


def said(shop: Shop, where: Path, *words: str, code: int = 0) -> str:
    """What the command prints; AssertionError where it ends with another code."""
    child = start("-".join(words[:1]), "bookshop", *words, directory=where, environment=shop.environment)
    assert child.wait(60)
    assert child.exit_code == code, child.last_lines()
    return " ".join(child.last_lines().split())


def counts(database_url: str) -> list[tuple[int, int, int]]:
    query = "SELECT received, held, sold FROM stock"
    return [(row["received"], row["held"], row["sold"]) for row in rows(database_url, query)]


def test_a_shopkeeper_counts_a_book(database_url: str, tmp_path: Path) -> None:
    """Counting begins with the first change; copies come and go, but never below what is held or sold."""
    shop = Shop(tmp_path, database_url)
    assert "No book is counted" in said(shop, tmp_path, "stock")
    assert "is not counted" in said(shop, tmp_path, "stock", "working-in-public")
    assert counts(database_url) == []
    assert "12 0 0 12 working-in-public" in said(shop, tmp_path, "stock", "working-in-public", "+12")
    rows(database_url, "UPDATE stock SET held = 4, sold = 3")
    assert "4 4 3 11 working-in-public" in said(shop, tmp_path, "stock", "working-in-public", "-1")
    assert "4 4 3 11 working-in-public" in said(shop, tmp_path, "stock")
    assert "has 4 free copies" in said(shop, tmp_path, "stock", "working-in-public", "-5", code=1)
    assert "There is no book" in said(shop, tmp_path, "stock", "no-such-book", "+1", code=1)
    assert "There is no book" in said(shop, tmp_path, "stock", "../etc", "+1", code=1)
    assert "more than a shelf can hold" in said(
        shop, tmp_path, "stock", "working-in-public", "+99999999999", code=1
    )
    assert counts(database_url) == [(11, 4, 3)]
    moves = rows(database_url, "SELECT sum(copies)::int AS moves FROM stock_receipts")
    assert moves == [{"moves": 11}], "each change is written down"


def test_loading_twice_does_not_add(database_url: str, tmp_path: Path) -> None:
    """The catalogue's figure opens the count; a second loading, with whatever figure, leaves it alone."""
    shop = Shop(tmp_path, database_url)
    path = tmp_path / "mine.toml"
    figures = ["", "stock = 12", "stock = 12", "stock = 99", ""]
    for figure, expected in zip(figures, [[], *[[(12, 0, 0)]] * 4], strict=True):
        path.write_text(CATALOG.format(stock=figure), encoding="utf-8")
        said(shop, tmp_path, "catalog", "load", str(path))
        assert counts(database_url) == expected
