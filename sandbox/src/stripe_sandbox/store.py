"""All of the sandbox's state: dictionaries in Stripe's own shape, kept in memory and, if asked, in a file.

Objects change by giving a top-level key a new value, never by changing a nested one in place; so a shallow
copy is a snapshot, which is what events rely on.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from stripe_sandbox.shelf import Shelf

StripeObject = dict[str, Any]

_SCHEMA = """
create table if not exists object (
    position integer primary key,
    kind text not null,
    id text not null,
    body blob not null,
    unique (kind, id)
)
"""


class StateFileError(Exception):
    """The state file cannot be used; the message says why."""


class Watch:
    """The ids, by kind, that were saved or removed since somebody last took them; at first all that exist."""

    def __init__(self, ids: dict[str, dict[str, None]]) -> None:
        self._ids = ids

    def note(self, kind: str, identifier: str) -> None:
        if kind in self._ids:
            self._ids[kind][identifier] = None

    def take(self) -> dict[str, list[str]]:
        """Every watched kind, each id once, in the order in which they were first saved meanwhile."""
        taken = {kind: list(ids) for kind, ids in self._ids.items()}
        for ids in self._ids.values():
            ids.clear()
        return taken


class Store:
    """Objects by kind (Stripe's `object` value, or a name of ours for what stays inside) and id.

    With a file, `commit` writes what changed since the last one in one transaction. SQLite's write-ahead log
    without a sync at each commit loses nothing when this process is killed, only when the machine is.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._kinds: defaultdict[str, Shelf] = defaultdict(Shelf)
        self._watches: list[Watch] = []
        # Grows with everything that is saved or removed; who remembers it can tell whether anything was.
        self.changes = 0
        self._unsaved: dict[tuple[str, str], StripeObject | None] = {}
        self._file = _open(path) if path else None
        if self._file:
            for kind, body in self._file.execute("select kind, body from object order by position"):
                self._kinds[kind].put(orjson.loads(body))
            _shrink(self._file)

    def watch(self, *kinds: str) -> Watch:
        """From now on, note what is saved and removed of these kinds."""
        watch = Watch({kind: dict.fromkeys(self._kinds[kind].objects) for kind in kinds})
        self._watches.append(watch)
        return watch

    def save(self, kind: str, value: StripeObject) -> None:
        """Add an object or note that it changed; its `id` names it."""
        self._kinds[kind].put(value)
        self.changes += 1
        for watch in self._watches:
            watch.note(kind, value["id"])
        if self._file:
            self._unsaved[kind, value["id"]] = value

    def get(self, kind: str, identifier: str) -> StripeObject | None:
        return self._kinds[kind].objects.get(identifier)

    def newest_first(self, kind: str, below: str | None = None) -> Iterator[StripeObject]:
        """All objects of a kind, or those that are older than one of them."""
        return self._kinds[kind].newest_first(below)

    def oldest_first(self, kind: str, above: str | None = None) -> Iterator[StripeObject]:
        """All objects of a kind, or those that are newer than one of them."""
        return self._kinds[kind].oldest_first(above)

    def in_order_of_time(self, kind: str) -> bool:
        """Tell whether each was created no earlier than the one before it."""
        return self._kinds[kind].in_order_of_time

    def related(self, kind: str, field: str, identifier: str) -> list[StripeObject]:
        """The objects of a kind that name another in a field, newest first."""
        return list(self._kinds[kind].related(field, identifier))[::-1]

    def related_oldest_first(self, kind: str, field: str, identifier: str) -> Iterator[StripeObject]:
        """The same from the other end, not to be changed while it is walked."""
        return self._kinds[kind].related(field, identifier)

    def count(self, kind: str) -> int:
        return len(self._kinds[kind].objects)

    def remove(self, kind: str, identifier: str) -> None:
        self._kinds[kind].remove(identifier)
        self.changes += 1
        for watch in self._watches:
            watch.note(kind, identifier)
        if self._file:
            self._unsaved[kind, identifier] = None

    def commit(self) -> None:
        """Make everything saved so far outlive a kill of this process; nothing to do without a file."""
        if not self._file or not self._unsaved:
            return
        kept = [
            (kind, identifier, orjson.dumps(value))
            for (kind, identifier), value in self._unsaved.items()
            if value is not None
        ]
        gone = [key for key, value in self._unsaved.items() if value is None]
        with self._file:
            self._file.executemany(
                "insert into object (kind, id, body) values (?, ?, ?)"
                " on conflict (kind, id) do update set body = excluded.body",
                kept,
            )
            self._file.executemany("delete from object where kind = ? and id = ?", gone)
        self._unsaved.clear()

    def clear(self) -> None:
        """Forget everything, in the file too."""
        for watch in self._watches:
            for kind, shelf in self._kinds.items():
                for identifier in shelf.objects:
                    watch.note(kind, identifier)
        self._kinds.clear()
        self.changes += 1
        self._unsaved.clear()
        if self._file:
            with self._file:
                self._file.execute("delete from object")

    def close(self) -> None:
        if self._file:
            self.commit()
            self._file.close()
            self._file = None


def _shrink(file: sqlite3.Connection) -> None:
    """Give back the room of what was removed, when it is the greater part of the file."""
    pages, free = (
        int(file.execute(f"pragma {name}").fetchone()[0]) for name in ("page_count", "freelist_count")
    )
    if free > pages // 2:
        file.execute("vacuum")


def _open(path: Path) -> sqlite3.Connection:
    """Open the file for this process alone: two sandboxes would overwrite each other.

    Raises:
        StateFileError: another sandbox has it open, it is no state file, or it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = sqlite3.connect(path, timeout=1)
        file.execute("pragma locking_mode = exclusive")
        file.execute("pragma journal_mode = wal")
        file.execute("pragma synchronous = normal")
        with file:
            file.execute("begin immediate")
            file.execute(_SCHEMA)
    except (sqlite3.Error, OSError) as error:
        reason = "another sandbox uses it" if "locked" in str(error) else str(error)
        raise StateFileError(f"cannot keep state in {path}: {reason}") from error
    return file
