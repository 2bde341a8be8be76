"""A sandbox as a process of its own, for the tests of whoever uses it.

with running_sandbox("--webhook", "http://127.0.0.1:4242/webhook") as sandbox:
    client = stripe.StripeClient("sk_test_123", base_addresses={"api": sandbox.address})
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_STOPPING_SECONDS = 30


@dataclass(slots=True)
class RunningSandbox:
    """A sandbox that answers at `address` (`http://127.0.0.1:PORT`) and has printed `lines` so far."""

    address: str
    lines: list[str]
    process: "subprocess.Popen[str]"

    def stop(self) -> int:
        """Ask it to finish, as Ctrl-C does, and give its exit status."""
        self.process.terminate()
        try:
            return self.process.wait(_STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """End it at once, as a crash does."""
        self.process.kill()
        self.process.wait()


@contextmanager
def running_sandbox(*options: str) -> Iterator[RunningSandbox]:
    """Start `stripe-sandbox` with these options, on a free port unless they name one, and stop it at the end.

    Raises:
        RuntimeError: it ended before it was ready; its own words are on standard error.
    """
    port = () if "--port" in options else ("--port", "0")
    command = [sys.executable, "-m", "stripe_sandbox", *port, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  our own program
        lines = _read_announcement(process)
        sandbox = RunningSandbox(lines[0].split()[-1], lines, process)
        try:
            yield sandbox
        finally:
            if process.poll() is None:
                sandbox.stop()


def _read_announcement(process: "subprocess.Popen[str]") -> list[str]:
    """The lines up to the hint, which is the last."""
    lines: list[str] = []
    for line in iter(process.stdout.readline if process.stdout else str, ""):
        lines.append(line.rstrip())
        if "sk_test_" in line:
            return lines
    raise RuntimeError(f"stripe-sandbox ended before it was ready, with status {process.wait()}")
