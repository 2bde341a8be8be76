"""Workers of one release and another beside each other: what they carry on, and what they do once."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dbos import DBOSClient

from bookshop.database import driver_url
from bookshop.demo.child import Child
from bookshop.workflows.follow_ups import APPLICATION, APPLICATION_VERSION
from processes import Shop, start, wait_until
from release import QUEUE, WORKFLOW
from shop_records import rows

TESTS = Path(__file__).parents[1]

Release = Callable[..., Child]


@pytest.fixture
def depot(database_url: str, data_dir: Path) -> Iterator[Release]:
    """Starts a worker of a release: depot("first", "send", version="1")."""
    rows(database_url, "CREATE TABLE parcels (id serial, parcel text, step text)")
    children: list[Child] = []

    def start_release(*words: str, version: str = APPLICATION_VERSION) -> Child:
        environment = Shop(data_dir, database_url).environment
        environment |= {"VERSION": version, "PYTHONPATH": str(TESTS)}
        name = f"release-{len(children)}"
        children.append(start(name, "release", *words, directory=data_dir, environment=environment))
        return children[-1]

    yield start_release
    for child in children:
        child.kill()


def owe(database_url: str, parcel: str, version: str = APPLICATION_VERSION) -> None:
    client = DBOSClient(
        system_database_url=driver_url(database_url).render_as_string(hide_password=False),
        application_name=APPLICATION,
    )
    client.enqueue(
        {"workflow_name": WORKFLOW, "queue_name": QUEUE, "workflow_id": parcel, "app_version": version},
        parcel,
    )
    client.destroy()


def steps(database_url: str, parcel: str) -> list[str]:
    found = rows(database_url, "SELECT step FROM parcels WHERE parcel = %s ORDER BY id", parcel)
    return [row["step"] for row in found]


def status(database_url: str, parcel: str) -> str:
    query = "SELECT status FROM dbos.workflow_status WHERE workflow_uuid = %s"
    [row] = rows(database_url, query, parcel)
    return str(row["status"])


def begun_and_killed(depot: Release, database_url: str, parcel: str, endless: str, done: list[str]) -> None:
    """Let the first release do these steps of a parcel, and kill it in the next one."""
    owe(database_url, parcel)
    old = depot("first", endless)
    wait_until(lambda: steps(database_url, parcel) == done, f"{parcel} to be begun", seconds=60)
    wait_until(
        lambda: len(rows(database_url, "SELECT 1 FROM dbos.operation_outputs")) >= len(done), "the records"
    )
    old.kill()
    # What a silence of twenty seconds says, said at once.
    rows(database_url, "DELETE FROM workers")


def wait_for_end(database_url: str, parcel: str, wanted: str) -> None:
    wait_until(lambda: status(database_url, parcel) == wanted, f"{parcel} to be {wanted}", seconds=60)


def test_a_patched_workflow_carries_on_what_the_release_before_began(
    depot: Release, database_url: str
) -> None:
    """Past the new step: as it was begun. Before it, or not begun at all: with the new step."""
    begun_and_killed(depot, database_url, "late", "send", ["pack", "label"])
    owe(database_url, "unbegun")
    depot("second")
    wait_for_end(database_url, "late", "SUCCESS")
    wait_for_end(database_url, "unbegun", "SUCCESS")
    assert steps(database_url, "late") == ["pack", "label", "send"]
    assert steps(database_url, "unbegun") == ["pack", "weigh", "label", "send"]


def test_a_step_that_was_put_in_without_a_patch_fails_where_one_sees_it(
    depot: Release, database_url: str
) -> None:
    """The control: without the patch what was begun cannot be carried on."""
    begun_and_killed(depot, database_url, "late", "send", ["pack", "label"])
    depot("careless")
    wait_for_end(database_url, "late", "ERROR")


def test_another_version_would_strand_what_was_begun(depot: Release, database_url: str) -> None:
    """The control of the fixed version: a release of another one does its own work and leaves the rest."""
    begun_and_killed(depot, database_url, "late", "send", ["pack", "label"])
    depot("second", version="2")
    owe(database_url, "new", version="2")
    wait_for_end(database_url, "new", "SUCCESS")
    assert status(database_url, "late") == "PENDING"
    assert steps(database_url, "late") == ["pack", "label"]


def test_three_workers_keep_one_schedule(depot: Release, database_url: str) -> None:
    """Each second has one run, whoever has it; seconds in which nobody lived are not made up for."""
    clocks = [depot("clock") for _ in range(3)]

    def seconds() -> list[str]:
        return [row["parcel"] for row in rows(database_url, "SELECT parcel FROM parcels ORDER BY id")]

    def hands() -> set[str]:
        return {row["step"] for row in rows(database_url, "SELECT DISTINCT step FROM parcels")}

    pids = {str(clock.pid) for clock in clocks}
    wait_until(lambda: hands() == pids and len(seconds()) >= 10, "runs by each of the three", seconds=90)
    found = seconds()
    assert len(found) == len(set(found)), "a second with two runs"
    for clock in clocks:
        clock.kill()
    died = datetime.now(UTC)
    wait_until(lambda: datetime.now(UTC) - died > timedelta(seconds=3), "seconds in which nobody lives")
    reborn = datetime.now(UTC)
    depot("clock")
    wait_until(lambda: datetime.fromisoformat(max(seconds())) > reborn, "the clock to go on", seconds=60)
    assert [second for second in seconds() if died < datetime.fromisoformat(second) < reborn] == []
