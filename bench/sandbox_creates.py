"""How many PaymentIntents a second the sandbox creates over loopback, beside localstripe.

    .venv/bin/python bench/sandbox_creates.py [--rounds 5] [--seconds 4] [--connections 32] [--alone] [--state]

Both programs take turns, a fresh one each round, at the same requests; the medians of the rounds are printed. localstripe
is installed for the run into a directory that is removed afterwards; `--alone` leaves it out (no network needed).

localstripe writes all that it holds to disk on each create, so that it slows down as it fills. Its first 500 creates are
therefore shown too: the fairest figure to it.
"""  # noqa: E501  the command on one line

import argparse
import asyncio
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import aiohttp
import uvloop

from stripe_sandbox.process import running_sandbox

LOCALSTRIPE = "localstripe==1.15"
# What both understand; the sandbox also takes up its default, automatic payment methods.
BODY = b"amount=2300&currency=sgd&metadata[order_id]=6735"
FIRST = 500
STARTING_SECONDS = 30


class Figures(NamedTuple):
    """One round: creates per second over all of it and over its beginning, latencies in milliseconds."""

    rate: float
    first_rate: float
    median: float
    ninety_ninth: float


def main() -> None:
    """Print a line for each program, and how many times faster the sandbox is."""
    options = _options()
    ours: list[Figures] = []
    theirs: list[Figures] = []
    with tempfile.TemporaryDirectory() as directory:
        localstripe = None if options.alone else install_localstripe(Path(directory))
        for number in range(options.rounds):
            state = ("--state", f"{directory}/state-{number}.db") if options.state else ()
            with running_sandbox(*state) as sandbox:
                ours.append(measured(sandbox.address, options))
            if localstripe:
                with running_localstripe(localstripe) as address:
                    theirs.append(measured(address, options))
    show("stripe-sandbox", ours)
    if theirs:
        show("localstripe 1.15", theirs)
        whole = median(ours, "rate") / median(theirs, "rate")
        beginning = median(ours, "first_rate") / median(theirs, "first_rate")
        tell(f"ratio: {whole:.1f} times as many, {beginning:.1f} in the first {FIRST}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4, help="how long a round takes")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--alone", action="store_true", help="measure the sandbox only")
    parser.add_argument("--state", action="store_true", help="let the sandbox keep its state in a file")
    return parser.parse_args()


def install_localstripe(directory: Path) -> Path:
    """The program, in an environment of its own below `directory`."""
    uv = shutil.which("uv") or shutil.which(".uv/bin/uv")
    python = directory / "bin" / "python"
    if uv:
        commands = [
            [uv, "venv", "--quiet", "--python", sys.executable, "--clear", str(directory)],
            [uv, "pip", "install", "--quiet", "--python", str(python), LOCALSTRIPE],
        ]
    else:
        commands = [
            [sys.executable, "-m", "venv", str(directory)],
            [str(python), "-m", "pip", "install", "--quiet", LOCALSTRIPE],
        ]
    for command in commands:
        subprocess.run(command, check=True)  # noqa: S603  our own words
    return python.with_name("localstripe")


@contextmanager
def running_localstripe(program: Path) -> Iterator[str]:
    """Start it empty on a free port, wait until it accepts connections, and end it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with subprocess.Popen(  # noqa: S603  installed a moment ago
        [str(program), "--port", str(port), "--from-scratch"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            wait_until_accepting(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait()
            Path("/tmp/localstripe.pickle").unlink(missing_ok=True)  # noqa: S108  where it keeps its state


def wait_until_accepting(port: int) -> None:
    end = time.monotonic() + STARTING_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


def measured(address: str, options: argparse.Namespace) -> Figures:
    """One round's figures."""
    started = time.perf_counter()
    done = uvloop.run(create_until_end(address, started + options.seconds, options.connections))
    took = sorted(took for _, took in done)
    ends = sorted(end for end, _ in done)
    beginning = min(FIRST, len(ends))
    return Figures(
        len(ends) / (ends[-1] - started),
        beginning / (ends[beginning - 1] - started),
        statistics.median(took) * 1000,
        took[int(len(took) * 0.99)] * 1000,
    )


async def create_until_end(address: str, end: float, connections: int) -> list[tuple[float, float]]:
    """Create intents until `end`: when each was answered, and the seconds that it took."""
    done: list[tuple[float, float]] = []

    async def create(session: aiohttp.ClientSession, worker: int) -> None:
        headers = {
            "Authorization": "Bearer sk_test_bench",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        while (started := time.perf_counter()) < end:
            headers["Idempotency-Key"] = f"{worker}-{started}"
            async with session.post(f"{address}/v1/payment_intents", data=BODY, headers=headers) as answer:
                text = await answer.read()
                if answer.status != 200:
                    raise SystemExit(f"{answer.status}: {text.decode()}")
            done.append((time.perf_counter(), time.perf_counter() - started))

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await asyncio.gather(*(create(session, worker) for worker in range(connections)))
    return done


def median(rounds: list[Figures], field: str) -> float:
    return statistics.median(getattr(figures, field) for figures in rounds)


def show(name: str, rounds: list[Figures]) -> None:
    rates = [figures.rate for figures in rounds]
    tell(
        f"{name}: {median(rounds, 'rate'):,.0f} creates/s,"
        f" in the first {FIRST} {median(rounds, 'first_rate'):,.0f}/s,"
        f" median {median(rounds, 'median'):.1f} ms, 99th {median(rounds, 'ninety_ninth'):.1f} ms;"
        f" {len(rounds)} rounds from {min(rates):,.0f} to {max(rates):,.0f}/s"
    )


def tell(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
