"""A page that breaks says so where somebody looks."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from stripe_sandbox.app import create_app
from stripe_sandbox.dashboard.asking import ask
from stripe_sandbox.sandbox import Sandbox


def test_a_broken_page_leaves_a_trace(caplog: pytest.LogCaptureFixture) -> None:
    """An object without its fields, as a damaged state file could hold it."""
    sandbox = Sandbox("http://sandbox.test")
    sandbox.store.save("payment_intent", {"id": "pi_damaged"})
    # In a thread of its own: browser tests of the same run leave an event loop running in this one.
    with ThreadPoolExecutor() as threads:
        answer = threads.submit(asyncio.run, _get(sandbox, "/dashboard/payments/pi_damaged")).result()
    assert answer.status_code == 500
    assert "KeyError" not in answer.text
    assert "GET /dashboard/payments/pi_damaged failed" in caplog.text
    assert "KeyError" in caplog.text


def test_a_broken_act_is_logged_as_one() -> None:
    """What somebody did by hand and crashed stands in the request log with 500, not as if it had worked."""
    sandbox = Sandbox("http://sandbox.test")
    sandbox.store.save("payment_intent", {"id": "pi_damaged"})
    with pytest.raises(KeyError):
        ask(sandbox, "/v1/payment_intents/pi_damaged/cancel", [])
    (logged,) = sandbox.requests
    assert (logged.status, logged.by_hand) == (500, True)


async def _get(sandbox: Sandbox, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(create_app(sandbox), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=sandbox.public_url) as client:
        return await client.get(path)
