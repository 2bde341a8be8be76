"""`stripe-sandbox`: read the options, start the server, say what it is good for."""

import argparse
import sys
from pathlib import Path

import uvloop

from stripe_sandbox.sandbox import Account, Sandbox
from stripe_sandbox.server import PortTakenError, Server
from stripe_sandbox.store import StateFileError

_HINT = (
    "Any sk_test_… and pk_test_… key works. Card 4242 4242 4242 4242 pays; the dashboard lists the others."
)


def main() -> None:
    """Run until SIGINT or SIGTERM. Exit status 1 when port or state file is taken, 2 for wrong options."""
    options = _options().parse_args()
    try:
        uvloop.run(_run(options))
    except (PortTakenError, StateFileError) as error:
        print(f"stripe-sandbox: {error}", file=sys.stderr)
        raise SystemExit(1) from None


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stripe-sandbox",
        description="A stand-in for Stripe: API, Stripe.js, Payment Element, 3-D Secure, webhooks.",
    )
    parser.add_argument("--port", type=int, default=12111, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--public-url", help="where browsers reach it (default: http://HOST:PORT)")
    parser.add_argument(
        "--state", type=Path, metavar="FILE", help="keep everything in this file across restarts"
    )
    parser.add_argument(
        "--webhook",
        action="append",
        default=[],
        metavar="URL",
        help="send every event there; may be repeated",
    )
    parser.add_argument(
        "--webhook-secret", metavar="whsec_…", help="signs what --webhook sends (default: a new one each)"
    )
    parser.add_argument(
        "--account-country", default="SG", metavar="CC", help="ISO code (default: %(default)s)"
    )
    parser.add_argument(
        "--account-name", default="Sandbox shop", help="what customers see (default: %(default)s)"
    )
    return parser


async def _run(options: argparse.Namespace) -> None:
    server = Server(options.host, options.port)
    public_url = (options.public_url or server.address).rstrip("/")
    account = Account(country=options.account_country.upper(), display_name=options.account_name)
    sandbox = Sandbox(public_url, account, options.state)
    secrets = sandbox.webhooks.give_at_start(options.webhook, options.webhook_secret)
    sandbox.store.commit()
    await server.serve(sandbox, lambda: _announce(server.address, public_url, secrets))


def _announce(address: str, public_url: str, secrets: list[tuple[str, str]]) -> None:
    print(f"stripe-sandbox listening on {address}")
    print(f"dashboard: {public_url}/dashboard")
    for url, secret in secrets:
        print(f"webhooks: {url} signed with {secret}")
    print(_HINT, flush=True)


if __name__ == "__main__":
    main()
