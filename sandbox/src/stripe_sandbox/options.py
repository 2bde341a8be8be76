"""The command's options: what may be given, in words that a person reads, checked before anything starts."""

import argparse
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from stripe_sandbox.currencies import ACCOUNT_COUNTRIES
from stripe_sandbox.versions import PINNED, is_version

_DESCRIPTION = """\
A stand-in for Stripe on this machine: the API, Stripe.js with the Payment Element,
3-D Secure, webhooks, and a dashboard. Needs no account, no keys and no network."""

_EPILOG = """\
After -- a command may follow: it runs beside a sandbox on a free port, told by the
environment (STRIPE_API_BASE, STRIPE_JS_URL, STRIPE_SECRET_KEY, STRIPE_PUBLISHABLE_KEY and,
with --webhook, STRIPE_WEBHOOK_SECRET), and its exit status is handed on.

examples:
  stripe-sandbox
  stripe-sandbox --webhook http://127.0.0.1:4242/webhook
  stripe-sandbox --port 0 --state var/sandbox.db --account-country MY
  stripe-sandbox --account-country US -- npm test

Point your server's SDK and your page's Stripe.js at the address that is printed; any
sk_test_... and pk_test_... key works. The dashboard under /dashboard lists cards, methods,
payments and webhooks; GET /_sandbox/ explains the switches for tests.

exit status: 0 after Ctrl-C or SIGTERM, 1 when the address or the state file cannot be
used, 2 for options that make no sense; after -- that of the command."""


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options, and under `command` what follows `--`; wrong ones end the program with a sentence.

    The exit status is then 2.
    """
    own, separator, command = _split(arguments)
    parser = _parser()
    options = parser.parse_args(own)
    if options.webhook_secret and not options.webhook:
        parser.error("--webhook-secret signs what --webhook sends, and there is no --webhook")
    if separator and not command:
        parser.error("after -- a command must follow")
    options.own, options.command = own, command
    return options


def _split(arguments: list[str]) -> tuple[list[str], bool, list[str]]:
    if "--" not in arguments:
        return arguments, False, []
    place = arguments.index("--")
    return arguments[:place], True, arguments[place + 1 :]


class _Parser(argparse.ArgumentParser):
    """Answers a mistake with one sentence; all options at once would bury it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"stripe-sandbox: {message.removeprefix('argument ')}. See stripe-sandbox --help.\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="stripe-sandbox",
        usage="stripe-sandbox [options] [-- command ...]",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=lambda prog: argparse.RawDescriptionHelpFormatter(
            prog, max_help_position=28, width=96
        ),
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"stripe-sandbox {version('stripe-sandbox')}, Stripe {PINNED}",
        help="print its version and the newest API version that it imitates",
    )
    _add_address(parser.add_argument_group("where it answers"))
    _add_webhooks(parser.add_argument_group("webhooks"))
    _add_account(parser.add_argument_group("the imitated account"))
    _add_life(parser.add_argument_group("what stays, and when it ends"))
    return parser


def _add_address(group: "argparse._ArgumentGroup") -> None:
    group.add_argument(
        "--port", type=_port, default=12111, help="0 takes a free one and prints it (default: %(default)s)"
    )
    group.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    group.add_argument(
        "--public-url",
        type=_url,
        metavar="URL",
        help="where browsers reach it, when something else stands in front (default: http://HOST:PORT)",
    )


def _add_webhooks(group: "argparse._ArgumentGroup") -> None:
    group.add_argument(
        "--webhook",
        type=_url,
        action="append",
        default=[],
        metavar="URL",
        help="send every event there; may be given several times",
    )
    group.add_argument(
        "--webhook-secret",
        type=_secret,
        metavar="whsec_...",
        help="what signs them (default: a new one for each, printed at the start)",
    )


def _add_account(group: "argparse._ArgumentGroup") -> None:
    group.add_argument(
        "--account-country",
        type=_country,
        default="SG",
        metavar="CC",
        help="ISO code; sets its currency and which payment methods it has (default: %(default)s)",
    )
    group.add_argument(
        "--account-name",
        default="Sandbox shop",
        metavar="NAME",
        help="the business name that customers see (default: %(default)s)",
    )
    group.add_argument(
        "--api-version",
        type=_api_version,
        default=PINNED,
        metavar="VERSION",
        help="for requests without Stripe-Version, and for webhooks (default: %(default)s)",
    )


def _add_life(group: "argparse._ArgumentGroup") -> None:
    group.add_argument(
        "--state",
        type=Path,
        metavar="FILE",
        help="keep everything in this file across restarts; what was answered survives kill -9",
    )
    group.add_argument(
        "--stop-with-stdin",
        action="store_true",
        help="stop when standard input closes, so that it never outlives the program that started it",
    )


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port, a number from 0 to 65535")
    return int(text)


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise argparse.ArgumentTypeError(f"{text} is not an address such as http://127.0.0.1:4242/webhook")
    return text


def _secret(text: str) -> str:
    if not text.startswith("whsec_") or len(text) < 10:
        raise argparse.ArgumentTypeError("a webhook secret begins with whsec_ and is longer than that")
    return text


def _country(text: str) -> str:
    if text.upper() not in ACCOUNT_COUNTRIES:
        raise argparse.ArgumentTypeError(
            f"{text} is not a country with Stripe accounts; known are {' '.join(sorted(ACCOUNT_COUNTRIES))}"
        )
    return text.upper()


def _api_version(text: str) -> str:
    if not is_version(text):
        raise argparse.ArgumentTypeError(f"{text} is not an API version such as {PINNED} or 2023-10-16")
    return text
