"""A real sandbox process, a small shop on another origin that uses Stripe's SDK, and Chromium.

sandbox_url   the address of one sandbox that all tests share
client        a `stripe.StripeClient` for it
shop_url      a page of a shop that only knows Stripe, with the strictest policy that Stripe allows
page          a browser page; the test fails on uncaught errors and on anything the policy refused
form          the card form inside the shop's page, as tests written for real Stripe find it
"""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import stripe
from chromium import FLAGS, find
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, sync_playwright

from stripe_sandbox.process import running_sandbox

MERCHANT = Path(__file__).parent / "merchant"
MILLISECONDS = 8000
FORM = 'iframe[title="Secure payment input frame"]'


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    """A `stripe-sandbox` process on a free port."""
    with running_sandbox() as sandbox:
        yield sandbox.address


@pytest.fixture(scope="session")
def client(sandbox_url: str) -> stripe.StripeClient:
    return stripe.StripeClient("sk_test_shop", base_addresses={"api": sandbox_url})


@pytest.fixture(scope="session")
def shop_url(sandbox_url: str, client: stripe.StripeClient) -> Iterator[str]:
    server = _Shop(sandbox_url, client)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        # Another host name, so that the shop and the sandbox are different sites for the browser.
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for one module: Playwright's event loop is in the way of everybody else's meanwhile."""
    with sync_playwright() as playwright:
        path = find()
        assert path, "no Chromium found; `python tools/chromium.py` installs one"
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        yield browser
        browser.close()


@pytest.fixture
def browser_context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor from Singapore, so no postal code is asked."""
    context = browser.new_context(locale="en-SG", viewport={"width": 480, "height": 900})
    context.set_default_timeout(MILLISECONDS)
    yield context
    context.close()


@pytest.fixture
def page(browser_context: BrowserContext, shop_url: str) -> Iterator[Page]:
    """The shop's page, with Stripe.js loaded."""
    page = browser_context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda message: problems.append(message.text) if "Content Security Policy" in message.text else None,
    )
    page.goto(shop_url)
    yield page
    assert problems == []


@pytest.fixture
def form(page: Page) -> FrameLocator:
    return page.frame_locator(FORM)


class _Shop(ThreadingHTTPServer):
    """Serves the page and creates PaymentIntents; what a shop's server does, and nothing else."""

    daemon_threads = True

    def __init__(self, sandbox_url: str, client: stripe.StripeClient) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.sandbox_url = sandbox_url
        self.client = client


class _Door(BaseHTTPRequestHandler):
    server: _Shop

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/shop.js":
            self._send((MERCHANT / "shop.js").read_bytes(), "text/javascript")
        elif path == "/shop.css":
            self._send((MERCHANT / "shop.css").read_bytes(), "text/css")
        elif path == "/done":
            self._send(b"<!doctype html><title>Done</title><h1>Thank you</h1>", "text/html")
        elif path == "/plain":
            self._send(b"<!doctype html><link rel=icon href=data:,><body></body>", "text/html", policy="")
        else:
            train = self.path.partition("?train=")[2] or "endive"
            script = f"{self.server.sandbox_url}/v3/" if train == "v3" else ""
            script = script or f"{self.server.sandbox_url}/{train}/stripe.js"
            html = (MERCHANT / "index.html").read_text().replace("{{stripe_js}}", script)
            self._send(html.encode(), "text/html")

    def do_POST(self) -> None:
        parameters: Any = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        intent = self.server.client.v1.payment_intents.create(parameters)
        self._send(json.dumps({"client_secret": intent.client_secret}).encode(), "application/json")

    def _send(self, body: bytes, media_type: str, policy: str | None = None) -> None:
        sandbox = self.server.sandbox_url
        strict = (
            f"default-src 'none'; script-src 'self' {sandbox}; frame-src {sandbox}; "
            f"connect-src 'self' {sandbox}; style-src 'self'; img-src data:"
        )
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", strict if policy is None else policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  the base class names it so
        """Keep the test's output to what failed."""
