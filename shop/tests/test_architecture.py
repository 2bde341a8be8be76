"""The rules of the house, checked by reading the imports; each message says why, and what to do."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
SHOP = REPOSITORY / "shop/src/bookshop"
SANDBOX = REPOSITORY / "sandbox/src/stripe_sandbox"
TESTS = (REPOSITORY / "shop/tests", REPOSITORY / "sandbox/tests")

LONGEST_FILE = 300
LONGEST_FUNCTION = 50
LONGEST_ROUTE_TABLE = 60
VAGUE = {"service", "services", "utils", "util", "helpers", "helper", "manager", "managers", "common"}
# Our functions that wait for the network: Stripe, the mail server, the caller's body.
SLOW_CALLS = {
    "open_intent",
    "find_intent",
    "moment",
    "carry_out",
    "look_up",
    "all_of",
    "cancel",
    "read",
    "read_bytes",
    "read_json",
    "send",
}
REPEATED = {"__init__.py", "__main__.py", "conftest.py"}

# The floors of the shop, from the street to the ground; a room may use its own floor and those below.
# The demo starts programs and may look at anything; nothing but the command line may look at it.
FLOORS = {
    "street": {"__main__", "cli", "workflow_commands", "order_commands", "shelf_counts"}
    | {"app", "worker", "routes"},
    "doors": {"web", "admin"},
    "stories": {"workflows"},
    "wiring": {"wiring"},
    "nouns": {
        "books",
        "carts",
        "cart_orders",
        "stock",
        "orders",
        "new_orders",
        "order_history",
        "open_orders",
        "placing",
        "quotes",
        "settlement",
        "payments",
        "listings",
        "stripe_calls",
        "snapshots",
        "refunds",
        "refund_calls",
        "disputes",
        "fraud_warnings",
        "payment_facts",
        "ledger",
        "order_money",
        "orders_by_name",
        "review",
    }
    | {"shipping", "cancellation", "invoices", "events", "mail", "audit", "covers", "workers", "limits"},
    "ground": {
        "database",
        "money",
        "countries",
        "network",
        "shipping_rates",
        "languages",
        "errors",
        "settings",
        "telemetry",
        "secrets",
        "migrations",
    },
}
DEPTH = {room: depth for depth, rooms in enumerate(FLOORS.values()) for room in rooms}

# What a room may use although it stands above: a workflow is written against the wiring's type, and the
# wiring opens the workflows' queue. Alembic's entry has to import every table.
ALLOWED_UPWARDS = {
    ("wiring", "bookshop.workflows.follow_ups"),
    ("migrations", "bookshop.books"),
    ("migrations", "bookshop.carts"),
    ("migrations", "bookshop.disputes"),
    ("migrations", "bookshop.events"),
    ("migrations", "bookshop.invoices"),
    ("migrations", "bookshop.ledger"),
    ("migrations", "bookshop.limits"),
    ("migrations", "bookshop.mail"),
    ("migrations", "bookshop.orders"),
    ("migrations", "bookshop.refunds"),
    ("migrations", "bookshop.stock"),
    ("migrations", "bookshop.workers"),
}

# Libraries that would spread: who may import them, and why nobody else.
FENCED = {
    "stripe": (
        {"stripe_calls.py", "listings.py", "payments.py", "refund_calls.py"},
        "Stripe's objects, errors and versions stay behind payments.py; ask it for what you need",
    ),
    "dbos": (
        {"workflows/", "database.py", "app.py", "cli.py", "worker.py"},
        "durable work is told in workflows/; nouns and doors must run without the engine",
    ),
    "starlette": (
        {"web/", "admin/", "app.py", "routes.py", "demo/"},
        "HTTP ends at the doors; hand plain values to nouns and workflows",
    ),
}


def sources(package: Path) -> list[Path]:
    return sorted(package.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, also inside functions; `from a import b` gives `a.b`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where a name lives; write it out"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(path: Path) -> str:
    first = path.relative_to(SHOP).parts[0]
    return first.removesuffix(".py")


def shop_imports() -> list[tuple[Path, str]]:
    return [(path, name) for path in sources(SHOP) for name in imports(path)]


def may_use(room: str, name: str) -> bool:
    target = name.split(".")[1]
    if room in {"demo", "__init__"} or target == room:
        return True
    if target == "demo":
        return room == "cli"
    if any(room == upper and name.startswith(allowed) for upper, allowed in ALLOWED_UPWARDS):
        return True
    return DEPTH[room] <= DEPTH[target]


def test_every_room_of_the_shop_stands_on_a_floor() -> None:
    """A new room has to be placed before the direction of its imports can be judged."""
    rooms = {room_of(path) for path in sources(SHOP)} - {"__init__", "demo"}
    assert rooms <= DEPTH.keys(), f"place {rooms - DEPTH.keys()} in FLOORS of {Path(__file__).name}"


def test_imports_run_one_way() -> None:
    """Doors use workflows, workflows use nouns, nouns use the ground, and nothing looks back up."""
    wrong = [
        f"{path.relative_to(REPOSITORY)} imports {name}"
        for path, name in shop_imports()
        if name.startswith("bookshop.") and not may_use(room_of(path), name)
    ]
    assert wrong == [], "imports run from the street to the ground; pass what is needed down as an argument"


def test_the_audit_shares_no_code_with_what_it_checks() -> None:
    """A mistake that both sides shared would never be found."""
    wrong = [
        f"{path.relative_to(REPOSITORY)} imports {name}"
        for path, name in shop_imports()
        if room_of(path) == "audit"
        and name.startswith("bookshop.")
        and name.split(".")[1] not in {"audit", "settings"}
    ]
    assert wrong == [], "the audit reads tables by SQL and Stripe by HTTP; say again there what it must know"


@pytest.mark.parametrize("library", FENCED)
def test_spreading_libraries_stay_in_their_rooms(library: str) -> None:
    """Stripe, the workflow engine and the web framework can each be replaced by changing one room."""
    rooms, why = FENCED[library]
    wrong = [
        str(path.relative_to(REPOSITORY))
        for path, name in shop_imports()
        if name.split(".")[0] == library
        and not any(path.relative_to(SHOP).as_posix().startswith(room) for room in rooms)
    ]
    assert wrong == [], f"{library} may be imported in {sorted(rooms)} only: {why}"


def test_shop_and_sandbox_meet_over_http_alone() -> None:
    """Neither program imports the other: the sandbox serves any project, and the shop runs against Stripe."""
    wrong = [
        f"{path.relative_to(REPOSITORY)} imports {name}"
        for package, other in ((SHOP, "stripe_sandbox"), (SANDBOX, "bookshop"))
        for path in sources(package)
        for name in imports(path)
        if name.split(".")[0] == other
    ]
    assert wrong == [], "the two share no code; talk to the other program over HTTP"


def test_the_shop_does_not_know_that_a_sandbox_exists() -> None:
    """What behaves differently beside the sandbox would not have been tested for real money."""
    files = (
        path for path in SHOP.rglob("*") if path.suffix in {".py", ".js", ".html", ".css", ".toml", ".txt"}
    )
    wrong = [
        str(path.relative_to(REPOSITORY))
        for path in files
        if path.relative_to(SHOP).parts[0] != "demo"
        and re.search("sandbox", path.read_text(encoding="utf-8"), re.IGNORECASE)
    ]
    assert wrong == [], "only the addresses in the settings differ; what the demo needs belongs in demo/"


def test_no_two_files_share_a_name() -> None:
    """A name said aloud or seen in a traceback leads to one file."""
    for roots in ((SHOP,), (SANDBOX,), TESTS):
        names = Counter(path.name for root in roots for path in sources(root) if path.name not in REPEATED)
        twice = [name for name, count in names.items() if count > 1]
        assert twice == [], f"in {roots[0].name}: name each file for what only it holds"


def test_no_file_is_named_for_nothing() -> None:
    """Rooms called service, utils, helpers, manager or common become the place for everything."""
    names = [path for root in (SHOP, SANDBOX, *TESTS) for path in root.rglob("*")]
    vague = [str(path.relative_to(REPOSITORY)) for path in names if path.stem in VAGUE]
    assert vague == [], "name the file after the business in it"


def test_files_are_small_enough_to_read() -> None:
    """A file that does not fit into the head is split by meaning."""
    files = [
        path
        for root in (SHOP, SANDBOX, *TESTS)
        for suffix in ("py", "js")
        for path in root.rglob(f"*.{suffix}")
    ]
    long = {
        str(path.relative_to(REPOSITORY)): lines
        for path in files
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}, f"over {LONGEST_FILE} lines: split by meaning, not by size"


def test_functions_are_short_enough_to_read() -> None:
    """A function tells one thing; a longer one hides a second thing that wants a name."""
    long = {}
    for path in (
        path for root in (SHOP, SANDBOX) for path in sources(root) if "migrations" not in path.parts
    ):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                lines = node.end_lineno - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    long[f"{path.relative_to(REPOSITORY)}:{node.name}"] = lines
    assert long == {}, f"over {LONGEST_FUNCTION} lines: give the parts names"


def test_the_route_table_fits_one_screen() -> None:
    """Every address of the shop is seen at once, in one list."""
    table = (SHOP / "routes.py").read_text(encoding="utf-8")
    assert len(table.splitlines()) <= LONGEST_ROUTE_TABLE, "routes.py is a table, not a place for code"
    elsewhere = [
        str(path.relative_to(REPOSITORY))
        for path, name in shop_imports()
        if name == "starlette.routing.Route" and path.name != "routes.py" and room_of(path) != "demo"
    ]
    assert elsewhere == [], "addresses are declared in routes.py alone"


def test_no_network_call_inside_an_open_transaction() -> None:
    """A row lock held while Stripe or a mail server thinks stops everybody who waits for that row."""
    wrong = [
        f"{path.relative_to(REPOSITORY)}:{call.lineno} {ast.unparse(call.func)}"
        for path in sources(SHOP)
        for call in calls_in_transactions(path)
        if ast.unparse(call.func).split(".")[-1] in SLOW_CALLS
    ]
    assert wrong == [], "ask Stripe or the mail server first, then open the transaction"


def calls_in_transactions(path: Path) -> Iterator[ast.Call]:
    for block in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(block, ast.AsyncWith) and "sessions" in ast.unparse(block.items[0]):
            for statement in block.body:
                yield from (node for node in ast.walk(statement) if isinstance(node, ast.Call))
