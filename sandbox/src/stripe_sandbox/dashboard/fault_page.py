"""Faults, the clock, and what is held back: everything under `/_sandbox/` that a person may want to press."""

from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from stripe_sandbox.control import Fault
from stripe_sandbox.dashboard.account_choices import AccountChoice, choices, chosen
from stripe_sandbox.dashboard.fault_recipes import CALLS, RECIPES, TIMES, Calls, Recipe, told
from stripe_sandbox.dashboard.rendering import Renderer
from stripe_sandbox.dashboard.switches import offset_words
from stripe_sandbox.resources import method_payments, refund_courses
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.webhooks import NO_DELAY, RETRIES, Webhooks

_MOST_FIELDS = 20
_LONGEST_WAIT = 120.0
_CLOCK_STEPS = {"3600": "1 hour", "86400": "1 day", "604800": "1 week", "2592000": "30 days"}
_LOSE = {"0": "None", "1": "The next one", "3": "The next 3", "-1": "All"}
_COPIES = {"1": "Once", "2": "Twice", "3": "3 times", "5": "5 times"}
_LATE = {
    "0 0": "At once",
    "2 10": "2 to 10 s late, in any order",
    "30 120": "½ to 2 minutes late, in any order",
}
_RETRIES = {"quick": "Within seconds", "test": "As Stripe's test mode", "live": "As Stripe's live mode"}
_HOLD = {"": "No", "requires_action": "In requires_action", "processing": "In processing"}

_REFUNDS = {
    "": "Go as the card or method has it",
    "insufficient_balance": "Find the balance too small",
    "asks_customer": "Ask the customer first",
    "fails": "Fail",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of a form: what can be chosen and what is now; values set elsewhere are added to it."""

    name: str
    label: str
    now: str
    options: dict[str, str]


@dataclass(frozen=True, slots=True)
class FaultPageContent:
    """`faults` are ids and sentences, `now` unix seconds of the sandbox, `refused` why not, in words."""

    faults: list[tuple[str, str]]
    webhooks: tuple[Choice, ...]
    waiting: int | None
    payments: Choice
    held: int
    refunds: Choice
    refunds_waiting: int
    account: list[AccountChoice]
    now: int
    ahead: str
    refused: str
    recipes: dict[str, Recipe] = field(default_factory=lambda: RECIPES)
    calls: dict[str, Calls] = field(default_factory=lambda: CALLS)
    times: dict[str, str] = field(default_factory=lambda: TIMES)
    steps: dict[str, str] = field(default_factory=lambda: _CLOCK_STEPS)


class FaultPage:
    def __init__(self, sandbox: Sandbox, renderer: Renderer) -> None:
        self._sandbox = sandbox
        self._renderer = renderer
        self._forms: dict[str, Callable[[dict[str, str]], None]] = {
            "fault": self._add_fault,
            "fault-off": self._remove_fault,
            "webhooks": self._set_webhooks,
            "webhooks-release": self._release_webhooks,
            "payments": self._hold_payments,
            "payments-release": self._release_payments,
            "refunds": self._set_refunds,
            "refunds-release": self._release_refunds,
            "account": self._choose,
            "clock": self._move_clock,
            "all-off": self._switch_all_off,
        }

    async def page(self, request: Request) -> Response:
        return self._renderer.answer(request, "fault_page.html", self._content(""))

    async def act(self, request: Request) -> Response:
        """Switch what the sent form says and show the page again; 400 and why when it makes no sense."""
        async with request.form(max_files=0, max_fields=_MOST_FIELDS) as sent:
            typed = {name: str(value) for name, value in sent.items()}
        form = typed.pop("form", "")
        try:
            self._forms[form](typed)
        except (KeyError, ValueError):
            words = "This cannot be switched: a choice is missing, or a number is none."
            return self._renderer.answer(request, "fault_page.html", self._content(words), status=400)
        self._sandbox.store.commit()
        part = form.partition("-")[0].replace("fault", "calls").replace("all", "main")
        return RedirectResponse(f"{self._renderer.root}/dashboard/faults#{part}", status_code=303)

    def _content(self, refused: str) -> FaultPageContent:
        sandbox, webhooks = self._sandbox, self._sandbox.webhooks
        least, most = webhooks.delay_seconds
        offset = sandbox.clock_offset
        return FaultPageContent(
            faults=[(fault.id, told(fault)) for fault in sandbox.control.faults],
            webhooks=(
                _choice(
                    "hold", "Hold back", "yes" if webhooks.held else "", {"": "No", "yes": "Until let go"}
                ),
                _choice("lose", "Lose", str(webhooks.lose), _LOSE),
                _choice("copies", "Send each", str(webhooks.copies), _COPIES),
                _choice("late", "Send them", f"{least:g} {most:g}", _LATE),
                _choice("retries", "Try again", _retries(webhooks), _RETRIES),
            ),
            waiting=len(webhooks.waiting) if webhooks.held else None,
            payments=_choice("hold", "Hold", sandbox.control.hold_payments or "", _HOLD),
            held=len(method_payments.held(sandbox)),
            refunds=_choice("outcome", "Refunds to come", sandbox.control.refunds or "", _REFUNDS),
            refunds_waiting=len(refund_courses.waiting(sandbox)),
            account=choices(sandbox.settings),
            now=sandbox.now(),
            ahead=offset_words(offset) if offset else "",
            refused=refused,
        )

    def _add_fault(self, typed: dict[str, str]) -> None:
        recipe, calls = RECIPES[typed["recipe"]], CALLS[typed["calls"]]
        seconds = float(typed.get("seconds") or 0)
        if not 0 <= seconds <= _LONGEST_WAIT or (recipe.name.startswith("delay") and not seconds):
            raise ValueError(seconds)
        other = typed.get("path", "").strip()
        fault = Fault(
            method=calls.method,
            path=other or calls.path,
            times=int(typed["times"]),
            latency_ms=seconds * 1000,
            **recipe.told,
        )
        self._sandbox.control.faults.append(fault)

    def _remove_fault(self, typed: dict[str, str]) -> None:
        self._sandbox.control.remove(typed["fault"])

    def _set_webhooks(self, typed: dict[str, str]) -> None:
        webhooks = self._sandbox.webhooks
        least, most = (float(text) for text in typed["late"].split(" "))
        lose, copies, hold = int(typed["lose"]), int(typed["copies"]), typed["hold"] == "yes"
        if lose < -1 or not 1 <= copies <= 10 or not 0 <= least <= most:
            raise ValueError(typed)
        if typed["retries"] in RETRIES:
            webhooks.retry_seconds = RETRIES[typed["retries"]]
        webhooks.lose, webhooks.copies, webhooks.delay_seconds = lose, copies, (least, most)
        if webhooks.held and not hold:
            webhooks.release()
        webhooks.held = hold

    def _release_webhooks(self, typed: dict[str, str]) -> None:
        self._sandbox.webhooks.release(typed["order"])

    def _hold_payments(self, typed: dict[str, str]) -> None:
        if typed["hold"] not in _HOLD:
            raise ValueError(typed)
        self._sandbox.control.hold_payments = typed["hold"] or None

    def _release_payments(self, _: dict[str, str]) -> None:
        method_payments.release_held(self._sandbox)

    def _set_refunds(self, typed: dict[str, str]) -> None:
        if typed["outcome"] not in _REFUNDS:
            raise ValueError(typed)
        self._sandbox.control.refunds = typed["outcome"] or None

    def _release_refunds(self, _: dict[str, str]) -> None:
        refund_courses.release(self._sandbox)

    def _choose(self, typed: dict[str, str]) -> None:
        self._sandbox.choose(chosen(typed))

    def _move_clock(self, typed: dict[str, str]) -> None:
        forward = int(typed["forward"])
        self._sandbox.move_clock(self._sandbox.clock_offset + forward if forward else 0)

    def _switch_all_off(self, _: dict[str, str]) -> None:
        """Let go what is held, too: nothing stays behind that only a switch could free."""
        webhooks = self._sandbox.webhooks
        self._sandbox.control.reset()
        method_payments.release_held(self._sandbox)
        refund_courses.release(self._sandbox)
        webhooks.lose, webhooks.copies, webhooks.delay_seconds = 0, 1, NO_DELAY
        webhooks.release()
        self._sandbox.move_clock(0)


def _retries(webhooks: Webhooks) -> str:
    """The schedule's name; one that a test made has none."""
    return next((name for name, seconds in RETRIES.items() if seconds == webhooks.retry_seconds), "as set")


def _choice(name: str, label: str, now: str, options: dict[str, str]) -> Choice:
    return Choice(name, label, now, options if now in options else options | {now: now})
