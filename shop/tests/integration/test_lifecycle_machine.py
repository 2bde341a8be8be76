"""Every way that a purchase can go: after each step the invariants hold, at its end the audit finds nothing.

A longer run, along new ways:

    pytest shop/tests/integration/test_lifecycle_machine.py --hypothesis-profile long
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from lifecycle import Lifecycle
from opened_shop import OpenedShop
from processes import LONG, Sandbox

# The same ways each time, so that a change alone can make it red; the long run goes new ones. What fails is
# told as it was found: making it smaller takes minutes.
SHORT = settings(
    max_examples=12,
    stateful_step_count=30,
    print_blob=True,
    derandomize=True,
    phases=[phase for phase in Phase if phase is not Phase.shrink],
)


@pytest.fixture
def own_sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """One whose clock may be moved and whose objects may be forgotten."""
    sandbox = Sandbox(tmp_path)
    sandbox.start()
    yield sandbox
    sandbox.child.stop()


def test_every_way_that_a_purchase_can_go(
    cluster: Callable[[str], str], migrated: str, own_sandbox: Sandbox
) -> None:
    """After each step the invariants hold, and at the end of each way the audit is clean."""

    def make() -> Lifecycle:
        name = f"lifecycle_{secrets.token_hex(6)}"
        with closing(psycopg.connect(cluster("postgres"), autocommit=True)) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {migrated}")
        return Lifecycle(lambda: OpenedShop(cluster(name), own_sandbox).__enter__())

    chosen = settings() if settings.get_current_profile_name() == LONG else SHORT
    run_state_machine_as_test(
        make, settings=settings(chosen, deadline=None, suppress_health_check=list(HealthCheck))
    )
