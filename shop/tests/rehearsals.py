"""Short runs of pytest against changed copies of the shop, without two seconds of imports for each.

`python rehearsals.py` imports what every run needs but the shop itself, and forks a process for each run that
it is asked for: a line of JSON in, a line of JSON out. `Rehearsals` is the other end of it.
"""

import importlib
import json
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import pytest

# All but the shop, of which each run imports its own copy.
LIBRARIES = (
    "aiohttp",
    "alembic",
    "babel.numbers",
    "dbos",
    "httpx",
    "hypothesis.strategies",
    "playwright.sync_api",
    "prometheus_client",
    "psycopg",
    "pydantic_settings",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.ext.asyncio",
    "starlette.applications",
    "stripe",
    "structlog",
)
SECONDS_TO_ANSWER = 60

# pytest would rewrite the assertions of its plugins, of which some are among the libraries.
IMPORTED_EARLY = "-Wignore:Module already imported:pytest.PytestAssertRewriteWarning"


class Rehearsals:
    """The process that forks the runs, for `with`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=self._directory,
        )
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.communicate(timeout=SECONDS_TO_ANSWER)

    def run(
        self,
        words: Sequence[str],
        *,
        path: Path,
        environment: Mapping[str, str],
        output: Path,
        seconds: float,
    ) -> int | None:
        """The exit status of `pytest words…` with `path` first on Python's; None when it took too long.

        `environment` is all that the run has, and `output` gets what it prints.
        """
        asked = {
            "words": list(words),
            "path": str(path),
            "environment": dict(environment),
            "output": str(output),
            "seconds": seconds,
        }
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        ready, _, _ = select.select([self._process.stdout], [], [], seconds + SECONDS_TO_ANSWER)
        answer = self._process.stdout.readline() if ready else ""
        assert answer, f"the process that forks the runs does not answer, or ended: {self._process.poll()}"
        status: int | None = json.loads(answer)
        return status


def _serve() -> None:
    for name in LIBRARIES:
        importlib.import_module(name)
    assert "bookshop" not in sys.modules, "a library that imports the shop would lend every run its own"
    for line in sys.stdin:
        print(json.dumps(_forked(json.loads(line))), flush=True)  # noqa: T201  the answer


def _forked(asked: dict[str, Any]) -> int | None:
    pid = os.fork()
    if not pid:
        _rehearse(asked)
    deadline = time.monotonic() + asked["seconds"]
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None


def _rehearse(asked: dict[str, Any]) -> None:
    """Run pytest in this process, which ends with it whatever happens."""
    status: int = pytest.ExitCode.INTERNAL_ERROR
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDONLY)
        output = os.open(asked["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for number, target in ((nothing, 0), (output, 1), (output, 2)):
            os.dup2(number, target)
        os.environ.clear()
        os.environ.update(asked["environment"])
        sys.path.insert(0, asked["path"])
        status = int(pytest.main([IMPORTED_EARLY, *asked["words"]]))
    except BaseException:  # noqa: BLE001  see below
        # Nobody above this frame may handle it: what stands there is the business of the process that forked.
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    _serve()
