"""A sandbox as a process of its own, for the tests of whoever uses it.

with running_sandbox("--webhook", "http://127.0.0.1:4242/webhook") as sandbox:
    sandbox.client().v1.payment_intents.create({"amount": 2300, "currency": "sgd"})

Under pytest the fixture `stripe_sandbox` does the same (pytest_plugin.py).
"""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import stripe

_STOPPING_SECONDS = 30


@dataclass(slots=True)
class RunningSandbox:
    """A sandbox that answers at `address` (`http://127.0.0.1:PORT`) and has printed `lines` so far."""

    address: str
    lines: list[str]
    process: "subprocess.Popen[str]"
    secret_key: str = "sk_test_sandbox"  # noqa: S105  any such key opens it
    publishable_key: str = "pk_test_sandbox"

    @property
    def webhook_secrets(self) -> dict[str, str]:
        """The `whsec_…` of each URL given by `--webhook`."""
        words = (line.split() for line in self.lines if line.startswith("webhooks: "))
        return {line[1]: line[-1] for line in words}

    def client(self, **options: Any) -> "stripe.StripeClient":
        """Stripe's own client, pointed here; `options` are its own (`http_client`, `stripe_version` …)."""
        import stripe  # noqa: PLC0415  slow to import, and whoever has another client does without

        return stripe.StripeClient(self.secret_key, base_addresses={"api": self.address}, **options)

    def reset(self) -> None:
        """Forget every object, fault and switch, and the clock's offset; `--webhook` endpoints stay."""
        self.switch("POST", "reset")

    def advance_clock(self, seconds: int) -> int:
        """Let so many seconds pass at once, with all that falls due meanwhile; gives the new unix time."""
        offset = self.switch("GET", "clock")["offset"] + seconds
        return int(self.switch("PUT", "clock", {"offset": offset})["now"])

    def fail_next(self, **fault: Any) -> None:
        """Disturb calls to come, as `POST /_sandbox/faults` does: `path="/v1/refunds", status=500`."""
        self.switch("POST", "faults", fault)

    def switch(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Call one of the switches below `/_sandbox/` and give its JSON; `GET /_sandbox/` lists them.

        Raises:
            ValueError: the switch refused; the message holds its words.
        """
        # A body that is sent and not read makes the server's end of the connection a reset.
        sent = None if method == "GET" else json.dumps(body or {}).encode()
        request = urllib.request.Request(  # noqa: S310  our own address
            f"{self.address}/_sandbox/{path}", sent, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=_STOPPING_SECONDS) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise ValueError(f"{method} /_sandbox/{path}: {error.read().decode()}") from None

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

    It also ends when this process does, however that comes about.

    Raises:
        RuntimeError: it ended before it was ready; its own words are on standard error.
    """
    port = () if any(option.partition("=")[0] == "--port" for option in options) else ("--port", "0")
    command = [sys.executable, "-m", "stripe_sandbox", "--stop-with-stdin", *port, *options]
    with subprocess.Popen(  # noqa: S603  our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        try:
            lines = _read_announcement(process)
            sandbox = RunningSandbox(lines[0].split()[-1], lines, process)
            yield sandbox
        finally:
            if process.poll() is None:
                RunningSandbox("", [], process).stop()


def run_beside(command: list[str], options: list[str]) -> int:
    """Run a command with a sandbox of its own and give its exit status, 128 and the signal if one ended it.

    The command's environment says where everything is: `STRIPE_API_BASE`, `STRIPE_JS_URL`,
    `STRIPE_SECRET_KEY`, `STRIPE_PUBLISHABLE_KEY`, and `STRIPE_WEBHOOK_SECRET` of the first `--webhook`.
    """
    try:
        with running_sandbox(*options) as sandbox:
            told = {
                "STRIPE_API_BASE": sandbox.address,
                "STRIPE_JS_URL": f"{sandbox.address}/endive/stripe.js",
                "STRIPE_SECRET_KEY": sandbox.secret_key,
                "STRIPE_PUBLISHABLE_KEY": sandbox.publishable_key,
            }
            for secret in list(sandbox.webhook_secrets.values())[:1]:
                told["STRIPE_WEBHOOK_SECRET"] = secret
            status = subprocess.run(command, env=os.environ | told, check=False).returncode  # noqa: S603
            return status if status >= 0 else 128 - status
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except RuntimeError:
        return 1
    except OSError as error:
        sys.stderr.write(f"stripe-sandbox: cannot run {command[0]}: {error.strerror}\n")
        return 127


def _read_announcement(process: "subprocess.Popen[str]") -> list[str]:
    """The lines up to the hint, which is the last."""
    lines: list[str] = []
    for line in iter(process.stdout.readline if process.stdout else str, ""):
        lines.append(line.rstrip())
        if "sk_test_" in line:
            return lines
    raise RuntimeError(f"stripe-sandbox ended before it was ready, with status {process.wait()}")
