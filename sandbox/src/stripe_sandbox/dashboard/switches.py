"""What is switched on that real Stripe would not do by itself: told on every page, lest somebody forgets."""

from dataclasses import dataclass

from stripe_sandbox.dashboard.fault_recipes import told
from stripe_sandbox.resources import method_payments
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.webhooks import NO_DELAY, Webhooks

_UNITS = (("week", 7 * 24 * 60 * 60), ("day", 24 * 60 * 60), ("hour", 60 * 60), ("minute", 60), ("second", 1))

_REFUNDS = {
    "insufficient_balance": "Refunds find the balance too small",
    "asks_customer": "Refunds ask the customer first",
    "fails": "Refunds fail",
}


@dataclass(frozen=True, slots=True)
class Switch:
    """A sentence, and the part of the faults' page where it can be switched off."""

    sentence: str
    part: str


def switched_on(sandbox: Sandbox) -> list[Switch]:
    """Everything that disturbs now, API calls first."""
    found = [Switch(told(fault), "calls") for fault in sandbox.control.faults]
    found += [Switch(sentence, "webhooks") for sentence in _of_webhooks(sandbox.webhooks)]
    hold = sandbox.control.hold_payments
    if hold:
        waiting = len(method_payments.held(sandbox))
        counted = f", {waiting} held" if waiting else ""
        found.append(Switch(f"Payments stay in {hold}{counted}", "payments"))
    if sandbox.control.refunds:
        found.append(Switch(_REFUNDS[sandbox.control.refunds], "refunds"))
    if sandbox.clock_offset:
        found.append(Switch(f"The clock is {offset_words(sandbox.clock_offset)}", "clock"))
    return found


def offset_words(seconds: int) -> str:
    """`1 day 2 hours ahead`: the two largest units."""
    left, parts = abs(seconds), []
    for name, size in _UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
    return f"{' '.join(parts[:2])} {'ahead' if seconds > 0 else 'behind'}"


def _of_webhooks(webhooks: Webhooks) -> list[str]:
    found = []
    if webhooks.held:
        found.append(f"Webhooks are held back, {len(webhooks.waiting)} waiting")
    if webhooks.lose:
        which = "All webhooks are" if webhooks.lose < 0 else f"The next {webhooks.lose} webhooks are"
        found.append(f"{which} lost")
    if webhooks.copies > 1:
        found.append(f"Every webhook is sent {webhooks.copies} times")
    if webhooks.delay_seconds != NO_DELAY:
        least, most = webhooks.delay_seconds
        found.append(f"Webhooks go out {least:g} to {most:g} s late, in any order")
    return found
