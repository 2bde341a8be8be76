"""`bookshop demo`, as `make run` starts it: bought from, interrupted, killed, started again."""

import os
import pty
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

import bookshop
from bookshop.demo.child import Child
from processes import HOST, Sandbox, free_port, start, wait_until

KEYS = {"STRIPE_SECRET_KEY": "sk_test_0123456789abcdef", "STRIPE_PUBLISHABLE_KEY": "pk_test_0123456789abcdef"}
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
        self.process = start("demo", "bookshop", "demo", directory=self.directory, environment=environment)

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


def gone(family: list[psutil.Process]) -> bool:
    """Whether all have ended; one whose parent never asked about it has ended too."""
    return not [
        process for process in family if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    ]


@pytest.fixture
def make_demo(tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    demos: list[Demo] = []

    def make(name: str = "demo", **settings: str) -> Demo:
        (tmp_path / name).mkdir()
        demos.append(Demo(tmp_path / name, settings))
        return demos[-1]

    yield make
    for demo in demos:
        if hasattr(demo, "process"):
            demo.process.stop(SECONDS_TO_STOP)


@pytest.fixture
def demo(make_demo: Callable[..., Demo]) -> Demo:
    return make_demo()


def test_orders_outlive_every_way_to_stop(demo: Demo) -> None:
    """Ctrl-C, a closed terminal, kill -9 and SIGTERM each leave nothing running and the order in place."""
    demo.start_and_wait()
    order_url = demo.buy()
    wait_until(demo.mails, "the confirmation mail")
    family = demo.family()
    assert len(family) > 6

    os.kill(demo.process.pid, signal.SIGINT)
    assert demo.wait_for_exit() == 0
    assert gone(family), "Ctrl-C returns when everything has ended"
    assert "was killed" not in demo.output

    for ending in (signal.SIGHUP, signal.SIGKILL, signal.SIGTERM):
        demo.start_and_wait()
        assert demo.state(order_url) == "paid"
        family = demo.family()
        os.kill(demo.process.pid, ending)
        assert demo.wait_for_exit() == (-signal.SIGKILL if ending == signal.SIGKILL else 0)
        wait_until(lambda members=family: gone(members), f"everything to end after {ending.name}")
    assert len(list((demo.directory / "var" / "mail").glob("*.eml"))) == 1


def test_terminal_says_where_things_are_and_what_to_try(demo: Demo) -> None:
    """Addresses that answer, the three cards, where data is, how to stop; logs stay in their files."""
    demo.start_and_wait()
    wait_until(lambda: "Ctrl-C" in demo.output, "the whole announcement")
    for address in re.findall(r"http://\S+", demo.output):
        assert httpx.get(address, follow_redirects=True, timeout=30).is_success, address
    for words in ("4242 4242 4242 4242", "4000 0027 6000 3184", "4000 0000 0000 9995", "var"):
        assert words in demo.output
    assert "[info" not in demo.output
    assert (demo.directory / "var" / "log" / "web.log").exists()


def test_a_second_demo_on_the_same_data_is_refused(demo: Demo, make_demo: Callable[..., Demo]) -> None:
    """One sentence, the first one goes on."""
    demo.start_and_wait()
    second = make_demo("second", DATA_DIR=str(demo.directory / "var"))
    second.start()
    assert second.wait_for_exit() == 1
    assert f"runs here already, at http://localhost:{demo.ports['PORT']}" in second.output
    assert len(second.output.splitlines()) == 1
    assert httpx.get(demo.url, timeout=30).is_success


@pytest.mark.parametrize("name", ["serve", "postgres"])
def test_a_part_that_dies_takes_the_demo_with_it(demo: Demo, name: str) -> None:
    """Half a shop is worse than none: the terminal says which part ended, and the rest is stopped."""
    demo.start_and_wait()
    family = demo.family()
    direct = psutil.Process(demo.process.pid).children()
    [part] = [process for process in direct if any(word.endswith(name) for word in process.cmdline())]
    part.kill()
    assert demo.wait_for_exit() == 1
    assert "ended by itself (SIGKILL)" in demo.output
    assert "Traceback" not in demo.output
    assert gone(family)


@pytest.mark.parametrize("variable", ["PORT", "SANDBOX_PORT", "MAILBOX_PORT", "SMTP_PORT"])
def test_a_port_in_use_is_one_sentence(demo: Demo, variable: str) -> None:
    """It names the port, who has it, and the variable that moves ours; nothing is started."""
    with socket.socket() as taken:
        taken.bind((HOST, demo.ports[variable]))
        taken.listen()
        demo.start()
        assert demo.wait_for_exit() == 1
    [sentence] = demo.output.splitlines()
    assert f"Port {demo.ports[variable]}, " in sentence
    assert f"(process {os.getpid()})" in sentence
    assert f"set {variable} to another" in sentence
    assert not (demo.directory / "var" / "postgres").exists()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (KEYS | {"STRIPE_SECRET_KEY": "sk_test_..."}, "STRIPE_SECRET_KEY is still a placeholder"),
        (KEYS | {"STRIPE_PUBLISHABLE_KEY": "pk_live_0123456789abcdef"}, "are of different modes"),
        (KEYS | {"STRIPE_PUBLISHABLE_KEY": ""}, "STRIPE_PUBLISHABLE_KEY is not set"),
        ({"PORT": "eighty"}, "PORT"),
        ({"MAILBOX_PORT": "70000"}, "MAILBOX_PORT"),
    ],
)
def test_settings_that_cannot_work_are_sentences(demo: Demo, settings: dict[str, str], words: str) -> None:
    """Refused before anything starts, without a traceback, and without repeating a key."""
    demo.start(**settings)
    assert demo.wait_for_exit() == 1
    assert words in demo.output
    assert "Traceback" not in demo.output
    assert "0123456789abcdef" not in demo.output
    assert not (demo.directory / "var").exists()


def test_the_sample_settings_are_refused_until_they_are_filled_in(demo: Demo) -> None:
    """`cp sample.env .env` alone is not a configuration."""
    sample = Path(__file__).parents[3] / "sample.env"
    (demo.directory / ".env").write_text(sample.read_text())
    demo.start()
    assert demo.wait_for_exit() == 1
    assert "STRIPE_SECRET_KEY is still a placeholder" in demo.output
    assert "STRIPE_PUBLISHABLE_KEY is still a placeholder" in demo.output


def test_with_keys_no_sandbox_is_started(demo: Demo, sandbox: Sandbox) -> None:
    """Keys in .env mean Stripe, here a sandbox of the test's own that the demo does not know of."""
    (demo.directory / ".env").write_text(
        f"STRIPE_SECRET_KEY={sandbox.secret_key}\n"
        f"STRIPE_PUBLISHABLE_KEY={sandbox.publishable_key}\n"
        f"STRIPE_API_BASE={sandbox.url}\n"
    )
    demo.start_and_wait()
    assert "no sandbox was started" in demo.output
    assert "stripe listen --forward-to" in demo.output
    assert not [process for process in demo.family() if "stripe_sandbox" in process.cmdline()]
    body = {"items": [{"book": "working-in-public", "quantity": 1}], "currency": "sgd", "total": 2800}
    order = httpx.post(
        f"{demo.url}/orders",
        json=body | {"checkout_key": "real-keys-checkout-1", "email": "ada@example.com"},
        timeout=30,
    ).json()
    assert sandbox.pay(order["client_secret"]).json()["status"] == "succeeded"
    assert httpx.get(f"{demo.url}{order['order_url']}", timeout=30).is_success
    assert demo.state(order["order_url"]) == "paid"


def test_another_terminal_can_fill_the_shelf(demo: Demo) -> None:
    """The shopkeeper's catalogue is loaded beside the running demo, and the next start leaves it alone."""
    demo.start_and_wait()
    catalog = demo.directory / "mine.toml"
    first = Path(bookshop.__file__).parent / "catalog.toml"
    catalog.write_text(first.read_text().replace("Working in Public", "Working in Private"))
    load = f"set -a; . var/demo.env; exec {sys.executable} -m bookshop catalog load mine.toml"
    subprocess.run(["/bin/sh", "-c", load], cwd=demo.directory, check=True, timeout=60)
    assert "Working in Private" in httpx.get(demo.url, timeout=30).text
    os.kill(demo.process.pid, signal.SIGTERM)
    assert demo.wait_for_exit() == 0
    demo.start_and_wait()
    assert "Working in Private" in httpx.get(demo.url, timeout=30).text


def test_a_given_database_is_used_and_left_running(demo: Demo, empty_database_url: str) -> None:
    """DATABASE_URL moves the data: no PostgreSQL of our own, the given one gets the tables."""
    demo.start_and_wait(DATABASE_URL=empty_database_url)
    order_url = demo.buy()
    assert not (demo.directory / "var" / "postgres").exists()
    os.kill(demo.process.pid, signal.SIGTERM)
    assert demo.wait_for_exit() == 0
    demo.start_and_wait(DATABASE_URL=empty_database_url)
    assert demo.state(order_url) == "paid"


def test_a_closed_terminal_stops_the_demo(demo: Demo) -> None:
    """Also when the system tells nobody but `make`, the leader of the session, which only waits for us."""
    ours, theirs = pty.openpty()
    output = demo.directory / "terminal.txt"
    ports = {name: str(number) for name, number in demo.ports.items()}
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "bookshop", "demo"],
            cwd=demo.directory,
            env={"PATH": os.environ["PATH"]} | ports,
            stdin=theirs,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    os.close(theirs)
    try:
        wait_until(lambda: "Ctrl-C" in output.read_text(), "the whole announcement", seconds=90)
        family = psutil.Process(process.pid).children(recursive=True)
        os.close(ours)
        assert process.wait(SECONDS_TO_STOP) == 0
        assert gone(family)
    finally:
        process.kill()
        process.wait()


def test_a_child_that_ignores_its_stop_signal_is_killed_with_its_own_children(tmp_path: Path) -> None:
    """Nothing can keep the demo from ending."""
    script = "trap '' TERM; sleep 600 & echo ready; while :; do wait; done"
    child = Child("stubborn", ["/bin/sh", "-c", script], log=tmp_path / "log")
    wait_until(lambda: "ready" in child.last_lines(), "the shell's trap")
    family = [psutil.Process(child.pid), *psutil.Process(child.pid).children()]
    assert len(family) == 2
    child.stop(0.1)
    assert child.insisted
    wait_until(lambda: gone(family), "both to end")
