"""A real sandbox process driven by Stripe's own SDK; every answer is judged on its way in.

sandbox    the process, emptied before each test
client     a `stripe.StripeClient` whose answers are checked against Stripe's object shapes
page       what a page with Stripe.js does: plain form posts with a publishable key
receiver   a web server that records webhooks and answers as told
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import stripe
from hypothesis import settings

import stripe_schema
from stripe_sandbox.process import RunningSandbox, running_sandbox
from webhook_receiver import Receiver

# A busy machine is no failure.
settings.register_profile("sandbox", deadline=None)
settings.load_profile("sandbox")


class JudgingHTTPClient(stripe.RequestsClient):
    """Stripe's own HTTP client, which lets no malformed answer pass."""

    def request(self, method: str, url: str, headers: Any, post_data: Any = None, **rest: Any) -> Any:
        body, status, answer_headers = super().request(method, url, headers, post_data, **rest)
        if headers["Stripe-Version"] == stripe.api_version:
            problems = stripe_schema.problems(json.loads(body))
            assert not problems, f"{method} {url}: {problems}"
        assert answer_headers["Request-Id"].startswith("req_")
        return body, status, answer_headers


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[RunningSandbox]:
    with running_sandbox("--account-country", "SG") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_process: RunningSandbox) -> RunningSandbox:
    httpx.post(f"{sandbox_process.address}/_sandbox/reset").raise_for_status()
    return sandbox_process


@pytest.fixture
def client_for() -> Callable[..., stripe.StripeClient]:
    def make(sandbox: RunningSandbox, **options: Any) -> stripe.StripeClient:
        return stripe.StripeClient(
            "sk_test_tests",
            base_addresses={"api": sandbox.address},
            http_client=JudgingHTTPClient(),
            **options,
        )

    return make


@pytest.fixture
def client(sandbox: RunningSandbox, client_for: Callable[..., stripe.StripeClient]) -> stripe.StripeClient:
    return client_for(sandbox)


@pytest.fixture
def control(sandbox: RunningSandbox) -> Iterator[httpx.Client]:
    """The switches under `/_sandbox/`."""
    with httpx.Client(base_url=f"{sandbox.address}/_sandbox") as http:
        yield http


@pytest.fixture
def page(sandbox: RunningSandbox) -> Iterator[httpx.Client]:
    """Calls as Stripe.js makes them."""
    with httpx.Client(base_url=sandbox.address, headers={"Authorization": "Bearer pk_test_tests"}) as http:
        yield http


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running
