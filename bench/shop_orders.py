"""How many orders a second the shop places while Stripe takes 300 ms, beside a plain Flask shop.

    .venv/bin/python bench/shop_orders.py [--seconds 10] [--customers 200] [--rounds 3] [--alone]

Both shops take turns with the same sandbox, which answers the creation of a PaymentIntent after 300 ms, and
the same customers, who wait for the payment of one order before they place the next. Ours writes order, line
and history down in a durable PostgreSQL first; the Flask shop (flask_shop.py) only calls Stripe. A page of a
book of ours is asked for meanwhile, and before, ten times a second. Each round counts what is answered in its
seconds, after one more to get going; what is refused is not counted. Flask, gunicorn and the `stripe` package
are installed for the run into a directory that is removed afterwards; `--alone` leaves them out.
"""

import argparse
import asyncio
import itertools
import json
import math
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import uvloop
from figures_table import FiguresTable
from flask_shop import installed, running_flask_shop
from lean_client import Connection, prepared
from running_shop import RunningShop, processor_milliseconds, running_shop

DELAY_MS = 300
BOOK = "the-art-of-doing-science-and-engineering"
KEY = secrets.token_urlsafe(24)
ORDER = {
    "checkout_key": KEY,
    "items": [{"book": BOOK, "quantity": 1}],
    "currency": "sgd",
    "email": "ada@example.com",
    "shipping_address": {
        "name": "Ada Lovelace",
        "line1": "1 Raffles Place",
        "line2": "",
        "city": "",
        "state": "",
        "postal_code": "048616",
        "country": "SG",
        "phone": None,
    },
    "total": 2300,
}
JSON = {"Content-Type": "application/json"}
GLANCES_A_SECOND = 10
GETTING_GOING = 1.0
QUIET_SECONDS = 2.0

Columns = dict[str, float]


@dataclass
class Round:
    """Seconds that each order took which counts, and each page; how many orders there were besides."""

    took: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    quiet_pages: list[float] = field(default_factory=list)
    placed: int = 0
    refused: int = 0


def main() -> None:
    """Print a line for each round of each shop, the medians, and the ratio."""
    options = _options()
    ours: list[Columns] = []
    theirs: list[Columns] = []
    with tempfile.TemporaryDirectory() as directory, running_shop() as shop:
        flask = None if options.alone else installed(Path(directory))
        slow_down(shop)
        print("processor time of each process in milliseconds an order; latencies in milliseconds")
        table = FiguresTable(
            *("orders/s", "median", "99th", "refused", "client", "web", "PostgreSQL", "sandbox"),
            *("page's 99th", "before"),
        )
        for _ in range(options.rounds):
            ours.append(measured(partial(our_round, shop, options), options.seconds))
            table.row("bookshop", *ours[-1].values())
            if flask:
                with running_flask_shop(flask, shop.sandbox_url) as url:
                    theirs.append(measured(partial(their_round, url, options), options.seconds))
                table.row("Flask, 64 threads", *theirs[-1].values())
    table.row("bookshop, median", *medians(ours).values())
    if theirs:
        table.row("Flask, median", *medians(theirs).values())
        rate, plain_rate = (medians(rounds)["orders/s"] for rounds in (ours, theirs))
        print(f"ratio: {rate / plain_rate:.2f}")


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


def measured(work: Callable[[], Coroutine[Any, Any, Round]], seconds: float) -> Columns:
    """A line of the table."""
    before = processor_milliseconds()
    found = uvloop.run(work())
    after = processor_milliseconds()
    figures: Columns = {
        "orders/s": len(found.took) / seconds,
        "median": statistics.median(found.took) * 1000,
        "99th": ninety_ninth(found.took),
        "refused": found.refused,
    }
    figures |= {part: (after[part] - before[part]) / found.placed for part in after}
    pages = {"page": found.pages, "before": found.quiet_pages}
    return figures | {name: ninety_ninth(took) if took else math.nan for name, took in pages.items()}


def ninety_ninth(took: list[float]) -> float:
    """In milliseconds."""
    return sorted(took)[int(len(took) * 0.99)] * 1000


def medians(rounds: list[Columns]) -> Columns:
    return {name: statistics.median(found[name] for found in rounds) for name in rounds[0]}


async def our_round(shop: RunningShop, options: argparse.Namespace) -> Round:
    found = Round()
    page = prepared("GET", f"{shop.url}/books/{BOOK}")
    await glances(shop.url, page, time.perf_counter() + QUIET_SECONDS, found, found.quiet_pages)
    request = prepared("POST", f"{shop.url}/orders", json.dumps(ORDER).encode(), JSON)
    requests = (request.replace(KEY.encode(), secrets.token_urlsafe(24).encode()) for _ in itertools.count())
    end = time.perf_counter() + GETTING_GOING + options.seconds
    await asyncio.gather(
        customers(shop.url, requests, end, options, found), glances(shop.url, page, end, found, found.pages)
    )
    return found


async def their_round(url: str, options: argparse.Namespace) -> Round:
    found = Round()
    requests = itertools.repeat(prepared("POST", f"{url}/orders", json.dumps({"book": BOOK}).encode(), JSON))
    end = time.perf_counter() + GETTING_GOING + options.seconds
    await customers(url, requests, end, options, found)
    return found


async def customers(
    url: str, requests: Iterator[bytes], end: float, options: argparse.Namespace, found: Round
) -> None:
    """So many customers who order one after another until `end`."""

    async def customer() -> None:
        connection = Connection(url)
        while (started := time.perf_counter()) < end:
            answer = await connection.ask(next(requests))
            if answer.status not in {200, 201}:
                found.refused += 1
                continue
            found.placed += 1
            if end - options.seconds <= (now := time.perf_counter()) < end:
                found.took.append(now - started)
        connection.close()

    await asyncio.gather(*(customer() for _ in range(options.customers)))


async def glances(url: str, page: bytes, end: float, found: Round, took: list[float]) -> None:
    """Ask for a page ten times a second until `end`, whether it is answered in time or not."""
    kept: list[Connection] = []

    async def glance() -> None:
        connection = kept.pop() if kept else Connection(url)
        started = time.perf_counter()
        found.refused += (await connection.ask(page)).status != 200
        took.append(time.perf_counter() - started)
        kept.append(connection)

    async with asyncio.TaskGroup() as group:
        began = time.perf_counter()
        for number in itertools.count():
            if (moment := began + number / GLANCES_A_SECOND) > end:
                break
            await asyncio.sleep(moment - time.perf_counter())
            group.create_task(glance())
    for connection in kept:
        connection.close()


if __name__ == "__main__":
    main()
