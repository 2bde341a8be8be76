"""Switches for tests, under `/_sandbox/`. See `routes` for the door; this module keeps what was switched."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from stripe_sandbox.ids import plain_id

USUAL_REFUND_FAILURE = "declined"


@dataclass(slots=True)
class Fault:
    """What happens to the next `times` calls (0: to all) whose method and path match.

    `stage` is where it strikes: `before` in front of the endpoint and of idempotency, as a rate limiter does;
    `inside` once the endpoint began, nothing done, the answer stored under the idempotency key; `after` when
    the endpoint has acted. `drop` closes the connection without an answer; after acting, the true answer is
    kept for the retry with the same key.
    """

    method: str = "*"
    path: str = "*"
    times: int = 1
    stage: str = "before"
    status: int | None = None
    error: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    latency_ms: float = 0
    id: str = field(default_factory=lambda: plain_id("fault"))

    @property
    def only_delays(self) -> bool:
        return self.status is None and not self.drop

    def matches(self, method: str, path: str) -> bool:
        return fnmatchcase(method, self.method.upper()) and fnmatchcase(path, self.path)


class Control:
    """The faults in the order asked for; the first match strikes, of delays and of failures apart."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        # The state in which an intent waits though its customer has paid: `requires_action`, `processing`.
        self.hold_payments: str | None = None
        # What becomes of refunds made from now on: `insufficient_balance`, `asks_customer`, `fails`.
        self.refunds: str | None = None
        self.refund_failure = USUAL_REFUND_FAILURE

    def take(self, method: str, path: str) -> tuple[float, Fault | None]:
        """Seconds to wait, and the fault that strikes this call; both are used up when their turns are."""
        if not self.faults:
            return 0, None
        delay = self._first(method, path, delays=True)
        fault = self._first(method, path, delays=False)
        seconds = (delay.latency_ms if delay else 0) + (fault.latency_ms if fault else 0)
        return seconds / 1000, fault

    def _first(self, method: str, path: str, *, delays: bool) -> Fault | None:
        for fault in self.faults:
            if fault.only_delays == delays and fault.matches(method, path):
                if fault.times:
                    fault.times -= 1
                    if not fault.times:
                        self.faults.remove(fault)
                return fault
        return None

    def remove(self, fault_id: str) -> None:
        """Switch one off; one that has struck for the last time is gone already."""
        self.faults = [fault for fault in self.faults if fault.id != fault_id]

    def reset(self) -> None:
        self.faults.clear()
        self.hold_payments = None
        self.refunds, self.refund_failure = None, USUAL_REFUND_FAILURE
