"""What a search among many payments needs of each, kept up to date from what the store says has changed."""

from collections.abc import Iterator
from dataclasses import dataclass

from stripe_sandbox.currencies import written
from stripe_sandbox.dashboard.payment_row import email_of, method_of
from stripe_sandbox.dashboard.states import state_of
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject, Watch

NO_METHOD = "none"


@dataclass(frozen=True, slots=True)
class Entry:
    """One payment: case-folded text to search in, and what it can be filtered by."""

    text: str
    state: str
    method: str
    currency: str
    customer: str
    payment_method: str


class PaymentIndex:
    """Built when it is first asked; the order is that in which the payments were made."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._watch: Watch | None = None
        self._entries: dict[str, Entry] = {}

    def newest_first(self) -> Iterator[tuple[str, Entry]]:
        """Ids and entries."""
        self._catch_up()
        return reversed(self._entries.items())

    def currencies(self) -> list[str]:
        """Those that payments have, in alphabetical order."""
        self._catch_up()
        return sorted({entry.currency for entry in self._entries.values()})

    def _catch_up(self) -> None:
        store = self._sandbox.store
        if self._watch is None:
            self._watch = store.watch("payment_intent", "charge", "customer", "payment_method")
        changed = self._watch.take()
        stale = dict.fromkeys(changed["payment_intent"])
        for charge_id in changed["charge"]:
            charge = store.get("charge", charge_id)
            if charge and charge["payment_intent"]:
                stale[charge["payment_intent"]] = None
        others = {*changed["customer"], *changed["payment_method"]}
        if others:
            stale |= dict.fromkeys(
                identifier
                for identifier, entry in self._entries.items()
                if entry.customer in others or entry.payment_method in others
            )
        for identifier in stale:
            intent = store.get("payment_intent", identifier)
            if intent is None:
                self._entries.pop(identifier, None)
            else:
                self._entries[identifier] = _entry(self._sandbox, intent)


def _entry(sandbox: Sandbox, intent: StripeObject) -> Entry:
    charge = sandbox.store.get("charge", intent["latest_charge"] or "")
    customer = sandbox.store.get("customer", intent["customer"] or "") or {}
    method = method_of(sandbox, intent, charge)
    currency = intent["currency"]
    details = method.get(method.get("type", "")) or {}
    amount = written(intent["amount"], currency).lstrip("$")
    parts = (
        intent["id"],
        intent["description"] or "",
        f"{amount} {currency} {amount.replace(',', '')} {intent['amount']}",
        email_of(intent, method, customer),
        customer.get("id", ""),
        customer.get("name") or "",
        customer.get("email") or "",
        str(details.get("last4") or ""),
        intent["latest_charge"] or "",
        *(f"{name}={value}" for name, value in intent["metadata"].items()),
    )
    return Entry(
        text="\n".join(parts).casefold(),
        state=state_of(intent, charge).name,
        method=(details.get("wallet") or {}).get("type") or method.get("type") or NO_METHOD,
        currency=currency,
        customer=intent["customer"] or "",
        payment_method=method.get("id", ""),
    )
