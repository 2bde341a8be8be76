"""What a search among many objects needs of each, kept up to date from what the store says has changed."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import Watch

Entry = TypeVar("Entry")


class StoreIndex(Generic[Entry]):
    """Built when it is first asked; the order is that in which the objects came. `kinds` are watched."""

    kinds: tuple[str, ...]

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._watch: Watch | None = None
        self._entries: dict[str, Entry] = {}

    def newest_first(self) -> Iterator[tuple[str, Entry]]:
        """Ids and entries."""
        self._catch_up()
        return reversed(self._entries.items())

    def distinct(self, field: str) -> list[str]:
        """What the entries have in one of their fields, in alphabetical order."""
        self._catch_up()
        return sorted({getattr(entry, field) for entry in self._entries.values()})

    def _catch_up(self) -> None:
        if self._watch is None:
            self._watch = self._sandbox.store.watch(*self.kinds)
        for identifier in self._stale(self._watch.take()):
            entry = self._read(identifier)
            if entry is None:
                self._entries.pop(identifier, None)
            else:
                self._entries[identifier] = entry

    def _stale(self, changed: Mapping[str, Iterable[str]]) -> Iterable[str]:
        """The ids to read again, by the ids that changed of each kind."""
        raise NotImplementedError

    def _read(self, identifier: str) -> Entry | None:
        """The entry of an object as it is now; None where it is gone."""
        raise NotImplementedError
