"""The real programs, started for tests: the shop, its worker, the mailbox and the Stripe sandbox.

Nothing here imports them: tests meet them as customers and Stripe do, over HTTP and SMTP. conftest.py makes
the fixtures out of these; a test that must kill, restart or configure a program takes `own_shop` and uses its
methods. Every program ends with pytest, however pytest ends.
"""

import os
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx

from bookshop.demo.child import Child
from free_ports import HOST, free_port

T = TypeVar("T")

# Where the books of an order go that names no other place.
ADDRESS = {
    "name": "Ada Lovelace",
    "line1": "1 Raffles Place",
    "line2": "#20-01",
    "city": "",
    "state": "",
    "postal_code": "048616",
    "country": "SG",
    "phone": None,
}

# What shipping costs in `rated_shop`: S$12.00 but for two neighbours, and to Brazil for US dollars only.
RATES = '{"SG": {"sgd": "3.00"}, "MY": {"sgd": "3.00"}, "BR": {"usd": "5.00"}, "*": {"sgd": "12.00"}}'

# Settings under which a test's customers have addresses of their own, by X-Forwarded-For, and limits.
GUARDED = {"ABUSE_LIMITS": "normal", "TRUSTED_PROXIES": "127.0.0.1"}
SECONDS_TO_START = 60

# What a program of ours gets of our environment; PYTHONPATH is where a changed copy of the shop comes from.
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH")

# The name of hypothesis's settings for long runs.
LONG = "long"

# A database server, the template in it, and a sandbox, which another run of pytest lends to this one.
POSTGRES, TEMPLATE, SANDBOX = "TESTS_POSTGRES", "TESTS_TEMPLATE", "TESTS_SANDBOX"

# Every program that this run of pytest started, for showing their logs when a test fails.
started: list[Child] = []


def wait_until(condition: Callable[[], T], what: str, *, seconds: float = 30) -> T:
    """The first true value of `condition`; AssertionError naming `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for: {what}"
        time.sleep(0.02)
    return value


def start(name: str, module: str, *words: str, directory: Path, environment: dict[str, str]) -> Child:
    """Start `python -m module words…` in `directory`, where its log goes too, with this environment alone."""
    inherited = {key: os.environ[key] for key in INHERITED if key in os.environ}
    child = Child(
        name,
        [sys.executable, "-m", module, *words],
        log=directory / f"{name}.log",
        environment=inherited | environment,
        directory=directory,
    )
    started.append(child)
    return child


def wait_until_it_answers(child: Child, url: str) -> None:
    def answers() -> bool:
        assert child.exit_code is None, f"{child.name} ended with {child.exit_code}:\n{child.last_lines()}"
        try:
            return httpx.get(url, timeout=5).is_success
        except httpx.TransportError:
            return False

    wait_until(answers, f"{child.name} to answer {url}", seconds=SECONDS_TO_START)


def run_to_its_end(name: str, module: str, *words: str, directory: Path, environment: dict[str, str]) -> None:
    """Run a command such as `bookshop migrate`; AssertionError with its output when it fails."""
    child = start(name, module, *words, directory=directory, environment=environment)
    assert child.wait(SECONDS_TO_START), f"{name} does not end:\n{child.last_lines()}"
    assert child.exit_code == 0, f"{name} ended with {child.exit_code}:\n{child.last_lines()}"


@dataclass
class Sandbox:
    """A `stripe-sandbox` process; keys of the right shape are all that it asks for."""

    directory: Path
    port: int = field(default_factory=free_port)
    secret_key: str = field(default_factory=lambda: f"sk_test_{secrets.token_hex(16)}")
    publishable_key: str = field(default_factory=lambda: f"pk_test_{secrets.token_hex(16)}")
    webhook_secret: str = field(default_factory=lambda: f"whsec_{secrets.token_hex(16)}")
    webhook_url: str | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def lent(self) -> str:
        """What another run needs to use this sandbox, too: see `borrowed`."""
        return f"{self.port} {self.secret_key} {self.publishable_key}"

    @classmethod
    def borrowed(cls, lent: str, directory: Path) -> Self:
        """A sandbox that somebody else has started and will stop."""
        port, secret_key, publishable_key = lent.split()
        return cls(directory, int(port), secret_key, publishable_key)

    def start(self) -> None:
        words = ["--port", str(self.port), "--state", str(self.directory / "sandbox.db")]
        if self.webhook_url:
            words += ["--webhook", self.webhook_url, "--webhook-secret", self.webhook_secret]
        self.child = start("sandbox", "stripe_sandbox", *words, directory=self.directory, environment={})
        wait_until_it_answers(self.child, f"{self.url}/_sandbox/health")

    def control(self, method: str, path: str, /, **json: Any) -> Any:
        """Call the control API, `path` such as "/_sandbox/reset"; the decoded answer."""
        response = httpx.request(method, self.url + path, json=json or None, timeout=10)
        assert response.is_success, f"{method} {path}: {response.status_code} {response.text}"
        return response.json() if response.content else None

    def stripe(self, method: str, path: str, /, *, key: str | None = None, **form: str) -> httpx.Response:
        """Call Stripe's API with the secret key or another, parameters as a form: `**{"a[b]": "c"}`."""
        headers = {"Authorization": f"Bearer {key or self.secret_key}", "Stripe-Version": "2026-10-28.endive"}
        if method == "GET":
            return httpx.get(self.url + path, params=form, headers=headers, timeout=10)
        return httpx.request(method, self.url + path, data=form, headers=headers, timeout=10)

    def pay(self, client_secret: str, number: str = "4242424242424242", **form: str) -> httpx.Response:
        """Do what Stripe.js does in the customer's browser: confirm with a card and the publishable key."""
        intent_id = client_secret.partition("_secret_")[0]
        card = {
            "client_secret": client_secret,
            "payment_method_data[type]": "card",
            "payment_method_data[card][number]": number,
            "payment_method_data[card][exp_month]": "12",
            "payment_method_data[card][exp_year]": "2034",
            "payment_method_data[card][cvc]": "123",
            "payment_method_data[billing_details][address][country]": "SG",
            "use_stripe_sdk": "true",
        }
        path = f"/v1/payment_intents/{intent_id}/confirm"
        return self.stripe("POST", path, key=self.publishable_key, **(card | form))


@dataclass
class Shop:
    """A shop with everything beside it: web server, worker, mailbox and a sandbox that sends it webhooks."""

    directory: Path
    database_url: str
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    mailbox_port: int = field(default_factory=free_port)
    smtp_port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.others: list[Child] = []
        self.sandbox = Sandbox(self.directory, webhook_url=f"{self.url}/stripe/webhook")

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PORT": str(self.port),
            "HOST": HOST,
            "PUBLIC_URL": self.url,
            "DATABASE_URL": self.database_url,
            "STRIPE_SECRET_KEY": self.sandbox.secret_key,
            "STRIPE_PUBLISHABLE_KEY": self.sandbox.publishable_key,
            "STRIPE_WEBHOOK_SECRET": self.sandbox.webhook_secret,
            "STRIPE_API_BASE": self.sandbox.url,
            "STRIPE_JS_URL": f"{self.sandbox.url}/endive/stripe.js",
            "STRIPE_DASHBOARD_URL": f"{self.sandbox.url}/dashboard",
            "SMTP_URL": f"smtp://{HOST}:{self.smtp_port}",
            "MAILBOX_PORT": str(self.mailbox_port),
            "SMTP_PORT": str(self.smtp_port),
            "DATA_DIR": str(self.directory),
            "SHOPKEEPER_PASSWORD": "correct horse battery staple",
            "LOG_FORMAT": "console",
            # Every customer of a test has the same address; what limits them is tested by itself.
            "ABUSE_LIMITS": "off",
            **self.settings,
        }

    def start(self) -> None:
        self.start_mailbox()
        self.start_web(wait=False)
        self.start_worker()
        self.sandbox.start()
        wait_until_it_answers(self.web, f"{self.url}/health/ready")
        wait_until_it_answers(self.mailbox, f"http://{HOST}:{self.mailbox_port}/messages")

    def start_web(self, *, wait: bool = True) -> None:
        self.web = self._start("web", "serve")
        if wait:
            wait_until_it_answers(self.web, f"{self.url}/health/ready")

    def start_worker(self) -> None:
        self.worker = self._start("worker", "worker")

    def another_worker(self) -> Child:
        """One more worker beside the first; it is stopped with the shop."""
        self.others.append(self._start(f"worker-{len(self.others) + 2}", "worker"))
        return self.others[-1]

    def start_mailbox(self) -> None:
        self.mailbox = self._start("mailbox", "mailbox")

    def stop(self) -> None:
        """End what runs, customers' side first."""
        parts = [getattr(self, name, None) for name in ("web", "worker", "mailbox")]
        running = [
            part for part in (*parts, *self.others, getattr(self.sandbox, "child", None)) if part is not None
        ]
        for part in running:
            part.ask_to_stop()
        for part in running:
            part.stop()
            assert not part.insisted, f"{part.name} did not stop when asked:\n{part.last_lines()}"
            started.remove(part)

    def mails(self, recipient: str) -> list[dict[str, Any]]:
        """The kept mails to one address, newest first; see bookshop.demo.mailbox for their shape."""
        url = f"http://{HOST}:{self.mailbox_port}/messages"
        answer: list[dict[str, Any]] = httpx.get(url, params={"to": recipient}, timeout=10).json()
        return answer

    def misbehave(self, answer: str | None, *, count: int = 1) -> None:
        """What the mailbox answers to the next mails; None keeps a mail and breaks the connection."""
        url = f"http://{HOST}:{self.mailbox_port}/misbehaviour"
        httpx.put(url, json={"answer": answer, "count": count}, timeout=10).raise_for_status()

    def order(self, *, cookies: dict[str, str] | None = None, **changes: Any) -> httpx.Response:
        """POST /orders as the checkout page does, with `changes` to its JSON body."""
        body = {
            "checkout_key": secrets.token_urlsafe(24),
            "items": [{"book": "the-art-of-doing-science-and-engineering", "quantity": 1}],
            "currency": "sgd",
            "email": "ada@example.com",
            "shipping_address": ADDRESS,
            "total": 2300,
        }
        return httpx.post(f"{self.url}/orders", json=body | changes, cookies=cookies, timeout=30)

    def status(self, order_url: str) -> dict[str, Any]:
        answer: dict[str, Any] = httpx.get(f"{self.url}{order_url}/status", timeout=30).json()
        return answer

    def _start(self, name: str, command: str) -> Child:
        return start(name, "bookshop", command, directory=self.directory, environment=self.environment)
