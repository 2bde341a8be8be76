"""docs/reliability.md under test: every story is told by a test, every defence has its control."""

import ast
import re
from pathlib import Path

from defences import DEFENCES

TESTS = Path(__file__).parents[1]
DOCUMENT = (TESTS.parents[1] / "docs/reliability.md").read_text(encoding="utf-8")
STORIES = [str(number) for number in range(1, 21)]
NEXT_IN_LINE = 4


def table(name: str) -> list[list[str]]:
    """The cells of the table between two comments, without its heading."""
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- end of {name} -->", DOCUMENT, re.DOTALL)
    assert found, f"the table of {name} is gone"
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in found[1].splitlines()[2:]]


def told_in(path: Path) -> dict[str, str]:
    """The first sentence of each test of a file, by the test's name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {node.name: ast.get_docstring(node) or "" for node in functions if node.name.startswith("test_")}


def all_tests() -> dict[str, str]:
    """The first sentence of every test, by `file.py::name`."""
    return {
        f"{path.name}::{name}": sentence
        for path in TESTS.rglob("test_*.py")
        for name, sentence in told_in(path).items()
    }


def tells(test: str, sentence: str, number: str) -> bool:
    return f"test_story_{number}_" in test or bool(re.search(rf"\bStory {number}\b", sentence))


def test_every_story_is_told_by_a_test() -> None:
    """Story by story: tests that exist, each of which says that it tells this one."""
    known = all_tests()
    told = {row[0]: re.findall(r"`([\w.]+::\w+)`", row[2]) for row in table("stories") if row[0] != "next"}
    assert list(told) == STORIES
    assert [number for number, tests in told.items() if not tests] == []
    wrong = {
        f"{number}: {test}"
        for number, tests in told.items()
        for test in tests
        if test not in known or not tells(test, known[test], number)
    }
    assert wrong == set()


def test_what_is_next_in_line_has_tests_too() -> None:
    """Four more stories without a number."""
    rows = [row for row in table("stories") if row[0] == "next"]
    assert len(rows) == NEXT_IN_LINE
    named = {test for row in rows for test in re.findall(r"`([\w.]+::\w+)`", row[2])}
    assert len(named) >= NEXT_IN_LINE
    assert named <= all_tests().keys()


def test_every_defence_is_listed_with_its_control() -> None:
    """The document's table is the code's."""
    listed = {(row[1], row[2].strip("`")) for row in table("defences")}
    assert listed == {(defence.name, defence.test.rpartition("/")[2]) for defence in DEFENCES}
    assert all(row[0] for row in table("defences"))


def test_every_control_names_a_test_that_exists() -> None:
    """A scenario that was renamed would otherwise be found missing only when it is played."""
    known = all_tests()
    assert [defence.test for defence in DEFENCES if defence.test.rpartition("/")[2] not in known] == []


def test_every_defence_can_be_switched_off() -> None:
    """What an edit replaces stands in its file exactly once; whoever rewrites a defence brings it along."""
    source = TESTS.parent / "src/bookshop"
    lost = [
        (defence.name, edit.file)
        for defence in DEFENCES
        for edit in defence.edits
        if (source / edit.file).read_text(encoding="utf-8").count(edit.was) != 1
    ]
    assert lost == []
