"""The one object that all parts share: the account, its clock, its state, its webhooks, its switches."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stripe_sandbox.control import Control
from stripe_sandbox.idempotency import IdempotencyKeys
from stripe_sandbox.request_log import KEPT_REQUESTS, LoggedRequest
from stripe_sandbox.store import Store
from stripe_sandbox.versions import PINNED
from stripe_sandbox.webhooks import Webhooks

_CURRENCIES = {
    "AU": "aud", "CA": "cad", "CH": "chf", "GB": "gbp", "HK": "hkd", "IN": "inr", "JP": "jpy", "MY": "myr",
    "NZ": "nzd", "SG": "sgd", "TH": "thb", "US": "usd",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Account:
    """The imitated account: ISO country, the name customers see, the version it is pinned to."""

    country: str = "SG"
    display_name: str = "Sandbox shop"
    id: str = "acct_1Sandbox00000000"
    api_version: str = PINNED

    @property
    def default_currency(self) -> str:
        """The currency it settles in; euro for countries without an entry."""
        return _CURRENCIES.get(self.country, "eur")


@dataclass(slots=True)
class Sandbox:
    """Everything a handler may touch. `public_url`, without a trailing slash, is for browsers."""

    public_url: str
    account: Account = field(default_factory=Account)
    state: Path | None = None
    settling_seconds: float = 0.5
    clock_offset: int = 0
    store: Store = field(init=False)
    idempotency_keys: IdempotencyKeys = field(init=False)
    webhooks: Webhooks = field(init=False)
    control: Control = field(init=False)
    requests: deque[LoggedRequest] = field(init=False)
    _timers: set[asyncio.TimerHandle] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self.store = Store(self.state)
        self.idempotency_keys = IdempotencyKeys(self)
        self.webhooks = Webhooks(self)
        self.control = Control()
        self.requests = deque(maxlen=KEPT_REQUESTS)

    def now(self) -> int:
        """Unix seconds, moved by the offset that a test may set."""
        return int(time.time()) + self.clock_offset

    def later(self, seconds: float, act: Callable[..., None], *arguments: Any) -> None:
        """Let Stripe's side do something by itself after a while, and persist it."""

        def run() -> None:
            self._timers.discard(timer)
            act(*arguments)
            self.store.commit()

        timer = asyncio.get_running_loop().call_later(seconds, run)
        self._timers.add(timer)

    def reset(self) -> None:
        """Forget every object, timer and switch; webhook endpoints given at the start are kept."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        kept = self.webhooks.given_at_start()
        self.clock_offset = 0
        self.control.reset()
        self.webhooks.reset()
        self.requests.clear()
        self.store.clear()
        self.idempotency_keys.clear()
        self.webhooks.give_again(kept)
        self.store.commit()

    def close(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self.store.close()
