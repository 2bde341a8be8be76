"""What the shopkeeper does about a paid order: refunds it here or at Stripe, or calls it off."""

import asyncio
import random
import uuid

from chaos.browsing import Answer, Browser
from chaos.notes import Note, Notes

PASSWORD = "correct horse battery staple"


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

    async def _refund_at_stripe(self) -> None:
        """Some or all of the money goes back, and the shop is not asked."""
        for intent in sorted(self._note.intents):
            some = {"amount": str(self._note.total // 2)} if self._chance.random() < 0.5 else {}
            answer = await self._browser.dashboard("/v1/refunds", payment_intent=intent, **some)
            self._notes.met["refunded_at_stripe"] += answer is not None and answer.status == 200

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
