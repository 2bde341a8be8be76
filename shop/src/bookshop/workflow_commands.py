"""What `bookshop workflows` prints and does."""

import sys

from bookshop import database
from bookshop.database import now
from bookshop.settings import Settings
from bookshop.workflows import overview
from bookshop.workflows.overview import Entry, NotRestartedError


async def show(settings: Settings, *, failed: bool, waiting: bool) -> int:
    """Print the failed and the waiting workflows, whichever are wanted, one a line."""
    url = settings.database_url.get_secret_value()
    failed_ids = await _failed_ids(url)
    with overview.open_engine(url) as engine:
        if failed:
            _print(f"{len(failed_ids)} failed", await engine.failed(failed_ids))
        if waiting:
            entries = await engine.waiting()
            more = " or more" if len(entries) == overview.SHOWN else ""
            _print(f"{len(entries)}{more} waiting", entries)
    return 0


async def restart(settings: Settings, workflow_id: str | None) -> int:
    """Restart one failed workflow, or every one; 1 when something was not to be restarted."""
    url = settings.database_url.get_secret_value()
    status = 0
    with overview.open_engine(url) as engine:
        for failed_id in [workflow_id] if workflow_id else await _failed_ids(url):
            try:
                await engine.restart(failed_id)
            except NotRestartedError as error:
                print(error, file=sys.stderr)
                status = 1
            else:
                print(f"restarted {failed_id}")
    return status


async def _failed_ids(url: str) -> list[str]:
    connections = database.connect(url)
    async with database.sessions(connections)() as session:
        ids = await overview.failed_ids(session)
    await connections.dispose()
    return ids


def _print(heading: str, entries: list[Entry]) -> None:
    print(heading)
    for entry in entries:
        print(f"  {entry.id}  {entry.state.lower()}  {_age(entry)}  {entry.error}".rstrip())


def _age(entry: Entry) -> str:
    seconds = (now() - entry.asked_for_at).total_seconds()
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
