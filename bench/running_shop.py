"""A shop as it runs in production, beside a sandbox, for the benchmarks: started, watched and ended."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg

from bookshop.demo.child import Child
from bookshop.demo.postgres import embedded_postgres
from stripe_sandbox.process import running_sandbox

HOST = "127.0.0.1"
STARTING_SECONDS = 60
WEBHOOK_SECRET = "whsec_bench_4f0c1b6a2d9e8f7a6b5c4d3e2f1a0b9c"  # noqa: S105  of nothing but this run
WEB_WORKERS = 2


@dataclass
class RunningShop:
    """Where the shop answers, its database and the sandbox, and the processes behind each."""

    url: str
    database_url: str
    sandbox_url: str
    web: Child


# What the command line of each part's processes holds. The program that asks is the client.
PARTS = {"web": ("bookshop serve", "gunicorn"), "PostgreSQL": ("postgres",), "sandbox": ("stripe_sandbox",)}


def processor_milliseconds() -> dict[str, float]:
    """Processor time that each part of what runs here has taken so far, ended children's included."""
    own = psutil.Process(os.getpid())
    taken = {"client": _milliseconds(own.cpu_times()), **dict.fromkeys(PARTS, 0.0)}
    for process in own.children(recursive=True):
        try:
            command, times = " ".join(process.cmdline()), process.cpu_times()
        except psutil.Error:
            continue
        part = next((name for name, marks in PARTS.items() if any(mark in command for mark in marks)), None)
        if part:
            taken[part] += _milliseconds(times, times.children_user + times.children_system)
    return taken


def _milliseconds(times: Any, of_children: float = 0.0) -> float:
    return float(times.user + times.system + of_children) * 1000


@contextmanager
def running_shop(**settings: str) -> Iterator[RunningShop]:
    """A durable PostgreSQL with the first catalogue, a sandbox, and the web server with two workers."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        database_url = stack.enter_context(embedded_postgres(directory / "postgres"))
        sandbox = stack.enter_context(running_sandbox())
        port = free_port()
        environment = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ} | {
            "DATABASE_URL": database_url,
            "HOST": HOST,
            "PORT": str(port),
            "PUBLIC_URL": f"http://{HOST}:{port}",
            "WEB_WORKERS": str(WEB_WORKERS),
            "STRIPE_SECRET_KEY": "sk_test_bench0000000000000000",
            "STRIPE_PUBLISHABLE_KEY": "pk_test_bench0000000000000000",
            "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "STRIPE_API_BASE": sandbox.address,
            "STRIPE_JS_URL": f"{sandbox.address}/endive/stripe.js",
            "LOG_LEVEL": "WARNING",
            # All customers of a benchmark have one address, unless they say otherwise by X-Forwarded-For.
            "ABUSE_LIMITS": "off",
            "TRUSTED_PROXIES": HOST,
            **settings,
        }
        for words in (["migrate"], ["catalog", "load"]):
            subprocess.run(  # noqa: S603  our own words
                [sys.executable, "-m", "bookshop", *words],
                env=environment,
                cwd=directory,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        web = Child(
            "web",
            [sys.executable, "-m", "bookshop", "serve"],
            log=directory / "web.log",
            environment=environment,
            directory=directory,
        )
        stack.callback(web.stop)
        shop = RunningShop(f"http://{HOST}:{port}", database_url, sandbox.address, web)
        wait_until_it_answers(shop)
        yield shop


def wait_until_it_answers(shop: RunningShop) -> None:
    end = time.monotonic() + STARTING_SECONDS
    while True:
        try:
            if httpx.get(f"{shop.url}/health/ready", timeout=5).is_success:
                return
        except httpx.TransportError:
            pass
        if time.monotonic() > end or shop.web.exit_code is not None:
            raise SystemExit(f"the shop does not answer:\n{shop.web.last_lines()}")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def count(database_url: str, query: str) -> int:
    """The one number that a query gives."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None, query  # noqa: S101
    return int(row[0])
