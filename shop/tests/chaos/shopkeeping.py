"""What the shopkeeper does about a paid order: refunds it, calls it off, answers its bank."""

import asyncio
import random
import uuid
from typing import Any

from chaos.browsing import Answer, Browser
from chaos.notes import Note, Notes

PASSWORD = "correct horse battery staple"

# How often the shopkeeper looks whether a bank has spoken, and seconds in between.
LOOKS = 20
PAUSE = 0.5

# What a shopkeeper says to a bank, and what the bank then decides (docs.stripe.com/testing#disputes).
EVIDENCE = {"dispute_won": ("winning_evidence", "won"), "dispute_lost": ("losing_evidence", "lost")}


class Shopkeeper:
    """At the till of one customer's order."""

    def __init__(self, note: Note, browser: Browser, notes: Notes, chance: random.Random) -> None:
        self._note = note
        self._browser = browser
        self._notes = notes
        self._chance = chance

    async def act(self) -> None:
        """What this order's habits say."""
        if "refunded_at_stripe" in self._note.habits:
            await self._refund_at_stripe()
        if "refunded_twice_at_once" in self._note.habits:
            await self._refund_twice_at_once()
        if "called_off" in self._note.habits:
            await self._call_off()
        for habit in self._note.habits & EVIDENCE.keys():
            await self._answer_bank(habit, *EVIDENCE[habit])
        if "fraud_warned" in self._note.habits:
            await self._hear_warning()

    async def _refund_at_stripe(self) -> None:
        """Some or all of the money goes back, and the shop is not asked."""
        for intent in sorted(self._note.intents):
            some = {"amount": f"{self._note.total // 2 / 100:.2f}"} if self._chance.random() < 0.5 else {}
            is_refunded = await self._browser.dashboard(intent, "refund", **some)
            self._notes.met["refunded_at_stripe"] += is_refunded

    async def _refund_twice_at_once(self) -> None:
        """Two posts of one form, which are one refund."""
        amount = self._chance.choice([self._note.total, self._note.total // 2])
        form = {"amount": f"{amount / 100:.2f}", "key": str(uuid.UUID(int=self._chance.getrandbits(128)))}
        answers = await self._post("refund", form, times=2)
        if any(answers):
            self._note.to_go_back = amount
            self._notes.met["refunded_twice_at_once"] += 1

    async def _call_off(self) -> None:
        if any(await self._post("call-off", {}, times=1)):
            self._note.to_go_back = self._note.total
            self._notes.met["called_off"] += 1

    async def _answer_bank(self, habit: str, evidence: str, decision: str) -> None:
        """Hand in evidence as soon as the payment is disputed, and wait for the bank's decision."""
        for intent in sorted(self._note.intents):
            dispute = await self._found("/v1/disputes", intent, "needs_response")
            if dispute is None:
                continue
            form = {"dispute": dispute["id"], "answer": evidence}
            if await self._browser.dashboard(intent, "answer-dispute", **form):
                self._notes.met[habit] += await self._found("/v1/disputes", intent, decision) is not None

    async def _hear_warning(self) -> None:
        for intent in sorted(self._note.intents):
            if await self._found("/v1/radar/early_fraud_warnings", intent):
                self._note.is_warned = True
                self._notes.met["fraud_warned"] += 1

    async def _found(self, path: str, intent: str, status: str | None = None) -> dict[str, Any] | None:
        """What Stripe lists about a payment, once it is there and has this status."""
        for _ in range(LOOKS):
            for one in await self._browser.listed(path, payment_intent=intent):
                if status is None or one["status"] == status:
                    return one
            await asyncio.sleep(PAUSE)
        return None

    async def _post(self, door: str, form: dict[str, str], *, times: int) -> list[bool]:
        """Whether each post, at the same time, was accepted."""
        await self._browser.shop("POST", "/shopkeeper", data={"password": PASSWORD}, allow_redirects=False)
        [order] = sorted(self._note.orders)
        posts = [
            self._browser.shop("POST", f"{order}/{door}", data=form, allow_redirects=False)
            for _ in range(times)
        ]
        return [self._is_accepted(door, answer) for answer in await asyncio.gather(*posts)]

    def _is_accepted(self, door: str, answer: Answer | None) -> bool:
        if answer is not None and answer.status not in {303, 422}:
            self._notes.complain(self._note, f"the till answers {door} with {answer.status}")
        return answer is not None and answer.status == 303
