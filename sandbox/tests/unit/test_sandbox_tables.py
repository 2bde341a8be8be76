"""The tables of docs/sandbox.md say what the code says."""

import sandbox_tables

from stripe_sandbox import cards, methods, routes


def test_the_page_is_current() -> None:
    """After a change to a table of the code, run python tools/sandbox_tables.py."""
    page = sandbox_tables.PAGE.read_text()
    assert sandbox_tables.written(page) == page
    for name in sandbox_tables.TABLES:
        assert f"<!-- table: {name} -->" in page


def test_every_row_is_shown() -> None:
    """Each card, method and endpoint, and a stale page is noticed."""
    page = sandbox_tables.PAGE.read_text()
    assert all(f"| `{method.type}` |" in page for method in methods.METHODS)
    assert all(f"| {sandbox_tables.grouped(card.number)} |" in page for card in cards.CARDS)
    paths = [route.path.replace("{}", ":id") for route in routes.ROUTES]
    assert [path for path in paths if path not in page] == []
    stale = page.replace("GrabPay", "").replace("`grabpay`", "`gone`")
    assert sandbox_tables.written(stale) != stale
