"""What a search among many events needs of each, kept up to date from what the store says has changed."""

from collections.abc import Iterator
from dataclasses import dataclass

from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import Watch


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: its type, and case-folded text to search in."""

    type: str
    text: str


class EventIndex:
    """Built when it is first asked; the order is that in which the events happened."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._watch: Watch | None = None
        self._entries: dict[str, Entry] = {}

    def newest_first(self) -> Iterator[tuple[str, Entry]]:
        """Ids and entries."""
        self._catch_up()
        return reversed(self._entries.items())

    def types(self) -> list[str]:
        """The types that have happened, in alphabetical order."""
        self._catch_up()
        return sorted({entry.type for entry in self._entries.values()})

    def _catch_up(self) -> None:
        if self._watch is None:
            self._watch = self._sandbox.store.watch("event")
        for identifier in self._watch.take()["event"]:
            event = self._sandbox.store.get("event", identifier)
            if event is None:
                self._entries.pop(identifier, None)
            elif identifier not in self._entries:
                about = event["data"]["object"]
                parts = (
                    event["id"],
                    event["type"],
                    about.get("id", ""),
                    about.get("payment_intent") or "",
                    event["request"]["id"] or "",
                )
                self._entries[identifier] = Entry(event["type"], "\n".join(parts).casefold())
