"""What holds for the tests of both packages."""

import os
import subprocess
from collections.abc import Generator

import pytest


def pytest_xdist_auto_num_workers() -> int:
    """Half as many processes again as there are processors: tests also wait for their programs."""
    processors = os.cpu_count() or 1
    return processors + processors // 2


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,  # noqa: ARG001  pytest passes arguments by name
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """`subprocess.run(…, timeout=…)` raises without a word of what the program printed until then."""
    report = yield
    if call.excinfo and isinstance(error := call.excinfo.value, subprocess.TimeoutExpired):
        for name, said in (("stdout", error.stdout), ("stderr", error.stderr)):
            text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
            report.sections.append((f"{name} of what took too long", text or "nothing"))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the accounts that tests have given of themselves (`record_property("account", text)`)."""
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, text in report.user_properties:
            if name == "account":
                terminalreporter.section(report.nodeid)
                terminalreporter.write_line(text)
