"""How many orders a second the shop places while Stripe takes 300 ms, beside a plain Flask shop.

    .venv/bin/python bench/shop_orders.py [--seconds 10] [--customers 200] [--rounds 3] [--alone]

Both shops take turns with the same sandbox, which answers the creation of a PaymentIntent after 300 ms, and
the same number of customers who wait for the payment of one order before they place the next. Ours writes
order, line and history down in a durable PostgreSQL first; the Flask shop (gunicorn, two processes of 32
threads each) only calls Stripe. The book page of our shop is asked for meanwhile, and before, ten times a
second. Flask, gunicorn and the `stripe` package are installed for the run into a directory that is removed
afterwards; `--alone` leaves them out.
"""

import argparse
import asyncio
import itertools
import secrets
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import aiohttp
import httpx
import uvloop
from flask_shop import installed, running_flask_shop
from running_shop import RunningShop, running_shop

DELAY_MS = 300
BOOK = "the-art-of-doing-science-and-engineering"
ADDRESS = {
    "name": "Ada Lovelace",
    "line1": "1 Raffles Place",
    "line2": "",
    "city": "",
    "state": "",
    "postal_code": "048616",
    "country": "SG",
    "phone": None,
}
GLANCES_A_SECOND = 10


class Figures(NamedTuple):
    """One round: orders per second, latencies of orders in milliseconds, and of the book page beside them."""

    rate: float
    median: float
    ninety_ninth: float
    page: float = 0.0
    quiet_page: float = 0.0


def main() -> None:
    """Print a line for each shop, and how many times as many orders ours places."""
    options = _options()
    ours: list[Figures] = []
    theirs: list[Figures] = []
    with tempfile.TemporaryDirectory() as directory, running_shop(ABUSE_LIMITS="off") as shop:
        flask = None if options.alone else installed(Path(directory))
        slow_down(shop)
        for _ in range(options.rounds):
            before = shop.processor_seconds()
            ours.append(uvloop.run(our_round(shop, options)))
            placed = ours[-1].rate * options.seconds
            after = shop.processor_seconds()
            spent = ", ".join(f"{name} {(after[name] - before[name]) / placed * 1000:.2f}" for name in after)
            print(f"milliseconds of processor time an order: {spent}", flush=True)
            if flask:
                with running_flask_shop(flask, shop.sandbox_url) as address:
                    theirs.append(uvloop.run(their_round(address, options)))
    show("bookshop", ours)
    quiet, busy = (statistics.median(getattr(f, name) for f in ours) for name in ("quiet_page", "page"))
    print(f"its book page, 99th percentile: {quiet:.0f} ms before, {busy:.0f} ms meanwhile")
    if theirs:
        show("Flask, 64 threads", theirs)
        ratio = statistics.median(f.rate for f in ours) / statistics.median(f.rate for f in theirs)
        print(f"ratio: {ratio:.2f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=10, help="how long a round takes")
    parser.add_argument("--customers", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--alone", action="store_true", help="measure our shop only")
    return parser.parse_args()


def slow_down(shop: RunningShop) -> None:
    """Let the sandbox answer as slowly as Stripe does."""
    fault = {"method": "POST", "path": "/v1/payment_intents", "latency_ms": DELAY_MS, "times": 0}
    httpx.post(f"{shop.sandbox_url}/_sandbox/faults", json=fault).raise_for_status()


async def our_round(shop: RunningShop, options: argparse.Namespace) -> Figures:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def look() -> None:
            async with session.get(f"{shop.url}/books/{BOOK}") as answer:
                await answer.read()
                answer.raise_for_status()

        async def buy() -> None:
            async with session.post(f"{shop.url}/orders", json=order()) as answer:
                text = await answer.text()
                if answer.status != 201:
                    raise SystemExit(f"{answer.status}: {text}\n{shop.web.last_lines()}")

        quiet = await glances(look, time.perf_counter() + 2)
        end = time.perf_counter() + options.seconds
        took, page = await asyncio.gather(customers(buy, end, options.customers), glances(look, end))
    return figures(took, options.seconds)._replace(page=ninety_ninth(page), quiet_page=ninety_ninth(quiet))


async def their_round(address: str, options: argparse.Namespace) -> Figures:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def buy() -> None:
            async with session.post(f"{address}/orders", json={"book": BOOK}) as answer:
                text = await answer.text()
                if answer.status != 200:
                    raise SystemExit(f"{answer.status}: {text}")

        took = await customers(buy, time.perf_counter() + options.seconds, options.customers)
    return figures(took, options.seconds)


def order() -> dict[str, object]:
    return {
        "checkout_key": secrets.token_urlsafe(24),
        "items": [{"book": BOOK, "quantity": 1}],
        "currency": "sgd",
        "email": "ada@example.com",
        "shipping_address": ADDRESS,
        "total": 2300,
    }


async def customers(buy: Callable[[], Awaitable[None]], end: float, number: int) -> list[float]:
    """Seconds that each order took, of customers who order one after another until `end`."""
    took: list[float] = []

    async def customer() -> None:
        while (started := time.perf_counter()) < end:
            await buy()
            took.append(time.perf_counter() - started)

    await asyncio.gather(*(customer() for _ in range(number)))
    return took


async def glances(look: Callable[[], Awaitable[None]], end: float) -> list[float]:
    """Seconds that a page took, asked for ten times a second until `end`, answered in time or not."""
    took: list[float] = []

    async def glance() -> None:
        started = time.perf_counter()
        await look()
        took.append(time.perf_counter() - started)

    async with asyncio.TaskGroup() as group:
        began = time.perf_counter()
        for number in itertools.count():
            if (moment := began + number / GLANCES_A_SECOND) > end:
                break
            await asyncio.sleep(moment - time.perf_counter())
            group.create_task(glance())
    return took


def figures(took: list[float], seconds: float) -> Figures:
    return Figures(len(took) / seconds, statistics.median(took) * 1000, ninety_ninth(took))


def ninety_ninth(took: list[float]) -> float:
    """In milliseconds."""
    return sorted(took)[int(len(took) * 0.99)] * 1000


def show(name: str, rounds: list[Figures]) -> None:
    rate, middle, late = (
        statistics.median(getattr(found, field) for found in rounds)
        for field in ("rate", "median", "ninety_ninth")
    )
    rates = [found.rate for found in rounds]
    print(
        f"{name}: {rate:,.0f} orders/s, median {middle:,.0f} ms, 99th percentile {late:,.0f} ms;"
        f" {len(rounds)} rounds from {min(rates):,.0f} to {max(rates):,.0f}/s",
        flush=True,
    )


if __name__ == "__main__":
    main()
