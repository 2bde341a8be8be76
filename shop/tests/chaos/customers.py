"""Customers who buy a book or a cart with the API, as the browser does, each with habits of its own.

Fill the cart, GET the checkout page, POST the order with the page's key, confirm at Stripe with the
publishable key, come back to the order's page and follow it.
"""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from typing import Any

from chaos import paying
from chaos.browsing import Answer, Browser
from chaos.notes import Basket, Note, Notes, Told
from chaos.shopkeeping import Shopkeeper
from processes import ADDRESS

BOOKS = ("the-art-of-doing-science-and-engineering", "the-making-of-prince-of-persia")
SCARCE_BOOK = "working-in-public"
MOST_COPIES = 3
ROUNDS = 6
LOOKS = 6

# Seconds within which an order that has lived its minute is closed, or is paid just before.
ABOUT_TO_EXPIRE = 40

DATA = {
    name: re.compile(rf'data-{name}="([^"]*)"')
    for name in ("checkout-key", "amount", "currency", "order-url")
}


class Customer:
    """One purchase, told by `shop`. Everything heard goes into `note`."""

    def __init__(
        self,
        note: Note,
        browser: Browser,
        notes: Notes,
        chance: random.Random,
        *,
        grow_old: Callable[[str], Awaitable[None]],
    ) -> None:
        self.note = note
        self._browser = browser
        self._notes = notes
        self._chance = chance
        self._grow_old = grow_old
        self._copies = self._wish()
        self._payer = paying.Payer(note, browser, notes, chance)

    def _wish(self) -> dict[str, int]:
        """How many copies of which books."""
        if "last_copy" in self.note.habits:
            return {SCARCE_BOOK: 1}
        books = BOOKS if "whole_cart" in self.note.habits else (self._chance.choice(BOOKS),)
        return {slug: self._chance.randint(1, MOST_COPIES) for slug in books}

    async def shop(self) -> None:
        """From the checkout page to the order's page; ends early where the customer leaves or is refused."""
        if basket := await self._open_checkout():
            await self._order_and_pay(basket)

    async def come_back(self) -> None:
        """One more try after the troubles, by a customer who could not order or pay because of them."""
        self.note.gave_up = None
        if basket := self.note.basket or await self._open_checkout():
            await self._order_and_pay(basket)

    async def look(self) -> str | None:
        """The state of each of the customer's orders as the shop tells it now; None without an answer."""
        state = None
        for order in sorted(self.note.orders):
            if answer := await self._browser.shop("GET", f"{order}/status"):
                state = self._hear_state(answer)
        return state

    async def _open_checkout(self) -> Basket | None:
        self._browser.remember("currency", self._payer.currency)
        if "whole_cart" in self.note.habits:
            answer = await self._fill_cart() and await self._browser.shop("GET", "/checkout")
        else:
            [(slug, quantity)] = self._copies.items()
            answer = await self._browser.shop("GET", f"/checkout/{slug}?quantity={quantity}")
        if answer is None or answer.status != 200:
            self.note.gave_up = f"checkout page: {answer.status if answer else 'no answer'}"
            return None
        found = {name: pattern.search(answer.text) for name, pattern in DATA.items()}
        key, amount, currency = found["checkout-key"], found["amount"], found["currency"]
        if not (key and amount and currency):
            # The page shows no form: sold out, or the order of this checkout.
            self.note.is_sold_out = "/orders/" not in answer.url
            if self.note.is_sold_out and "last_copy" not in self.note.habits:
                self.note.gave_up = f"no form on {answer.url}"
            return None
        self.note.total, self.note.currency = int(amount[1]), currency[1]
        is_cart = "whole_cart" in self.note.habits
        self.note.basket = Basket(key[1], self._copies, currency[1], int(amount[1]), is_cart)
        return self.note.basket

    async def _fill_cart(self) -> Answer | None:
        """Put each title in, and then its number: a press whose answer was lost may have added it twice."""
        answer = None
        for slug, quantity in self._copies.items():
            for path, form in (("/cart", {"book": slug}), (f"/cart/{slug}", {"quantity": str(quantity)})):
                answer = await self._browser.shop("POST", path, data=form, allow_redirects=False)
                if answer is None or answer.status != 303:
                    return None
        return answer

    async def _order_and_pay(self, basket: Basket) -> None:
        self._notes.met.update(self.note.habits & {"last_copy", "whole_cart"})
        for _ in range(ROUNDS):
            placed = await self._press(basket)
            if placed is None:
                return
            if "abandoned" in self.note.habits:
                self._notes.met["abandoned"] += 1
                return
            if "canceled" in self.note.habits:
                self._notes.met["canceled"] += 1
                await self._cancel()
                return
            if await self._pay(placed):
                break
        else:
            self.note.gave_up = f"not paid in {ROUNDS} rounds"
            return
        if "tab_closed" in self.note.habits:
            self._notes.met["tab_closed"] += 1
            return
        await self._return_to_order(basket)

    async def _press(self, basket: Basket) -> dict[str, Any] | None:
        """POST the order, once or in several windows at once; the placed order, or None when that is all."""
        windows = 1 + len(self.note.habits & {"double_click", "two_tabs"})
        self._notes.met.update(self.note.habits & {"double_click", "two_tabs"})
        presses = [self._post_order(basket) for _ in range(windows)]
        placed = [order for order in await asyncio.gather(*presses) if order]
        if len({(order["order_url"], _intent(order)) for order in placed}) > 1:
            self._notes.complain(self.note, "two presses of one checkout made two orders or payments")
        return placed[0] if placed else None

    async def _post_order(self, basket: Basket) -> dict[str, Any] | None:
        """One press of the button; a total that has changed meanwhile is looked at and agreed to."""
        for _ in range(ROUNDS):
            answer = await self._browser.shop("POST", "/orders", json=self._body(basket))
            if answer is None:
                self.note.gave_up = "no answer to the order"
                return None
            if answer.status in {200, 201}:
                self.note.orders.add(answer.json["order_url"])
                self.note.intents.add(_intent(answer.json))
                return answer.json
            if answer.json.get("type") != "/problems/total-changed":
                self._hear_refusal(answer)
                return None
            self.note.total = basket.total = answer.json["total"]["amount"]
        return None

    def _body(self, basket: Basket) -> dict[str, Any]:
        return {
            "checkout_key": basket.key,
            "items": [{"book": slug, "quantity": copies} for slug, copies in basket.copies.items()],
            "cart": basket.is_cart,
            "currency": basket.currency,
            "email": self.note.email,
            "shipping_address": ADDRESS,
            "total": basket.total,
        }

    def _hear_refusal(self, answer: Answer) -> None:
        problem = answer.json
        if "order_url" in problem:
            self.note.orders.add(problem["order_url"])
        match answer.status, problem.get("type"):
            case 409, "/problems/already-paid":
                self.note.told.add(Told.CHARGED)
            case 409, "/problems/order-closed":
                self.note.told.add(Told.CLOSED)
            case 429, _:
                self.note.gave_up = "too many attempts"
            case _:
                self.note.told.add(Told.REFUSED)
                self.note.is_sold_out = "last_copy" in self.note.habits
                if not self.note.is_sold_out:
                    self._notes.complain(self.note, f"order refused with {answer.status} {answer.text[:300]}")

    async def _pay(self, placed: dict[str, Any]) -> bool:
        """True when there is nothing more to pay, or nobody who would."""
        secret = placed["client_secret"]
        if "paid_late" in self.note.habits and "paid_late" not in self.note.done:
            self.note.done.add("paid_late")
            self._notes.met["paid_late"] += 1
            await self._grow_old(placed["order_url"])
            await asyncio.sleep(self._chance.uniform(0, ABOUT_TO_EXPIRE))
        if "canceled_while_paying" not in self.note.habits:
            return await self._payer.pay(secret, placed["return_url"])
        self._notes.met["canceled_while_paying"] += 1
        paid, _ = await asyncio.gather(self._payer.pay(secret, placed["return_url"]), self._cancel())
        return paid or bool(self.note.told & {Told.CANCELED, Told.CLOSED})

    async def _cancel(self) -> None:
        for order in sorted(self.note.orders):
            if answer := await self._browser.shop("POST", f"{order}/cancel"):
                self._hear_page(answer)

    async def _return_to_order(self, basket: Basket) -> None:
        for order in sorted(self.note.orders):
            query = {"payment_intent": "pi_of_somebody", "redirect_status": "succeeded"}
            if answer := await self._browser.shop("GET", order, params=query):
                self._hear_page(answer)
        for _ in range(LOOKS):
            if await self.look() not in {"awaiting_payment", "processing"}:
                break
            await asyncio.sleep(self._chance.uniform(0.3, 1))
        if "replayed_post" in self.note.habits:
            self._notes.met["replayed_post"] += 1
            await self._post_order(basket)
        if Told.PAID in self.note.told:
            await Shopkeeper(self.note, self._browser, self._notes, self._chance).act()

    def _hear_page(self, answer: Answer) -> None:
        if answer.status == 200 and (state := STATE.search(answer.text)):
            self._hear(state[1])

    def _hear_state(self, answer: Answer) -> str | None:
        if answer.status != 200:
            self._notes.complain(self.note, f"the order's status answers {answer.status}")
            return None
        state: str = answer.json["state"]
        self._hear(state)
        return state

    def _hear(self, state: str) -> None:
        if state == "paid":
            self.note.told.add(Told.PAID)
        elif state in {Told.CANCELED, Told.EXPIRED}:
            self.note.told.add(Told(state))


STATE = re.compile(r'data-state="([a-z_]+)"\s+data-payment-status')


def _intent(placed: dict[str, Any]) -> str:
    secret: str = placed["client_secret"]
    return secret.partition("_secret_")[0]
