"""The objects of one kind, found by id, by neighbour and by what they name, without walking past all others.

A list of 100,000 is read a hundred at a time, each page beginning where the last one ended; what a refund's
charge or a charge's intent is related to is asked for with every call.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stripe_sandbox.store import StripeObject


class Shelf:
    """In the order in which they were first put there.

    What only some callers need, the places of ids and the relations by a field, is built when it is first
    asked for and kept up to date from then on.
    """

    def __init__(self) -> None:
        self.objects: dict[str, StripeObject] = {}
        self._ids: list[str] = []
        self._places: dict[str, int] | None = None
        self._relations: dict[str, _Relation] = {}
        self._newest = 0
        # Until a test sets the clock back: then no walk may end at the first object that is too old.
        self.in_order_of_time = True

    def put(self, value: "StripeObject") -> None:
        """Add an object or note that it changed."""
        identifier = value["id"]
        if identifier not in self.objects:
            created = value.get("created", 0)
            self.in_order_of_time = self.in_order_of_time and created >= self._newest
            self._newest = max(self._newest, created)
            if self._places is not None:
                self._places[identifier] = len(self._ids)
                self._ids.append(identifier)
        self.objects[identifier] = value
        for relation in self._relations.values():
            relation.file(value)

    def remove(self, identifier: str) -> None:
        """Nothing happens when it is not there."""
        if self.objects.pop(identifier, None) is None:
            return
        self._places = None
        for relation in self._relations.values():
            relation.forget(identifier)

    def newest_first(self, below: str | None = None) -> "Iterator[StripeObject]":
        """All, or those that are older than one of them."""
        if below is None:
            return reversed(self.objects.values())
        return (self.objects[self._ids[place]] for place in range(self._place(below) - 1, -1, -1))

    def oldest_first(self, above: str | None = None) -> "Iterator[StripeObject]":
        """All, or those that are newer than one of them."""
        if above is None:
            return iter(self.objects.values())
        place = self._place(above)
        return (self.objects[self._ids[place]] for place in range(place + 1, len(self._ids)))

    def related(self, field: str, name: str) -> "Iterator[StripeObject]":
        """The objects that name another in a field, oldest first."""
        relation = self._relations.get(field)
        if relation is None:
            relation = self._relations[field] = _Relation(field)
            for value in self.objects.values():
                relation.file(value)
        found: Iterable[str] = relation.of(name)
        if name in relation.disordered:
            found = sorted(found, key=self._place)
        return (self.objects[identifier] for identifier in found)

    def _place(self, identifier: str) -> int:
        if self._places is None:
            self._ids = list(self.objects)
            self._places = {known: place for place, known in enumerate(self._ids)}
        return self._places[identifier]


class _Relation:
    """Which objects name which other in one field; `file` must be told of every change."""

    def __init__(self, field: str) -> None:
        self._field = field
        self._named: dict[str, Any] = {}
        self._by_name: dict[Any, dict[str, None]] = {}
        # What an object came to name after others that were put on the shelf later than it.
        self.disordered: set[Any] = set()

    def of(self, name: str) -> Iterable[str]:
        return self._by_name.get(name, ())

    def file(self, value: "StripeObject") -> None:
        identifier, name = value["id"], value.get(self._field)
        if identifier in self._named:
            if self._named[identifier] == name:
                return
            self.forget(identifier)
            self.disordered.add(name)
        self._named[identifier] = name
        self._by_name.setdefault(name, {})[identifier] = None

    def forget(self, identifier: str) -> None:
        name = self._named.pop(identifier)
        others = self._by_name[name]
        del others[identifier]
        if not others:
            del self._by_name[name]
