"""A sandbox of the dashboard's own tests, emptied before each, and a person who looks at it.

client     a `stripe.StripeClient` for it
pay        makes a payment with Stripe's SDK, confirmed with a test token
look       a function for a browser page; the test fails on errors in any page's console
page       the first of them, 1280 px wide
receiver   a shop's webhook door (from the conftest above), here known to the sandbox as an endpoint
"""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import httpx
import pytest
import stripe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from stripe_sandbox.process import RunningSandbox, running_sandbox
from webhook_receiver import Receiver

# Long enough for a machine that does much else; nothing waits so long when all is well.
MILLISECONDS = 15_000
expect.set_options(timeout=MILLISECONDS)


class Pay(Protocol):
    """Parameters of a PaymentIntent beside the usual ones; `pm_card_visa` pays."""

    def __call__(self, **parameters: Any) -> stripe.PaymentIntent: ...


@pytest.fixture(scope="session")
def dashboard_process() -> Iterator[RunningSandbox]:
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def url(dashboard_process: RunningSandbox) -> str:
    httpx.post(f"{dashboard_process.address}/_sandbox/reset").raise_for_status()
    return dashboard_process.address


@pytest.fixture
def client(url: str) -> stripe.StripeClient:
    return stripe.StripeClient("sk_test_dashboard", base_addresses={"api": url})


@pytest.fixture
def pay(client: stripe.StripeClient) -> Pay:
    def pay(**parameters: Any) -> stripe.PaymentIntent:
        usual = {
            "amount": 2300,
            "currency": "sgd",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
        return client.v1.payment_intents.create(usual | parameters)  # type: ignore[arg-type]

    return pay


@pytest.fixture
def endpoint(client: stripe.StripeClient, receiver: Receiver) -> stripe.WebhookEndpoint:
    """The receiver, known to the sandbox."""
    return client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})


@pytest.fixture
def look(browser: Browser) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # A form that was refused answers 400, which Chromium calls an error.
        if message.type == "error" and "status of 400" not in message.text:
            problems.append(message.text)

    def look(**options: Any) -> Page:
        usual = {
            "viewport": {"width": 1280, "height": 900},
            "locale": "en-SG",
            "timezone_id": "Asia/Singapore",
        }
        context = browser.new_context(**(usual | options))
        contexts.append(context)
        context.set_default_timeout(MILLISECONDS)
        context.on("console", note)
        context.on("weberror", lambda error: problems.append(str(error.error)))
        return context.new_page()

    yield look
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def page(look: Callable[..., Page]) -> Page:
    return look(permissions=["clipboard-read", "clipboard-write"])
