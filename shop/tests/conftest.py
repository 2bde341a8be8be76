"""What tests are given. Everything is real: PostgreSQL, the sandbox, the shop's own programs, Chromium.

    database_url        a migrated database of the test's own, with the catalogue's books (some ms)
    empty_database_url  the same without tables
    sandbox             a Stripe sandbox for API calls, shared by all tests: sandbox.url, .stripe("POST", …)
    shop                a running shop, shared: shop.url, .order(), .sandbox.pay(secret), .mails("ada@…"),
                        .status(order_url); a test finds its mails by an address that only it uses
    rated_shop          the same, for tests of shipping: it charges processes.RATES
    guarded_shop        the same, which limits what an address may do and takes it from X-Forwarded-For
    own_shop            a running shop of the test's own, to kill and restart: own_shop.web.kill(),
                        own_shop.start_web(), own_shop.sandbox.control("POST", "/_sandbox/…")
    start_shared_shop   a function for a shop of the module's own
    start_shop          a function for a shop with other settings: start_shop(SHOP_NAME="Other")
    demo                a `bookshop demo` that is not started yet: demo.start_and_wait(), demo.buy()
    make_demo           a function for one more of them
    page                a Playwright page at 1280 x 900. The test fails on console errors, uncaught
                        exceptions, refusals by the content security policy, and requests to anything but
                        this machine, unless it announced them: problems.expect("402")
    new_page            a function for a page with other options: new_page(color_scheme="dark")

`wait_until(condition, "what")` from processes.py waits on a condition; no test sleeps. When a test fails,
what its programs logged is in the report.
"""

import os
import re
import secrets
import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import chromium
import psycopg
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

import processes
from bookshop.demo.postgres import embedded_postgres
from bookshop.demo.postgres import url as postgres_url
from demo_process import SECONDS_TO_STOP, Demo
from processes import GUARDED, RATES, Sandbox, Shop, run_to_its_end

# More than `make test` has time for: `--hypothesis-profile long`.
settings.register_profile(processes.LONG, max_examples=300, stateful_step_count=60, print_blob=True)

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
SCHEMES_WITHOUT_HOST = {"data", "blob", "about"}
WITH_PROGRAMS = {"migrated", "sandbox", "shop", "rated_shop", "guarded_shop", "start_shop"}
MILLISECONDS_FOR_A_PAGE = 10_000


@pytest.fixture(scope="session")
def data_dir() -> Iterator[Path]:
    """A short-named directory for this run: a Unix socket's path may not be long."""
    with tempfile.TemporaryDirectory(prefix="bookshop-tests-") as name:
        yield Path(name)


@pytest.fixture(scope="session")
def cluster(data_dir: Path) -> Iterator[Callable[[str], str]]:
    """A PostgreSQL for this run, or a lent one; the value gives the URL of a database by its name."""
    if lent := os.environ.get(processes.POSTGRES):
        yield lambda name: postgres_url(Path(lent), name)
        return
    where = data_dir / "postgres"
    with embedded_postgres(where, durable=False):
        yield lambda name: postgres_url(where, name)


@pytest.fixture(scope="session")
def migrated(cluster: Callable[[str], str], data_dir: Path) -> str:
    """The name of a database, built by the migrations and filled with the catalogue, to copy from."""
    if lent := os.environ.get(processes.TEMPLATE):
        return lent
    name = _next_name()
    _create_database(cluster, name)
    directory = data_dir / "migrate"
    directory.mkdir()
    environment = Shop(directory, cluster(name)).environment
    run_to_its_end("migrate", "bookshop", "migrate", directory=directory, environment=environment)
    run_to_its_end("catalog", "bookshop", "catalog", "load", directory=directory, environment=environment)
    return name


@pytest.fixture
def database_url(cluster: Callable[[str], str], migrated: str) -> Iterator[str]:
    yield from _own_database(cluster, f"TEMPLATE {migrated}")


@pytest.fixture
def empty_database_url(cluster: Callable[[str], str]) -> Iterator[str]:
    yield from _own_database(cluster, "")


@pytest.fixture(scope="session")
def sandbox(data_dir: Path) -> Iterator[Sandbox]:
    directory = data_dir / "sandbox"
    directory.mkdir()
    if lent := os.environ.get(processes.SANDBOX):
        yield Sandbox.borrowed(lent, directory)
        return
    sandbox = Sandbox(directory)
    try:
        sandbox.start()
        yield sandbox
    finally:
        sandbox.child.stop()


@pytest.fixture(scope="session")
def shop(cluster: Callable[[str], str], migrated: str, data_dir: Path) -> Iterator[Shop]:
    yield from _shared_shop("shared", cluster, migrated, data_dir)


@pytest.fixture(scope="session")
def rated_shop(cluster: Callable[[str], str], migrated: str, data_dir: Path) -> Iterator[Shop]:
    yield from _shared_shop("rated", cluster, migrated, data_dir, SHIPPING_RATES=RATES)


@pytest.fixture(scope="session")
def guarded_shop(cluster: Callable[[str], str], migrated: str, data_dir: Path) -> Iterator[Shop]:
    yield from _shared_shop("guarded", cluster, migrated, data_dir, **GUARDED)


@pytest.fixture
def start_shop(cluster: Callable[[str], str], migrated: str, data_dir: Path) -> Iterator[Callable[..., Shop]]:
    yield from _starting(cluster, migrated, data_dir)


@pytest.fixture(scope="module")
def start_shared_shop(
    cluster: Callable[[str], str], migrated: str, data_dir: Path
) -> Iterator[Callable[..., Shop]]:
    yield from _starting(cluster, migrated, data_dir)


@pytest.fixture
def own_shop(start_shop: Callable[..., Shop]) -> Shop:
    return start_shop()


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


class Problems:
    """What went wrong in the browser; `expect` announces what a test brings about on purpose."""

    def __init__(self) -> None:
        self._seen: list[str] = []
        self._expected: list[re.Pattern[str]] = []

    def expect(self, pattern: str) -> None:
        """Messages that match this regular expression are part of the test, before or after this call."""
        self._expected.append(re.compile(pattern))

    def add(self, message: str) -> None:
        self._seen.append(message)

    @property
    def unexpected(self) -> list[str]:
        return [text for text in self._seen if not any(pattern.search(text) for pattern in self._expected)]

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self._note_console)
        context.on("weberror", lambda error: self.add(f"uncaught: {error.error}"))
        context.on("request", lambda request: self._note_request(request.url))

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.add(f"console: {message.text} ({message.location.get('url', '')})")

    def _note_request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES_WITHOUT_HOST and parts.hostname not in LOOPBACK:
            self.add(f"request to another machine: {url}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for one module: Playwright's event loop would be in the way of asyncio.run elsewhere."""
    path = chromium.find()
    assert path, "no Chromium: run `make test`, or `python tools/chromium.py`, which installs one"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def problems() -> Iterator[Problems]:
    problems = Problems()
    yield problems
    assert problems.unexpected == []


@pytest.fixture
def new_page(browser: Browser, problems: Problems) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []

    def new_page(**options: Any) -> Page:
        contexts.append(browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options)))
        contexts[-1].set_default_timeout(MILLISECONDS_FOR_A_PAGE)
        problems.watch(contexts[-1])
        return contexts[-1].new_page()

    yield new_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the programs logged when a test that has some fails."""
    report = yield
    if report.failed and WITH_PROGRAMS.intersection(item.fixturenames):
        for child in processes.started:
            if child.log.exists() and (lines := child.last_lines(40)):
                report.sections.append((f"log of {child.name} ({child.log})", lines))
    return report


def _starting(cluster: Callable[[str], str], migrated: str, data_dir: Path) -> Iterator[Callable[..., Shop]]:
    shops: list[Shop] = []

    def start(**settings: str) -> Shop:
        directory = Path(tempfile.mkdtemp(dir=data_dir))
        name = _next_name()
        _create_database(cluster, name, f"TEMPLATE {migrated}")
        shops.append(Shop(directory, cluster(name), settings))
        shops[-1].start()
        return shops[-1]

    try:
        yield start
    finally:
        for shop in shops:
            shop.stop()


def _shared_shop(
    name: str, cluster: Callable[[str], str], migrated: str, data_dir: Path, **settings: str
) -> Iterator[Shop]:
    database = _next_name()  # A rehearsal of test_negative_controls.py shares the server with its run.
    _create_database(cluster, database, f"TEMPLATE {migrated}")
    directory = data_dir / name
    directory.mkdir()
    shop = Shop(directory, cluster(database), settings)
    try:
        shop.start()
        yield shop
    finally:
        shop.stop()


def _own_database(cluster: Callable[[str], str], options: str) -> Iterator[str]:
    name = _next_name()
    _create_database(cluster, name, options)
    yield cluster(name)
    with psycopg.connect(cluster("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _create_database(cluster: Callable[[str], str], name: str, options: str = "") -> None:
    with psycopg.connect(cluster("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {options}")


def _next_name() -> str:
    return f"test_{secrets.token_hex(8)}"
