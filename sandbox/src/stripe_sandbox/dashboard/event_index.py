"""What a search among many events needs of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stripe_sandbox.dashboard.store_index import StoreIndex


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: its type, and case-folded text to search in."""

    type: str
    text: str


class EventIndex(StoreIndex[Entry]):
    """The events in the order in which they happened."""

    kinds = ("event",)

    def _stale(self, changed: Mapping[str, Iterable[str]]) -> Iterable[str]:
        return changed["event"]

    def _read(self, identifier: str) -> Entry | None:
        event = self._sandbox.store.get("event", identifier)
        if event is None:
            return None
        about = event["data"]["object"]
        parts = (
            event["id"],
            event["type"],
            about.get("id", ""),
            about.get("payment_intent") or "",
            event["request"]["id"] or "",
        )
        return Entry(event["type"], "\n".join(parts).casefold())
