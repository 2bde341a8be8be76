"""`bookshop demo`, as `make run` starts it: bought from, interrupted, killed, started again."""

import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

import bookshop
from bookshop.demo.child import Child
from demo_process import SECONDS_TO_STOP, Demo, gone, hangups_heard
from processes import ADDRESS, Sandbox, wait_until


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
    body["shipping_address"] = ADDRESS
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
    with output.open("wb") as file, hangups_heard():
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
