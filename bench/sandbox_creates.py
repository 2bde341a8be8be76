"""How many PaymentIntents a second the sandbox creates over loopback.

    .venv/bin/python bench/sandbox_creates.py [--seconds 5] [--connections 32] [--state FILE]

Starts its own stripe-sandbox on a free port, keeps that many connections busy, prints the rate and the
latencies, and stops what it started.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import uvloop

SANDBOX = Path(sys.executable).with_name("stripe-sandbox")
BODY = b"amount=2300&currency=sgd&automatic_payment_methods[enabled]=true&metadata[order_id]=6735"


async def measure(address: str, seconds: float, connections: int) -> list[float]:
    """Create intents until the time is up; the seconds that each one took."""
    took: list[float] = []
    end = time.perf_counter() + seconds

    async def create_until_end(session: aiohttp.ClientSession, worker: int) -> None:
        headers = {
            "Authorization": "Bearer sk_test_bench",
            "Content-Type": "application/x-www-form-urlencoded",
            "Stripe-Version": "2026-10-28.endive",
        }
        while (started := time.perf_counter()) < end:
            headers["Idempotency-Key"] = f"{worker}-{len(took)}-{started}"
            async with session.post(f"{address}/v1/payment_intents", data=BODY, headers=headers) as answer:
                text = await answer.read()
                if answer.status != 200:
                    raise SystemExit(f"{answer.status}: {text.decode()}")
            took.append(time.perf_counter() - started)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await asyncio.gather(*(create_until_end(session, worker) for worker in range(connections)))
    return took


def main() -> None:
    """Print one line: creates a second, median and 99th percentile in milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--state", help="let the sandbox keep its state in this file")
    options = parser.parse_args()
    command = [str(SANDBOX), "--port", "0", *(["--state", options.state] if options.state else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sandbox:  # noqa: S603  our own program
        try:
            first_line = sandbox.stdout.readline() if sandbox.stdout else ""
            took = uvloop.run(measure(first_line.split()[-1], options.seconds, options.connections))
        finally:
            sandbox.terminate()
    cuts = statistics.quantiles(took, n=100)
    print(  # noqa: T201  what it is for
        f"{len(took) / options.seconds:,.0f} creates/s over {options.connections} connections,"
        f" median {cuts[49] * 1000:.1f} ms, 99th {cuts[98] * 1000:.1f} ms"
    )


if __name__ == "__main__":
    main()
