# ruff: noqa: E501  a table is read row by row
"""The faults that the dashboard can switch on, in words, and how control.py is told of each."""

from dataclasses import dataclass, field
from typing import Any

from stripe_sandbox.control import Fault


@dataclass(frozen=True, slots=True)
class Recipe:
    """A fault of API calls. `told` are the fields of a `Fault` that make it."""

    name: str
    word: str
    meaning: str
    told: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Calls:
    """Which calls a fault strikes: a method and a path, each with `*` for anything."""

    name: str
    word: str
    method: str
    path: str


_RATE_LIMITED = {"Stripe-Rate-Limited-Reason": "endpoint-rate"}

# fmt: off
RECIPES = {recipe.name: recipe for recipe in (
    Recipe("rate-limit", "429, too many requests", "Refused in front of everything; nothing is done or remembered.",
           {"status": 429, "headers": _RATE_LIMITED}),
    Recipe("error-before", "500 before acting", "Nothing is done; the same call works when it is tried again.",
           {"status": 500}),
    Recipe("error-inside", "500 kept for the key", "Nothing is done, and the same idempotency key gets the same 500 again.",
           {"status": 500, "stage": "inside"}),
    Recipe("error-after", "500 after acting", "It is done, and the caller is told that it failed.",
           {"status": 500, "stage": "after"}),
    Recipe("drop-before", "Connection lost before acting", "Nothing is done and nobody answers.",
           {"drop": True}),
    Recipe("drop-after", "Connection lost after acting", "It is done, and the answer is lost. The same idempotency key gets it.",
           {"drop": True, "stage": "after"}),
    Recipe("delay", "Slow answer", "It is done after the wait, and answered truly."),
    Recipe("delay-after", "Late answer", "It is done at once, and answered truly after the wait.",
           {"stage": "after"}),
)}
CALLS = {calls.name: calls for calls in (
    Calls("all", "Every API call", "*", "*"),
    Calls("changes", "Every change (POST)", "POST", "*"),
    Calls("create", "Creating a payment", "POST", "/v1/payment_intents"),
    Calls("confirm", "Confirming a payment", "POST", "/v1/payment_intents/*/confirm"),
    Calls("read", "Reading a payment", "GET", "/v1/payment_intents/*"),
    Calls("refund", "Refunding", "POST", "/v1/refunds"),
    Calls("elements", "Loading the Payment Element", "GET", "/v1/elements/sessions"),
)}
TIMES = {"1": "The next call", "3": "The next 3 calls", "10": "The next 10 calls", "0": "Until switched off"}
# fmt: on


def told(fault: Fault) -> str:
    """A fault in a sentence, also one that the control API was told of."""
    what = "the connection is lost" if fault.drop else f"the answer is {fault.status}"
    if fault.only_delays:
        what = "the answer is late" + (", though it is done at once" if fault.stage == "after" else "")
    elif fault.stage == "after":
        what += ", though it is done"
    elif fault.stage == "inside":
        what += ", kept for the idempotency key"
    wait = f" after {fault.latency_ms / 1000:g} s" if fault.latency_ms else ""
    return f"{_which(fault)}: {what}{wait}"


def _which(fault: Fault) -> str:
    known = next((c.word for c in CALLS.values() if (c.method, c.path) == (fault.method, fault.path)), "")
    named = known or f"{'' if fault.method == '*' else fault.method + ' '}{fault.path}"
    if not fault.times:
        return named
    return f"{named}, {'once' if fault.times == 1 else f'{fault.times} times'} more"
