"""Documents under test: what they name exists, and what exists they name."""

import re
from pathlib import Path

import pytest
from starlette.routing import Mount, Route

from bookshop.routes import routes
from bookshop.settings import Settings
from bookshop.workflows.take_event import STORIES

REPOSITORY = Path(__file__).parents[2]
NOT_OURS = {"node_modules", ".venv", ".uv", "var", ".pytest_cache", ".ruff_cache", ".hypothesis"}

# Folders that a document may leave out of a file's name, as people do: `web/problems.py`, `orders.py`.
ROOTS = (
    "",
    "shop",
    "shop/src",
    "shop/src/bookshop",
    "shop/tests",
    "sandbox",
    "sandbox/src",
    "sandbox/src/stripe_sandbox",
)

LINK = re.compile(r"\]\(([^)\s]+)\)")
# `name.py` or `folder/name.js` in backticks; figures, globs and addresses are something else.
NAMED_FILE = re.compile(r"`((?:[\w.-]+/)*[\w-]+\.(?:py|js|css|html|toml|md|svg|lock|json|yaml|env))`")
# Files that a reader makes, or that a program writes.
MADE_BY_READERS = {"package.json", "uv.lock"}


def documents() -> list[Path]:
    found = REPOSITORY.rglob("*.md")
    return sorted(path for path in found if not NOT_OURS.intersection(path.relative_to(REPOSITORY).parts))


def named(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


@pytest.mark.parametrize("document", documents(), ids=named)
def test_links_lead_somewhere(document: Path) -> None:
    """Every relative link of a document points at a file of this repository."""
    targets = [target.split("#")[0] for target in LINK.findall(document.read_text(encoding="utf-8"))]
    relative = [target for target in targets if target and not re.match(r"[a-z]+:", target)]
    assert [target for target in relative if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", documents(), ids=named)
def test_named_files_exist(document: Path) -> None:
    """A file that a document names by its path can be opened under that path."""
    names = set(NAMED_FILE.findall(document.read_text(encoding="utf-8"))) - MADE_BY_READERS
    bases = [document.parent, *(REPOSITORY / root for root in ROOTS)]
    missing = [name for name in names if not any((base / name).exists() for base in bases)]
    assert missing == []


def test_anchors_exist() -> None:
    """A link into a document's section finds a heading of that name."""
    missing = []
    for document in documents():
        for target in LINK.findall(document.read_text(encoding="utf-8")):
            path, _, anchor = target.partition("#")
            if not anchor or re.match(r"[a-z]+:", target):
                continue
            aim = (document.parent / path) if path else document
            text = aim.read_text(encoding="utf-8") if aim.exists() else ""
            headings = {
                re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
                for heading in re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
            }
            if anchor not in headings:
                missing.append(f"{named(document)} -> {target}")
    assert missing == []


def test_every_setting_is_explained() -> None:
    """Whoever runs the shop finds each setting in docs/running.md."""
    text = (REPOSITORY / "docs/running.md").read_text(encoding="utf-8")
    assert [name.upper() for name in Settings.model_fields if f"`{name.upper()}`" not in text] == []


def test_sample_env_names_only_settings_that_exist() -> None:
    """What somebody copies from sample.env has an effect."""
    text = (REPOSITORY / "sample.env").read_text(encoding="utf-8")
    names = re.findall(r"^#?\s*([A-Z][A-Z_]+)=", text, re.MULTILINE)
    known = {name.upper() for name in Settings.model_fields}
    known |= {"SANDBOX_PORT", "MAILBOX_PORT", "SMTP_PORT", "DATA_DIR"}
    assert names, "sample.env shows at least the two keys"
    assert set(names) <= known
    assert {"STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET"} <= set(names)


def test_the_events_to_send_are_those_with_a_story() -> None:
    """Whoever makes a webhook endpoint finds in docs/stripe.md each type that moves the shop."""
    text = (REPOSITORY / "docs/stripe.md").read_text(encoding="utf-8")
    listed = text.partition("<!-- events -->")[2].partition("<!-- end of events -->")[0]
    assert set(re.findall(r"`([a-z_.]+)`", listed)) == set(STORIES)


def test_every_address_is_explained() -> None:
    """The table of addresses in docs/architecture.md is the one in routes.py."""
    text = (REPOSITORY / "docs/architecture.md").read_text(encoding="utf-8")
    paths = {route.path for route in routes if isinstance(route, Route | Mount)}
    assert (
        sorted(path for path in paths if f"`{path}`" not in text and path.removesuffix(".svg") not in text)
        == []
    )


def test_every_command_is_explained() -> None:
    """`bookshop --help` and docs/running.md name the same commands."""
    text = (REPOSITORY / "docs/running.md").read_text(encoding="utf-8")
    source = (REPOSITORY / "shop/src/bookshop/cli.py").read_text(encoding="utf-8")
    commands = set(re.findall(r'add\("(\w+)"', source))
    assert len(commands) > 5
    assert {command for command in commands if f"`bookshop {command}" not in text} == set()


def test_every_make_target_in_the_documents_exists() -> None:
    """A command that a document tells people to type is one that make knows."""
    targets = set(
        re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    text = "\n".join(document.read_text(encoding="utf-8") for document in documents())
    assert set(re.findall(r"`make ([a-z-]+)", text)) <= targets


def test_every_metric_is_explained() -> None:
    """What can be watched is described where somebody looks who has to watch it."""
    text = (REPOSITORY / "docs/running.md").read_text(encoding="utf-8")
    source = (REPOSITORY / "shop/src/bookshop/telemetry.py").read_text(encoding="utf-8")
    metrics = set(re.findall(r'"(bookshop_\w+)"', source))
    assert len(metrics) > 5
    assert sorted(metric for metric in metrics if f"`{metric}" not in text) == []
