"""What Stripe will do by itself later, on a clock that tests move forward without waiting."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(eq=False, slots=True)
class Timer:
    """One plan; `due` is in the event loop's seconds."""

    due: float
    act: Callable[[], None]
    handle: asyncio.TimerHandle | None = None


class Timers:
    """Plans in the running event loop, in the order in which they fall due."""

    def __init__(self) -> None:
        self._planned: set[Timer] = set()

    def after(self, seconds: float, act: Callable[..., None], *arguments: Any) -> Timer:
        """Call `act` with its arguments once, after so many seconds of the sandbox's clock."""
        timer = Timer(asyncio.get_running_loop().time() + seconds, lambda: act(*arguments))
        self._planned.add(timer)
        self._arm(timer)
        return timer

    def cancel(self, timer: Timer) -> None:
        self._planned.discard(timer)
        if timer.handle:
            timer.handle.cancel()

    def clear(self) -> None:
        for timer in list(self._planned):
            self.cancel(timer)

    def move(self, seconds: float) -> None:
        """The clock jumped forward: bring every plan nearer, and carry out at once what is overdue.

        A clock that was set back leaves the waits as they are; no plan would end otherwise.
        """
        now = asyncio.get_running_loop().time()
        for timer in list(self._planned):
            timer.due -= max(seconds, 0)
        for timer in sorted(self._planned, key=lambda timer: timer.due):
            if timer not in self._planned:
                continue
            if timer.due <= now:
                self._fire(timer)
            else:
                self._arm(timer)

    def _arm(self, timer: Timer) -> None:
        if timer.handle:
            timer.handle.cancel()
        timer.handle = asyncio.get_running_loop().call_at(timer.due, self._fire, timer)

    def _fire(self, timer: Timer) -> None:
        self.cancel(timer)
        timer.act()
