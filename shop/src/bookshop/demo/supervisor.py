"""Starts the parts of the demo, waits until all answer, and stops them in the right order.

The parts are ordinary programs in processes of their own; the shop's are the very ones that production runs.
"""

import contextlib
import http.client
import importlib.util
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from bookshop.demo import demo_settings, ownership, postgres
from bookshop.demo.announcement import announcement
from bookshop.demo.child import Child
from bookshop.demo.demo_settings import DemoSettings
from bookshop.demo.ports import Port, PortError, require_free

SECONDS_TO_START = 60
SECONDS_TO_STOP = 10
STOP_ORDER = (("web", "worker", "preparation"), ("mailbox", "sandbox"), ("PostgreSQL",))
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StartError(RuntimeError):
    """A part did not come up, or ended by itself; the text says which and shows its last words."""


class StopRequest(BaseException):
    """Ctrl-C, SIGTERM, or the terminal was closed."""


def run() -> int:
    """0 after a stop that was asked for, 1 with a sentence on standard error when something went wrong."""
    settings = demo_settings.load()
    try:
        with _stop_requests(), ownership.owning(settings.data_dir, settings.public_url):
            Demo(settings).run()
    except StopRequest:
        return 0
    except (StartError, PortError, ownership.OwnedError, postgres.PostgresError) as error:
        _say(str(error), to_stderr=True)
        return 1
    return 0


class Demo:
    """The running parts."""

    def __init__(self, settings: DemoSettings) -> None:
        self._settings = settings
        self._logs = settings.data_dir / "log"
        self._parts: list[Child] = []
        self._database_url = (
            settings.database_url.get_secret_value()
            if settings.database_url
            else postgres.url(settings.data_dir / "postgres")
        )

    def run(self) -> None:
        ownership.end_leftovers(self._settings.data_dir)
        require_free(self._ports())
        try:
            self._start()
            _say(announcement(self._settings))
            _watch_the_terminal()
            self._wait_for_an_end()
        except StopRequest:
            _say("\nStopping ...")
            raise
        finally:
            self._stop()

    def _start(self) -> None:
        """What the first page needs boots side by side; the rest, after it."""
        _say("Starting ...")
        self._settings.write_environment(self._database_url)
        self._start_part("web", "bookshop", "serve")
        preparation = self._start_part("preparation", "bookshop.demo.prepare")
        if not self._settings.has_stripe_keys:
            self._start_sandbox()
        if not self._settings.database_url:
            self._start_database()
        self._complete(preparation)
        if not self._settings.has_mail_server:
            self._start_part("mailbox", "bookshop", "mailbox")
        self._start_part("worker", "bookshop", "worker")
        ownership.record(self._settings.data_dir, [part.pid for part in self._parts])
        for part, port, path in self._health_pages():
            self._wait_until_it_answers(part, port, path)

    def _start_sandbox(self) -> None:
        if importlib.util.find_spec("stripe_sandbox") is None:
            raise StartError(
                "There are no Stripe keys in .env and the program stripe-sandbox is not installed: "
                "put your keys into .env (sample.env shows how), or install stripe-sandbox."
            )
        settings = self._settings
        self._start_part(
            "sandbox",
            "stripe_sandbox",
            *("--host", settings.sandbox_host, "--port", str(settings.sandbox_port)),
            *("--public-url", settings.sandbox_url),
            *("--account-name", settings.shop_name),
            *("--public-url", settings.sandbox_url),
            *("--state", str(settings.data_dir / "sandbox.db")),
            *("--webhook", f"http://127.0.0.1:{settings.port}/stripe/webhook"),
            *("--webhook-secret", settings.kept["stripe_webhook_secret"]),
        )

    def _start_database(self) -> None:
        where = self._settings.data_dir / "postgres"
        server = postgres.start(where, log=self._new_log("postgres"))
        self._parts.append(server)
        postgres.wait_until_ready(server, where, seconds=SECONDS_TO_START)

    def _start_part(self, name: str, module: str, *words: str) -> Child:
        part = Child(
            name,
            [sys.executable, "-m", module, *words],
            log=self._new_log(name),
            environment=os.environ | self._settings.environment(self._database_url),
        )
        self._parts.append(part)
        return part

    def _complete(self, preparation: Child) -> None:
        """Wait for the one part that is to end by itself."""
        if not preparation.wait(SECONDS_TO_START):
            raise StartError(
                f"The database is not prepared after {SECONDS_TO_START} s; see {preparation.log}"
            )
        self._parts.remove(preparation)
        if preparation.exit_code != 0:
            raise StartError(f"The database could not be prepared:\n\n{preparation.last_lines()}")

    def _new_log(self, name: str) -> Path:
        """A log begins with the start; that of the start before is kept beside it."""
        log = self._logs / f"{name}.log"
        if log.exists():
            log.replace(self._logs / f"{name}.previous.log")
        return log

    def _health_pages(self) -> list[tuple[Child, int, str]]:
        ports = {
            "sandbox": (self._settings.sandbox_port, "/_sandbox/health"),
            "mailbox": (self._settings.mailbox_port, "/messages"),
            "web": (self._settings.port, "/health/ready"),
        }
        return [(part, *ports[part.name]) for part in self._parts if part.name in ports]

    def _wait_until_it_answers(self, part: Child, port: int, path: str) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while not _answers(port, path):
            self._require_all_running()
            if time.monotonic() > deadline:
                raise StartError(
                    f"The {part.name} does not answer after {SECONDS_TO_START} s:\n\n{part.last_lines()}"
                )
            time.sleep(0.01)

    def _wait_for_an_end(self) -> None:
        """Sleep until one of our processes ends, which none should; a stop request interrupts it."""
        while True:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
            self._require_all_running()

    def _require_all_running(self) -> None:
        for part in self._parts:
            if part.exit_code is not None:
                raise StartError(
                    f"The {part.name} ended by itself ({_how_it_ended(part.exit_code)}). "
                    f"Its last words, from {part.log}:\n\n{part.last_lines()}\n"
                )

    def _stop(self) -> None:
        """Customers' doors first, then what they lean on; bounded, because nothing may interrupt it."""
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        for names in STOP_ORDER:
            group = [part for part in self._parts if part.name in names]
            for part in group:
                part.ask_to_stop()
            for part in group:
                part.stop(SECONDS_TO_STOP)
                if part.insisted:
                    _say(
                        f"The {part.name} did not end in {SECONDS_TO_STOP} s and was killed; see {part.log}."
                    )
        if (where := self._settings.data_dir / "postgres").exists():
            postgres.forget_socket(where)

    def _ports(self) -> list[Port]:
        settings = self._settings
        ports = [Port(settings.host, settings.port, "the shop", "PORT")]
        if not settings.has_stripe_keys:
            ports.append(
                Port(settings.sandbox_host, settings.sandbox_port, "the Stripe sandbox", "SANDBOX_PORT")
            )
        if not settings.has_mail_server:
            ports.append(Port("127.0.0.1", settings.mailbox_port, "the mailbox", "MAILBOX_PORT"))
            ports.append(Port("127.0.0.1", settings.smtp_port, "the mailbox's SMTP", "SMTP_PORT"))
        return ports


@contextlib.contextmanager
def _stop_requests() -> Iterator[None]:
    """Make the stop signals raise StopRequest, but leave SIGHUP to nohup."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise StopRequest

    under_nohup = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    heeded = [number for number in STOP_SIGNALS if number != signal.SIGHUP or not under_nohup]
    before = {number: signal.signal(number, stop) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _watch_the_terminal() -> None:
    """Turn its end into SIGHUP, which the system sends to the leader of the session alone.

    That leader may be `make`, which waits for us: `ssh -t host make run`, for one.
    """
    if not sys.stdin or not sys.stdin.isatty():
        return
    poller = select.poll()
    poller.register(sys.stdin, 0)
    main = threading.main_thread().ident

    def watch() -> None:
        poller.poll()
        if main is not None:
            signal.pthread_kill(main, signal.SIGHUP)

    threading.Thread(target=watch, daemon=True).start()


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _how_it_ended(exit_code: int) -> str:
    return f"exit code {exit_code}" if exit_code >= 0 else signal.Signals(-exit_code).name


def _say(words: str, *, to_stderr: bool = False) -> None:
    """Print, if somebody is still there: a closed terminal must not keep us from stopping our processes."""
    with contextlib.suppress(OSError):
        print(words, file=sys.stderr if to_stderr else sys.stdout, flush=True)
