"""One program started beside ours: its own session, its own log file, stopped by its process id.

A child lives in a session of its own, so Ctrl-C in the terminal reaches the parent alone and the parent
decides the order in which things stop. When the parent is killed outright, Linux sends the child its stop
signal (`prctl(2)`, PR_SET_PDEATHSIG, set through util-linux's `setpriv`); elsewhere the next start finds the
left-over by its recorded process id.
"""

import contextlib
import functools
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

TAIL_BYTES = 16_384


class Child:
    """A running program. `log` gets its output, appended; `stop_signal` asks it to finish what it is doing.

    `identity` holds the options of `setpriv` that choose another user.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        identity: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.log = log
        self.stop_signal = stop_signal
        self.insisted = False
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._log_start = output.tell()
            self._process = subprocess.Popen(  # noqa: S603 (the commands are this package's own)
                [*leash(stop_signal, identity), *(str(part) for part in command)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=directory,
                env=dict(environment) if environment is not None else None,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative when a signal ended it."""
        return self._process.poll()

    def ask_to_stop(self) -> None:
        if self.exit_code is None:
            self._process.send_signal(self.stop_signal)

    def wait(self, seconds: float) -> bool:
        """Wait for its end; False when it still runs after `seconds`."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self, seconds: float = 10) -> None:
        """Ask, wait, and after `seconds` insist; whatever it started and left behind is ended too."""
        self.ask_to_stop()
        self.insisted = not self.wait(seconds)
        self.kill()

    def kill(self) -> None:
        """SIGKILL to the child's whole process group; returns when the child is gone."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def last_lines(self, count: int = 20) -> str:
        """The last lines that this run wrote to its log."""
        with self.log.open("rb") as log:
            end = log.seek(0, os.SEEK_END)
            log.seek(max(self._log_start, end - TAIL_BYTES))
            return "\n".join(log.read().decode("utf-8", "replace").splitlines()[-count:])


def leash(stop_signal: signal.Signals, identity: Sequence[str] = ()) -> list[str]:
    """The words to put before a command so that it ends when its parent does, and runs as `identity` says."""
    if not can_leash():
        return []
    return ["setpriv", *identity, "--pdeathsig", stop_signal.name.removeprefix("SIG"), "--"]


@functools.cache
def can_leash() -> bool:
    """Whether util-linux's setpriv is here; BusyBox has a program of that name that lacks the option."""
    program = shutil.which("setpriv")
    if program is None:
        return False
    probe = [program, "--pdeathsig", "TERM", "--", program, "--version"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0  # noqa: S603
