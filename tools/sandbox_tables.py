"""Write the tables of docs/sandbox.md from the sandbox's own: .venv/bin/python tools/sandbox_tables.py.

Each stands between `<!-- table: NAME -->` and `<!-- end -->`; a test fails when one is not current.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from stripe_sandbox import cards, ibans, methods, routes
from stripe_sandbox.currencies import CURRENCIES

PAGE = Path(__file__).parent.parent / "docs" / "sandbox.md"
_PLACE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_EVERY = "all"


def written(page: str) -> str:
    """The page with every table made anew."""
    return _PLACE.sub(lambda place: f"{place[1]}{TABLES[place[2]]()}{place[3]}", page)


def _methods() -> str:
    rows = (
        (
            f"`{method.type}`",
            _EVERY if method.currencies == CURRENCIES else _currencies(method),
            _EVERY if method.countries is None else " ".join(sorted(method.countries)),
            method.flow,
            method.timing.replace("_", " "),
            "yes" if method.manual_capture else "no",
            _refunds(method),
            " ".join(sorted(method.setup_future_usage)) or "no",
        )
        for method in methods.METHODS
    )
    head = (
        "type",
        "currencies",
        "account countries",
        "flow",
        "result",
        "manual capture",
        "refund",
        "saved for later",
    )
    return _table(head, rows)


def _currencies(method: methods.Method) -> str:
    home = " ".join(sorted(method.home_currencies))
    return "; ".join(filter(None, [" ".join(sorted(method.currencies)), f"at home: {home}" if home else ""]))


def _refunds(method: methods.Method) -> str:
    when = "arrives later" if method.refunds_later else "at once"
    return when if method.refund_days is None else f"{when}, within {method.refund_days} days"


def _cards() -> str:
    rows = (
        (group, grouped(card.number), card.brand, card.does, ", ".join(f"`{name}`" for name in card.tokens))
        for group, members in cards.GROUPS
        for card in members
    )
    return _table(("group", "number", "brand", "what happens", "on a server"), rows)


def grouped(number: str) -> str:
    """A card number in fours, as cards show it."""
    return " ".join(re.findall(".{1,4}", number))


def _ibans() -> str:
    return _table(("IBAN", "what happens"), ((f"`{iban.number}`", iban.does) for iban in ibans.IBANS))


def _endpoints() -> str:
    rows = (
        (f"`{route.method} {route.path.replace('{}', ':id')}`", "both" if route.publishable else "secret")
        for route in routes.ROUTES
    )
    return _table(("endpoint", "key"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


TABLES: dict[str, Callable[[], str]] = {
    "methods": _methods,
    "cards": _cards,
    "ibans": _ibans,
    "endpoints": _endpoints,
}


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
    print(f"{PAGE} is current")
