"""The chaos run's short form: every kind of fault, some hundred customers. `make soak` is the long one."""

import asyncio
from collections.abc import Callable

from chaos.account import account
from chaos.faults import BY_NAME
from chaos.run import Options, run

ORDERS = 200

# A schedule that every machine plays; the processes' races are their own each time.
SEED = 7


def test_nothing_is_lost_whatever_fails(record_property: Callable[[str, object], None]) -> None:
    """No order lost, none charged twice, everything whole within a minute, and the audit is clean."""
    report = asyncio.run(run(Options(SEED, ORDERS, frozenset(BY_NAME))))
    record_property("account", account(report))
    assert not report.complaints, account(report)
