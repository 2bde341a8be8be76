"""How long the sandbox's dashboard takes to answer with many payments: `python bench/dashboard_pages.py`.

Makes the payments through the sandbox's own API functions in this process, asks for each page several times,
and prints the median in milliseconds: of the whole page, and of asking again while nothing has changed.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Iterator

import httpx

from stripe_sandbox.app import create_app
from stripe_sandbox.dashboard.asking import ask
from stripe_sandbox.sandbox import Sandbox

_ROUNDS = 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--payments", type=int, default=50_000)
    asyncio.run(_measure(parser.parse_args().payments))


async def _measure(payments: int) -> None:
    sandbox = Sandbox("http://sandbox")
    ids = [_pay(sandbox, number) for number in range(payments)]
    transport = httpx.ASGITransport(create_app(sandbox))
    _say(f"{payments} payments, {sandbox.store.count('event')} events; medians of {_ROUNDS}, milliseconds")
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as browser:
        for name, address in _pages(ids):
            await browser.get(address)
            whole, again = [], []
            for number in range(_ROUNDS):
                _touch(sandbox, ids[number])
                whole.append(await _timed(browser, address, {}))
                etag = (await browser.get(address)).headers.get("etag", "")
                again.append(await _timed(browser, address, {"If-None-Match": etag}))
            _say(f"{name:38} {statistics.median(whole):8.1f} {statistics.median(again):8.1f}")


def _say(line: str) -> None:
    print(line, flush=True)


def _pages(ids: list[str]) -> Iterator[tuple[str, str]]:
    yield "payments, newest", "/dashboard"
    yield "payments, the oldest page", f"/dashboard?after={ids[min(60, len(ids) - 1)]}"
    yield "payments, one status, few", "/dashboard?state=failed"
    yield "payments, by a word, none found", "/dashboard?q=nowhere"
    yield "payments, by e-mail, one found", "/dashboard?q=buyer17@example.com"
    yield "payments, by id", f"/dashboard?q={ids[3]}"
    yield "a payment", f"/dashboard/payments/{ids[5]}"
    yield "events, newest", "/dashboard/events"
    yield "events, none found", "/dashboard/events?q=nowhere"
    yield "webhooks", "/dashboard/webhooks"
    yield "requests", "/dashboard/logs"
    yield "test cards and methods", "/dashboard/cards"


async def _timed(browser: httpx.AsyncClient, address: str, headers: dict[str, str]) -> float:
    started = time.perf_counter()
    answer = await browser.get(address, headers=headers)
    assert answer.status_code in (200, 304), answer.status_code  # noqa: S101
    return (time.perf_counter() - started) * 1000


def _pay(sandbox: Sandbox, number: int) -> str:
    parameters = {
        "amount": str(1000 + number % 900),
        "currency": ("sgd", "eur", "usd")[number % 3],
        "description": f"Order {number}",
        "receipt_email": f"buyer{number}@example.com",
        "metadata[order_id]": f"ord_{number}",
        "payment_method": "pm_card_visa",
        "confirm": "true",
        "automatic_payment_methods[enabled]": "true",
        "automatic_payment_methods[allow_redirects]": "never",
    }
    return str(ask(sandbox, "/v1/payment_intents", parameters.items())["id"])


def _touch(sandbox: Sandbox, payment: str) -> None:
    """Change something, so that no answer may be remembered."""
    ask(sandbox, f"/v1/payment_intents/{payment}", [("description", str(time.perf_counter()))])


if __name__ == "__main__":
    main()
