"""One demo to a data directory, and no process of an earlier one left beside it."""

import contextlib
import fcntl
import json
import os
import signal
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil

SECONDS_TO_END = 10


class OwnedError(RuntimeError):
    """Another demo runs on this data directory; the text is a sentence."""


@contextlib.contextmanager
def owning(data_dir: Path, address: str) -> Iterator[None]:
    """Hold the directory: the system lets go of the lock whatever ends this process. Raises OwnedError."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "demo.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise OwnedError(_sentence(data_dir, file.read())) from None
        file.truncate(0)
        file.write(f"{os.getpid()} {address}")
        file.flush()
        yield


def record(data_dir: Path, pids: Iterable[int]) -> None:
    """Note our processes, with the time they began: a number alone may later be somebody else's."""
    began = {str(pid): psutil.Process(pid).create_time() for pid in pids if psutil.pid_exists(pid)}
    path = data_dir / "processes.json"
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps(began))
    unfinished.replace(path)


def end_leftovers(data_dir: Path) -> None:
    """End what an earlier demo, killed outright, may have left; mostly it is just about to end by itself."""
    path = data_dir / "processes.json"
    try:
        began: dict[str, float] = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return
    leftovers = [process for process in map(_same_process, began.items()) if process]
    for process in leftovers:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    deadline = time.monotonic() + SECONDS_TO_END
    for process in leftovers:
        while _runs(process) and time.monotonic() < deadline:
            time.sleep(0.02)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    path.unlink()


def _same_process(entry: tuple[str, float]) -> psutil.Process | None:
    number, began = entry
    try:
        process = psutil.Process(int(number))
        return process if process.create_time() == began and _runs(process) else None
    except psutil.NoSuchProcess:
        return None


def _runs(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _sentence(data_dir: Path, noted: str) -> str:
    pid, _, address = noted.partition(" ")
    return (
        f"A demo runs here already, at {address} (process {pid}): stop that one with Ctrl-C, or move this "
        f"one with DATA_DIR (now {data_dir}), PORT, SANDBOX_PORT, MAILBOX_PORT and SMTP_PORT."
    )
