"""One run: customers by the dozen, faults in between, then quiet, then the reckoning."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from chaos import judgement
from chaos.browsing import Browser
from chaos.customers import SCARCE_BOOK, Customer
from chaos.faults import BY_NAME, Schedule
from chaos.injector import Injector
from chaos.notes import Note, Notes
from chaos.town import Town, open_town, until

AT_ONCE = 16

# After the faults have stopped everything must be right within this.
SECONDS_TO_BE_WHOLE = 60.0


@dataclass(frozen=True, slots=True)
class Options:
    """How many orders, which chance, which kinds of faults."""

    seed: int
    orders: int
    faults: Collection[str]

    @property
    def rerun(self) -> str:
        """The command that runs the same schedule again."""
        faults = "all" if self.faults == set(BY_NAME) else ",".join(sorted(self.faults))
        return f"make soak ORDERS={self.orders} SEED={self.seed} FAULTS={faults}"


@dataclass(slots=True)
class Report:
    """What came of a run; `complaints` is empty when nothing is broken."""

    options: Options
    digest: str
    struck: Counter[str] = field(default_factory=Counter)
    notes: Notes = field(default_factory=Notes)
    states: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    seconds_to_be_whole: float | None = None
    directory: Path | None = None
    payments: int = 0
    refunds: int = 0
    mails: int = 0
    copies: int = 0
    audit: str = ""
    revived: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)


async def run(options: Options, *, say: Callable[[str], None] = str) -> Report:
    """Play the whole run in a town of its own."""
    schedule = Schedule(options.seed, options.orders, options.faults)
    report = Report(options, schedule.digest())
    async with open_town() as town:
        report.directory = town.directory
        begun = time.monotonic()
        wanted = sum("last_copy" in schedule.habits(number) for number in range(options.orders))
        await town.count_copies(SCARCE_BOOK, max(2, wanted // 2))
        injector = Injector(town, report.notes)
        shoppers = _Shoppers(town, schedule, injector, report.notes, say=say)
        await shoppers.all()
        report.struck = await injector.stop() + report.notes.met
        quiet = time.monotonic()
        report.seconds = quiet - begun
        await shoppers.come_back()
        await _become_whole(town, report, quiet)
        await _reckon(town, report)
        town.is_spotless = not report.complaints
    return report


class _Shoppers:
    """The customers: `AT_ONCE` of them shop at any time, each order begins the faults scheduled for it."""

    def __init__(
        self, town: Town, schedule: Schedule, injector: Injector, notes: Notes, *, say: Callable[[str], None]
    ) -> None:
        self._town = town
        self._schedule = schedule
        self._injector = injector
        self._notes = notes
        self._say = say
        self._numbers = iter(range(schedule.orders))

    async def all(self) -> None:
        """Every customer of the schedule, once."""
        async with aiohttp.TCPConnector(limit=0) as connector:
            await asyncio.gather(*(self._serve(connector) for _ in range(AT_ONCE)))

    async def come_back(self) -> None:
        """Who gave up because of the troubles tries once more, now that they are over; then all look."""
        async with aiohttp.TCPConnector(limit=0) as connector:
            for note in judgement.gave_up(self._notes):
                await self._with_browser(connector, note, lambda customer: customer.come_back())
                if note.gave_up:
                    self._notes.complain(note, f"could not order when all was well: {note.gave_up}")

    async def _serve(self, connector: aiohttp.TCPConnector) -> None:
        for number in self._numbers:
            for onset in self._schedule.begins(number):
                self._injector.begin(onset)
            email = f"customer-{number}@example.com"
            note = Note(number, email, self._schedule.habits(number))
            self._notes.customers[number] = note
            if number % 100 == 0:
                self._say(f"order {number} of {self._schedule.orders}")
            await self._with_browser(connector, note, lambda customer: customer.shop())

    async def _with_browser(
        self, connector: aiohttp.TCPConnector, note: Note, act: Callable[[Customer], Awaitable[None]]
    ) -> None:
        chance = random.Random(f"{self._schedule.seed}:customer:{note.number}")  # noqa: S311  no secret
        address = f"198.18.{note.number // 250 % 250}.{note.number % 250 + 1}"
        browser = Browser(
            connector,
            shops=self._town.web_urls,
            sandbox=self._town.sandbox,
            notes=self._notes,
            chance=chance,
            address=address,
        )
        try:
            await act(Customer(note, browser, self._notes, chance, grow_old=self._town.grow_old))
        finally:
            await browser.close()


async def _become_whole(town: Town, report: Report, quiet: float) -> None:
    """Let the shop finish by itself, and measure how long that takes it."""

    async def is_whole() -> bool:
        looked = time.monotonic()
        if await judgement.work_left(town):
            return False
        report.seconds_to_be_whole = looked - quiet
        truth = await judgement.look(town)
        if judgement.complaints(truth, report.notes, town.postbox.received):
            return False
        status, report.audit = await town.audit()
        return status == 0

    left = SECONDS_TO_BE_WHOLE - (time.monotonic() - quiet)
    try:
        await until(is_whole, "the shop to be whole", seconds=max(left, 1), pause=0.5)
    except TimeoutError:
        left_over = await judgement.work_left(town)
        report.complaints.append(f"not whole {SECONDS_TO_BE_WHOLE:.0f} s after the faults: {left_over}")
        report.seconds_to_be_whole = None


async def _reckon(town: Town, report: Report) -> None:
    truth = await judgement.look(town)
    report.complaints += judgement.complaints(truth, report.notes, town.postbox.received)
    report.complaints += report.notes.complaints
    status, report.audit = await town.audit()
    if status:
        report.complaints.append(f"bookshop audit ends with {status}; what it says stands below")
    missing = [name for name in sorted(report.options.faults) if not report.struck[name]]
    report.complaints += [f"no {name} came about: this run has not shown what it claims" for name in missing]
    report.states = Counter(order["state"] for order in truth.orders)
    report.payments = sum(one.taken > 0 for one in truth.money.values())
    report.refunds = sum(one.refunded > 0 for one in truth.money.values())
    received = town.postbox.received.values()
    report.mails = sum(len(mails) for mails in received)
    report.copies = sum(mails.total() for mails in received) - report.mails
    report.revived = town.revived
