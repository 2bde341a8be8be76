"""A `bookshop demo` for tests, as `make run` starts it, and whether anything of it is left."""

import contextlib
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from processes import ADDRESS, HOST, Sandbox, free_port, start, wait_until

SECONDS_TO_STOP = 30


@dataclass
class Demo:
    """A `bookshop demo` in a directory of its own, with everything on free ports."""

    directory: Path
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ports = {name: free_port() for name in ("PORT", "SANDBOX_PORT", "MAILBOX_PORT", "SMTP_PORT")}

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.ports['PORT']}"

    @property
    def output(self) -> str:
        return self.process.last_lines(100)

    def start(self, **settings: str) -> None:
        ports = {name: str(number) for name, number in self.ports.items()}
        environment = ports | self.settings | settings
        with hangups_heard():
            self.process = start(
                "demo", "bookshop", "demo", directory=self.directory, environment=environment
            )

    def start_and_wait(self, **settings: str) -> None:
        self.start(**settings)
        wait_until(lambda: self.is_open() or self.process.exit_code is not None, "the demo", seconds=90)
        assert self.process.exit_code is None, self.output

    def is_open(self) -> bool:
        return "The shop is open" in self.output

    def wait_for_exit(self) -> int:
        assert self.process.wait(SECONDS_TO_STOP), f"the demo does not stop:\n{self.output}"
        code = self.process.exit_code
        assert code is not None
        return code

    def family(self) -> list[psutil.Process]:
        """The demo's own process and every one below it."""
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]

    def buy(self) -> str:
        """Order and pay as a browser would; the order page's path."""
        secrets_kept = (self.directory / "var" / "secrets.json").read_text()
        match = re.search(r"pk_test_\w+", secrets_kept)
        assert match, "the demo keeps the sandbox's keys"
        body: dict[str, Any] = {
            "checkout_key": "demo-checkout-key-0001",
            "items": [{"book": "the-art-of-doing-science-and-engineering", "quantity": 1}],
            "currency": "sgd",
            "email": "ada@example.com",
            "total": 2300,
            "shipping_address": ADDRESS,
        }
        order = httpx.post(f"{self.url}/orders", json=body, timeout=30).raise_for_status().json()
        sandbox = Sandbox(self.directory, port=self.ports["SANDBOX_PORT"], publishable_key=match.group())
        assert sandbox.pay(order["client_secret"]).json()["status"] == "succeeded"
        wait_until(lambda: self.state(order["order_url"]) == "paid", "the order to be paid")
        return str(order["order_url"])

    def state(self, order_url: str) -> str:
        return str(httpx.get(f"{self.url}{order_url}/status", timeout=30).json()["state"])

    def mails(self) -> list[dict[str, Any]]:
        url = f"http://{HOST}:{self.ports['MAILBOX_PORT']}/messages"
        found: list[dict[str, Any]] = httpx.get(url, timeout=30).json()
        return found


@contextlib.contextmanager
def hangups_heard() -> Iterator[None]:
    """Start a program as a terminal does: from tests under nohup it would inherit a deaf ear for SIGHUP."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


def gone(family: list[psutil.Process]) -> bool:
    """Whether all have ended; one whose parent never asked about it has ended too."""
    return not [
        process for process in family if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    ]
