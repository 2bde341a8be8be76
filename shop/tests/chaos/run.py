"""One run: customers by the dozen, faults in between, then quiet, then the reckoning."""

import asyncio
import random
import time
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import aiohttp

from chaos import judgement
from chaos.browsing import Browser
from chaos.customers import SCARCE_BOOK, Customer
from chaos.faults import BY_NAME, Schedule
from chaos.injector import Injector
from chaos.notes import Note, Notes
from chaos.rest import Rest, come_to_rest
from chaos.town import Town, open_town

T = TypeVar("T")

AT_ONCE = 16

# How often more customers come for the kinds of faults that have not come about yet.
ENCORES = 6


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
    encores: int = 0
    seconds: float = 0.0
    whole: float = 0.0
    closed: float = 0.0
    judged: float = 0.0
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
        await shoppers.serve(range(options.orders))
        for _ in range(ENCORES):
            struck = await injector.struck() + report.notes.met
            missing = [kind.name for kind in schedule.kinds if not struck[kind.name]]
            if not missing:
                break
            say(f"once more: {', '.join(missing)}")
            more = schedule.once_more(missing)
            report.encores += len(more)
            await shoppers.serve(more)
        report.struck = await injector.stop() + report.notes.met
        stopped = time.time()
        report.seconds = time.monotonic() - begun
        await shoppers.come_back()
        _reckon(report, town, await come_to_rest(town, report.notes, stopped))
        town.is_spotless = not report.complaints
    return report


class _Shoppers:
    """The customers: `AT_ONCE` of them shop at any time; each begins the faults scheduled for its order."""

    def __init__(
        self, town: Town, schedule: Schedule, injector: Injector, notes: Notes, *, say: Callable[[str], None]
    ) -> None:
        self._town = town
        self._schedule = schedule
        self._injector = injector
        self._notes = notes
        self._say = say

    async def serve(self, numbers: Iterable[int]) -> None:
        """These customers of the schedule, once."""
        await self._abreast(numbers, self._serve)

    async def come_back(self) -> None:
        """Who gave up because of the troubles tries once more, now that they are over."""
        await self._abreast(judgement.gave_up(self._notes), self._serve_again)

    async def _serve(self, connector: aiohttp.TCPConnector, number: int) -> None:
        for onset in self._schedule.begins(number):
            self._injector.begin(onset)
        email = f"customer-{number}@example.com"
        note = Note(number, email, self._schedule.habits(number))
        self._notes.customers[number] = note
        if number % 100 == 0:
            self._say(f"order {number} of {self._schedule.orders}")
        await self._with_browser(connector, note, lambda customer: customer.shop())

    async def _serve_again(self, connector: aiohttp.TCPConnector, note: Note) -> None:
        await self._with_browser(connector, note, lambda customer: customer.come_back())
        if note.gave_up:
            self._notes.complain(note, f"could not order when all was well: {note.gave_up}")

    async def _abreast(
        self, subjects: Iterable[T], act: Callable[[aiohttp.TCPConnector, T], Awaitable[None]]
    ) -> None:
        waiting = iter(subjects)

        async def one_after_the_other() -> None:
            for subject in waiting:
                await act(connector, subject)

        async with aiohttp.TCPConnector(limit=0) as connector:
            await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))

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
        except Exception:  # noqa: BLE001  a mistake of the driver's must not end a run of hours without an account
            self._notes.complain(note, traceback.format_exc())
        finally:
            await browser.close()


def _reckon(report: Report, town: Town, rest: Rest) -> None:
    missing = [name for name in sorted(report.options.faults) if not report.struck[name]]
    report.complaints = [
        *rest.complaints,
        *report.notes.complaints,
        *(f"answered with 500: {where}: {text}" for where, text in report.notes.broken.items()),
        *(f"no {name} came about: this run has not shown what it claims" for name in missing),
    ]
    report.audit = rest.audit
    report.whole, report.closed, report.judged = rest.whole, rest.closed, rest.judged
    report.states = Counter(order["state"] for order in rest.truth.orders)
    report.payments = sum(one.taken > 0 for one in rest.truth.money.values())
    report.refunds = sum(one.refunded > 0 for one in rest.truth.money.values())
    received = town.postbox.received.values()
    report.mails = sum(len(mails) for mails in received)
    report.copies = sum(mails.total() for mails in received) - report.mails
    report.revived = town.revived
