"""Switches for tests, under `/_sandbox/`. See `routes` for the door; this module keeps what was switched."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from stripe_sandbox.ids import plain_id

USUAL_REFUND_FAILURE = "declined"


@dataclass(slots=True)
class Fault:
    """What happens to the next `times` calls (0: to all) whose method and path match.

    `stage` is where it strikes: `before` in front of the endpoint and of idempotency, as a rate limiter does;
    `inside` once the endpoint began, nothing done, the answer stored under the idempotency key; `after` when
    the endpoint has acted, so that the key gets the fault's answer again. `drop` closes the connection
    without an answer; after acting, the true answer is kept for the retry with the same key. `latency_ms` is
    waited before the endpoint acts, with the stage `after` when it has acted and its answer is kept.
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


class Strike(NamedTuple):
    """What a call meets: the fault that answers it, and seconds to wait before and after acting."""

    fault: Fault | None
    wait: float
    late: float


_NOTHING = Strike(None, 0, 0)


class Control:
    """The faults in the order asked for; the first match strikes, of delays and of failures apart."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        # The state in which an intent waits though its customer has paid: `requires_action`, `processing`.
        self.hold_payments: str | None = None
        # What becomes of refunds made from now on: `insufficient_balance`, `asks_customer`, `fails`.
        self.refunds: str | None = None
        self.refund_failure = USUAL_REFUND_FAILURE

    def take(self, method: str, path: str) -> Strike:
        """What strikes this call, a delay and another fault; both are used up when their turns are."""
        if not self.faults:
            return _NOTHING
        delay = self._first(method, path, delays=True)
        fault = self._first(method, path, delays=False)
        seconds = {False: 0.0, True: 0.0}
        for struck in (delay, fault):
            if struck:
                seconds[struck.stage == "after"] += struck.latency_ms / 1000
        return Strike(fault, wait=seconds[False], late=seconds[True])

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
