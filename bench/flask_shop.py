"""The plain shop that ours is measured beside: Flask, gunicorn, one call to Stripe an order, nothing kept.

Stripe's own library as its readme says, which keeps a connection for each thread (requests), and gunicorn's
threads as its documentation says. Of one process of 64 threads, two of 32 and waitress with 64, the first was
the fastest and the evenest: all customers wait in one queue. 64 threads that wait 300 ms for Stripe place 213
orders a second at most.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from running_shop import HOST, free_port
from sandbox_creates import wait_until_accepting

PACKAGES = ["flask==3.1.3", "gunicorn==25.0.3", "stripe==16.1.0"]
THREADS = 64

APPLICATION = """
import os

import stripe
from flask import Flask, jsonify, request

app = Flask(__name__)
client = stripe.StripeClient(
    "sk_test_bench0000000000000000", base_addresses={"api": os.environ["STRIPE_API_BASE"]}
)
PRICES = {"the-art-of-doing-science-and-engineering": 2300}


@app.post("/orders")
def order():
    amount = PRICES[request.json["book"]]
    intent = client.v1.payment_intents.create(
        {"amount": amount, "currency": "sgd", "automatic_payment_methods": {"enabled": True}}
    )
    return jsonify(client_secret=intent.client_secret)
"""


def installed(directory: Path) -> Path:
    """The program gunicorn, in an environment of its own below `directory`, with the shop beside it."""
    uv = shutil.which("uv") or ".uv/bin/uv"
    python = directory / "bin" / "python"
    for command in (
        [uv, "venv", "--quiet", "--python", sys.executable, "--clear", str(directory)],
        [uv, "pip", "install", "--quiet", "--python", str(python), *PACKAGES],
    ):
        subprocess.run(command, check=True)  # noqa: S603  our own words
    (directory / "flask_application.py").write_text(APPLICATION)
    return python.with_name("gunicorn")


@contextmanager
def running_flask_shop(gunicorn: Path, stripe_api_base: str) -> Iterator[str]:
    """Start it on a free port, wait until it accepts connections, and end it."""
    port = free_port()
    words = ["--worker-class", "gthread", "--workers", "1", "--threads", str(THREADS)]
    with subprocess.Popen(  # noqa: S603  installed a moment ago
        [str(gunicorn), *words, "--bind", f"{HOST}:{port}", "flask_application:app"],
        cwd=gunicorn.parents[1],
        env={"STRIPE_API_BASE": stripe_api_base, "PATH": str(gunicorn.parent)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            wait_until_accepting(port)
            yield f"http://{HOST}:{port}"
        finally:
            process.terminate()
            process.wait()
