"""Every defence of the shop switched off in turn: the scenario that is aimed at it has to go red.

A test that has never failed proves nothing. Each one runs in a pytest of its own, on a copy of the shop's
source in which one defence is gone; processes that the scenario starts come from the same copy.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import bookshop
import processes
from defences import DEFENCES, Defence, Edit
from processes import Sandbox
from rehearsals import Rehearsals

TESTS = Path(__file__).parents[1]
SOURCE = Path(bookshop.__file__).parent

# Seconds for one test, which then shows where it stands, and for all of a run.
SECONDS_A_TEST, SECONDS = 90, 400

Rehearse = Callable[..., Counter[str]]


@pytest.fixture(scope="module")
def rehearsals() -> Iterator[Rehearsals]:
    with Rehearsals(TESTS.parents[1]) as rehearsals:
        yield rehearsals


@pytest.fixture
def lent(cluster: Callable[[str], str], migrated: str, sandbox: Sandbox, data_dir: Path) -> dict[str, str]:
    """What this run of pytest lends to the others: its database server, the template in it, its sandbox."""
    assert cluster(migrated), "the database server is running"
    return {
        processes.POSTGRES: str(data_dir / "postgres"),
        processes.TEMPLATE: migrated,
        processes.SANDBOX: sandbox.lent,
    }


@pytest.fixture
def rehearse(lent: dict[str, str], tmp_path: Path, rehearsals: Rehearsals) -> Rehearse:
    """Run tests against a changed copy of the shop; how many passed, failed, or did not come that far."""

    def run(tests: set[str], edits: tuple[Edit, ...]) -> Counter[str]:
        shutil.copytree(SOURCE, tmp_path / "bookshop")
        for edit in edits:
            _apply(edit, tmp_path / "bookshop")
        inherited = {name: os.environ[name] for name in processes.INHERITED if name in os.environ}
        shared = dict(lent)
        if any(edit.file.startswith("migrations/") for edit in edits):
            del shared[processes.TEMPLATE]
        report, output = tmp_path / "report.xml", tmp_path / "output.txt"
        quiet = ("-q", "-p", "no:cacheprovider", f"--junitxml={report}", f"--basetemp={tmp_path / 'temp'}")
        ended = rehearsals.run(
            [
                *quiet,
                f"-ofaulthandler_timeout={SECONDS_A_TEST}",
                *(str(TESTS / test) for test in sorted(tests)),
            ],
            path=tmp_path,
            environment=inherited | shared | {"PYTHONPATH": str(tmp_path)},
            output=output,
            seconds=SECONDS,
        )
        said = output.read_text(errors="replace")
        print(said[-6000:])  # noqa: T201  shown when the test fails
        assert ended is not None, f"the run took more than {SECONDS} s"
        assert report.exists(), f"pytest ended with {ended}"
        return _counted(report)

    return run


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda defence: defence.name.replace(" ", "-"))
def test_without_its_defence_the_scenario_goes_red(rehearse: Rehearse, defence: Defence) -> None:
    """The scenario fails, in the test itself: neither collecting it nor starting its programs does."""
    results = rehearse({defence.test}, defence.edits)
    assert results["failed"] > 0, f"nothing noticed that there is no {defence.name}"
    assert results["error"] == 0


def test_with_all_defences_every_scenario_is_green(rehearse: Rehearse) -> None:
    """What goes red above goes red because of the edit, not because of the copy."""
    results = rehearse({defence.test for defence in DEFENCES}, ())
    assert results["passed"] >= len({defence.test for defence in DEFENCES})
    assert results.keys() == {"passed"}


def test_each_defence_has_a_name_of_its_own() -> None:
    """docs/reliability.md names them."""
    assert [name for name, times in Counter(defence.name for defence in DEFENCES).items() if times > 1] == []


def _apply(edit: Edit, package: Path) -> None:
    path = package / edit.file
    text = path.read_text(encoding="utf-8")
    assert text.count(edit.was) == 1, f"{edit.file} does not say {edit.was!r} once: bring defences.py along"
    path.write_text(text.replace(edit.was, edit.becomes), encoding="utf-8")


def _counted(report: Path) -> Counter[str]:
    """Tests by what became of them, out of a report in JUnit's form."""
    results: Counter[str] = Counter()
    for case in ET.parse(report).iter("testcase"):  # noqa: S314  our own report
        failures = {child.tag for child in case}
        kind = "error" if "error" in failures else "failed" if "failure" in failures else "passed"
        results["skipped" if "skipped" in failures else kind] += 1
    return results
