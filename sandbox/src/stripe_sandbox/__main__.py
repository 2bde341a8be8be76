"""`stripe-sandbox`: read the options, start the server, say what it is good for."""

import argparse
import os
import signal
import sys
from threading import Thread

import uvloop

from stripe_sandbox import options
from stripe_sandbox.process import run_beside
from stripe_sandbox.sandbox import Account, Sandbox
from stripe_sandbox.server import PortTakenError, Server
from stripe_sandbox.store import StateFileError

_HINT = (
    "Any sk_test_… and pk_test_… key works. Card 4242 4242 4242 4242 pays; the dashboard lists the others."
)


def main() -> None:
    """Run until SIGINT or SIGTERM, or as long as the command after `--`.

    Exit status 1 when port or state file is taken, 2 for wrong options, else the command's.
    """
    chosen = options.parse(sys.argv[1:])
    if chosen.command:
        raise SystemExit(run_beside(chosen.command, chosen.own))
    if chosen.stop_with_stdin:
        Thread(target=_stop_with_stdin, daemon=True).start()
    try:
        uvloop.run(_run(chosen))
    except (PortTakenError, StateFileError) as error:
        print(f"stripe-sandbox: {error}", file=sys.stderr)
        raise SystemExit(1) from None


async def _run(chosen: argparse.Namespace) -> None:
    server = Server(chosen.host, chosen.port)
    public_url = (chosen.public_url or server.address).rstrip("/")
    account = Account(
        country=chosen.account_country, display_name=chosen.account_name, api_version=chosen.api_version
    )
    sandbox = Sandbox(public_url, account, chosen.state)
    secrets = sandbox.webhooks.give_at_start(chosen.webhook, chosen.webhook_secret)
    sandbox.store.commit()
    await server.serve(sandbox, lambda: _announce(server.address, public_url, secrets))


def _announce(address: str, public_url: str, secrets: list[tuple[str, str]]) -> None:
    print(f"stripe-sandbox listening on {address}")
    print(f"dashboard: {public_url}/dashboard")
    for url, secret in secrets:
        print(f"webhooks: {url} signed with {secret}")
    print(_HINT, flush=True)


def _stop_with_stdin() -> None:
    """Wait for the end of standard input: whoever started this closed it, or is no more."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
