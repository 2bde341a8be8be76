"""The one object that all parts share: the account, its clock, its state, its webhooks, its switches."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stripe_sandbox import account_settings
from stripe_sandbox.account_settings import AccountSettings
from stripe_sandbox.control import Control
from stripe_sandbox.currencies import currency_of_country
from stripe_sandbox.idempotency import IdempotencyKeys
from stripe_sandbox.request_log import KEPT_REQUESTS, LoggedRequest
from stripe_sandbox.store import Store
from stripe_sandbox.timers import Timers
from stripe_sandbox.versions import PINNED
from stripe_sandbox.webhooks import Webhooks

_CLOCK = ("setting", "clock")


@dataclass(frozen=True, slots=True)
class Account:
    """The imitated account: ISO country, the name customers see, the version it is pinned to."""

    country: str = "SG"
    display_name: str = "Sandbox shop"
    id: str = "acct_1Sandbox00000000"
    api_version: str = PINNED

    @property
    def default_currency(self) -> str:
        """The currency it settles in."""
        return currency_of_country(self.country)


@dataclass(slots=True)
class Sandbox:
    """Everything a handler may touch. `public_url`, without a trailing slash, is for browsers."""

    public_url: str
    account: Account = field(default_factory=Account)
    state: Path | None = None
    settling_seconds: float = 0.5
    clock_offset: int = 0
    settings: AccountSettings = field(init=False)
    store: Store = field(init=False)
    idempotency_keys: IdempotencyKeys = field(init=False)
    webhooks: Webhooks = field(init=False)
    control: Control = field(init=False)
    requests: deque[LoggedRequest] = field(init=False)
    timers: Timers = field(init=False, default_factory=Timers)

    def __post_init__(self) -> None:
        self.store = Store(self.state)
        self.settings = account_settings.load(self.store)
        self.clock_offset = (self.store.get(*_CLOCK) or {}).get("offset", self.clock_offset)
        self.idempotency_keys = IdempotencyKeys(self)
        self.webhooks = Webhooks(self)
        self.control = Control()
        self.requests = deque(maxlen=KEPT_REQUESTS)

    def now(self) -> int:
        """Unix seconds, moved by the offset that a test may set."""
        return int(time.time()) + self.clock_offset

    def later(self, seconds: float, act: Callable[..., None], *arguments: Any) -> None:
        """Let Stripe's side do something by itself after a while of this clock, and persist it."""

        def run() -> None:
            act(*arguments)
            self.store.commit()

        self.timers.after(seconds, run)

    def move_clock(self, offset: int) -> None:
        """Set how far this clock is ahead of the machine's, in seconds; what falls due happens at once."""
        moved, self.clock_offset = offset - self.clock_offset, offset
        kind, identifier = _CLOCK
        self.store.save(kind, {"id": identifier, "offset": offset})
        self.timers.move(moved)
        self.store.commit()

    def choose(self, settings: AccountSettings) -> None:
        """Change what the account's owner has chosen, from the next payment on."""
        self.settings = settings
        account_settings.save(self.store, settings)
        self.store.commit()

    def reset(self) -> None:
        """Forget every object, timer and switch; webhook endpoints given at the start are kept."""
        self.timers.clear()
        kept = self.webhooks.given_at_start()
        self.clock_offset = 0
        self.settings = AccountSettings()
        self.control.reset()
        self.webhooks.reset()
        self.requests.clear()
        self.store.clear()
        self.idempotency_keys.clear()
        self.webhooks.give_again(kept)
        self.store.commit()

    def close(self) -> None:
        self.timers.clear()
        self.store.close()
