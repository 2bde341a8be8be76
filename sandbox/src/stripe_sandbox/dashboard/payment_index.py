"""What a search among many payments needs of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stripe_sandbox.currencies import written
from stripe_sandbox.dashboard.payment_row import email_of, method_of
from stripe_sandbox.dashboard.states import state_of
from stripe_sandbox.dashboard.store_index import StoreIndex
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

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


class PaymentIndex(StoreIndex[Entry]):
    """The payments in the order in which they were made."""

    kinds = ("payment_intent", "charge", "customer", "payment_method")

    def _stale(self, changed: Mapping[str, Iterable[str]]) -> Iterable[str]:
        stale = dict.fromkeys(changed["payment_intent"])
        for charge_id in changed["charge"]:
            charge = self._sandbox.store.get("charge", charge_id)
            if charge and charge["payment_intent"]:
                stale[charge["payment_intent"]] = None
        others = {*changed["customer"], *changed["payment_method"]}
        if others:
            stale |= dict.fromkeys(
                identifier
                for identifier, entry in self._entries.items()
                if entry.customer in others or entry.payment_method in others
            )
        return stale

    def _read(self, identifier: str) -> Entry | None:
        intent = self._sandbox.store.get("payment_intent", identifier)
        return _entry(self._sandbox, intent) if intent else None


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
