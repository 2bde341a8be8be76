"""What is forgotten, and what never is."""

from pathlib import Path

import pytest

from stripe_sandbox import trimming
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import Store

DAY = 24 * 60 * 60
DELIVERED = 2 * trimming.KEPT_DELIVERIES


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return Sandbox("http://sandbox.test", state=tmp_path / "state.db")


def event(sandbox: Sandbox, identifier: str) -> None:
    sandbox.store.save("event", {"id": identifier, "created": sandbox.now(), "data": {}})


def delivery(sandbox: Sandbox, identifier: str, status: str) -> None:
    record = {"id": identifier, "event": "evt", "status": status, "created": sandbox.now()}
    sandbox.store.save("delivery", record)


def kept(sandbox: Sandbox, kind: str) -> list[str]:
    return [item["id"] for item in sandbox.store.oldest_first(kind)]


def test_events_stay_for_thirty_days(sandbox: Sandbox) -> None:
    """With their deliveries; payments stay for good."""
    event(sandbox, "evt")
    delivery(sandbox, "old", "succeeded")
    sandbox.store.save("payment_intent", {"id": "pi", "created": sandbox.now()})
    sandbox.clock_offset = 29 * DAY
    event(sandbox, "evt_later")
    trimming.trim(sandbox)
    assert (kept(sandbox, "event"), kept(sandbox, "delivery")) == (["evt", "evt_later"], ["old"])
    sandbox.clock_offset = 31 * DAY
    trimming.trim(sandbox)
    assert (kept(sandbox, "event"), kept(sandbox, "delivery")) == (["evt_later"], [])
    assert kept(sandbox, "payment_intent") == ["pi"]


def test_the_newest_deliveries_stay_and_all_that_are_on_their_way(sandbox: Sandbox) -> None:
    """However many are waiting."""
    event(sandbox, "evt")
    delivery(sandbox, "waits", "pending")
    for number in range(DELIVERED):
        delivery(sandbox, str(number), "succeeded")
    trimming.trim(sandbox)
    newest = [str(number) for number in range(DELIVERED - trimming.KEPT_DELIVERIES, DELIVERED)]
    assert kept(sandbox, "delivery") == ["waits", *newest]


@pytest.mark.parametrize(("status", "stays"), [("succeeded", False), ("requires_action", True)])
def test_a_challenge_goes_a_day_after_its_intent_is_final(
    sandbox: Sandbox, status: str, *, stays: bool
) -> None:
    """While the intent can still move, the customer may come back to it."""
    sandbox.store.save("payment_intent", {"id": "pi", "created": sandbox.now(), "status": status})
    for kind in ("three_d_secure_source", "payment_attempt"):
        sandbox.store.save(kind, {"id": "one", "payment_intent": "pi", "created": sandbox.now()})
    trimming.trim(sandbox)
    assert kept(sandbox, "payment_attempt") == ["one"]
    sandbox.clock_offset = DAY + 1
    trimming.trim(sandbox)
    assert kept(sandbox, "three_d_secure_source") == kept(sandbox, "payment_attempt") == ["one"] * stays


@pytest.mark.parametrize(("status", "stays"), [("succeeded", False), ("requires_action", True)])
def test_a_challenge_of_a_setup_intent_too(sandbox: Sandbox, status: str, *, stays: bool) -> None:
    """Saving a card for later asks its customer as well."""
    sandbox.store.save("setup_intent", {"id": "seti", "created": sandbox.now(), "status": status})
    challenge = {"id": "src", "payment_intent": None, "setup_intent": "seti", "created": sandbox.now()}
    sandbox.store.save("three_d_secure_source", challenge)
    sandbox.clock_offset = DAY + 1
    trimming.trim(sandbox)
    assert kept(sandbox, "three_d_secure_source") == ["src"] * stays


def test_the_file_gets_smaller(sandbox: Sandbox, tmp_path: Path) -> None:
    """What was forgotten leaves the file when it is opened next."""
    event(sandbox, "evt")
    for number in range(DELIVERED):
        delivery(sandbox, f"{number:>0200}", "succeeded")
    sandbox.store.commit()
    sandbox.clock_offset = 31 * DAY
    trimming.trim(sandbox)
    sandbox.store.close()
    before = (tmp_path / "state.db").stat().st_size
    again = Store(tmp_path / "state.db")
    again.close()
    assert (tmp_path / "state.db").stat().st_size < before / 10
