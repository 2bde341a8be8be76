"""Another project: a server and pages for Stripe, as examples of some years ago have them.

It knows no sandbox. `python server.py PORT`, with STRIPE_SECRET_KEY and, as for any other stand-in,
STRIPE_API_BASE in the environment; the port is written to standard output.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import stripe

stripe.api_key = os.environ["STRIPE_SECRET_KEY"]
stripe.api_base = os.environ.get("STRIPE_API_BASE", "https://api.stripe.com")
stripe.api_version = "2020-08-27"

PAGES = Path(__file__).parent
ORDER = {"amount": 5999, "currency": "sgd"}


class Door(BaseHTTPRequestHandler):
    """`POST /create-payment-intent` and the pages beside this file."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            intent = stripe.PaymentIntent.create(**ORDER, payment_method_types=asked["types"])
            self._send(json.dumps({"clientSecret": intent.client_secret}).encode(), "application/json")
        except stripe.StripeError as error:
            self._send(json.dumps({"error": str(error)}).encode(), "application/json", 400)

    def do_GET(self) -> None:
        name = self.path.partition("?")[0].strip("/")
        self._send((PAGES / name).read_bytes(), "text/html")

    def _send(self, body: bytes, media_type: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  the base class names it so
        """Say nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Door)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
