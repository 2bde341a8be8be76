"""`make soak`: a chaos run of any length, with its account on standard output."""

import argparse
import asyncio
import secrets
import sys

from chaos.account import account
from chaos.faults import named
from chaos.run import Options, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--orders", type=int, default=1000, help="how many customers (1000)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="the schedule's seed")
    parser.add_argument(
        "--faults", default="all", help='kinds, such as "web_killed,webhook_lost" or "all,-postgres_killed"'
    )
    arguments = parser.parse_args()
    try:
        faults = named(arguments.faults)
    except ValueError as error:
        parser.error(str(error))
    report = asyncio.run(run(Options(arguments.seed, arguments.orders, faults), say=_say))
    print(account(report))
    return 1 if report.complaints else 0


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
