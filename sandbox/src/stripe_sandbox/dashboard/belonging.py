"""What belongs to a payment, found without walking everything: its charges, refunds, events and the rest."""

from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject, Watch

KINDS = (
    "charge",
    "refund",
    "dispute",
    "event",
    "delivery",
    "three_d_secure_source",
    "payment_attempt",
)


class Belonging:
    """Kept up to date from what the store says has changed; built when it is first asked."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._watch: Watch | None = None
        self._ids: dict[str, dict[str, dict[str, None]]] = {kind: {} for kind in KINDS}
        self._owners: dict[str, str] = {}
        self._event_numbers: dict[str, int] = {}
        self._events_seen = 0

    def of(self, kind: str, payment_id: str) -> list[StripeObject]:
        """A payment's objects of a kind, oldest first."""
        self._catch_up()
        found = (self._sandbox.store.get(kind, known) for known in self._ids[kind].get(payment_id, ()))
        return [item for item in found if item is not None]

    def event_position(self, event_id: str) -> int:
        """Where an event of this payment stands among all events that are kept, from 0."""
        first = next(self._sandbox.store.oldest_first("event"), {"id": ""})
        return self._event_numbers[event_id] - self._event_numbers.get(first["id"], 0)

    def _catch_up(self) -> None:
        if self._watch is None:
            self._watch = self._sandbox.store.watch(*KINDS)
        for kind, identifiers in self._watch.take().items():
            for identifier in identifiers:
                self._file(kind, identifier)

    def _file(self, kind: str, identifier: str) -> None:
        item = self._sandbox.store.get(kind, identifier)
        if item is None:
            owner = self._owners.pop(identifier, "")
            self._ids[kind].get(owner, {}).pop(identifier, None)
            self._event_numbers.pop(identifier, None)
            return
        if kind == "event" and identifier not in self._event_numbers:
            self._event_numbers[identifier] = self._events_seen
            self._events_seen += 1
        owner = _owner(kind, item)
        if owner:
            self._owners[identifier] = owner
            self._ids[kind].setdefault(owner, {})[identifier] = None


def payment_of(event: StripeObject) -> str:
    """The PaymentIntent that an event is about, or about something of; empty for none."""
    about = event["data"]["object"]
    return about.get("payment_intent") or (about["id"] if about["object"] == "payment_intent" else "")


def _owner(kind: str, item: StripeObject) -> str:
    """The PaymentIntent that an object belongs to, empty for none."""
    if kind == "delivery":
        return str(item["about"])
    if kind == "event":
        return payment_of(item)
    return item.get("payment_intent") or ""
