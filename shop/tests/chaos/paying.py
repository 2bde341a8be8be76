"""Paying at Stripe as its script in the customer's page does: cards, 3-D Secure, wallets, bank debits."""

import random
from typing import Any

from chaos.browsing import Answer, Browser
from chaos.notes import Note, Notes, Told

GOOD_CARD = "4242424242424242"
DISPUTED_CARDS = ("4000000000000259", "4000000000002685")
CARDS = {
    "declined_first": ("4000000000000002", "4000000000009995", "4000000000000069"),
    "authenticated": ("4000002760003184", "4000000000003220"),
    "disputed": DISPUTED_CARDS,
    "dispute_won": DISPUTED_CARDS,
    "dispute_lost": DISPUTED_CARDS,
    "fraud_warned": ("4000000000005423",),
}
GOOD_ACCOUNTS = ("DE89370400440532013000", "AT611904300234573201")
FAILING_ACCOUNT = "DE62370400440532013001"

# Other methods by currency, as Stripe offers them to a shop in Singapore.
METHODS = {"sgd": ("paynow", "grabpay", "alipay"), "eur": ("ideal", "sepa_debit", "bancontact")}
HOLDER = {"[name]": "Ada Lovelace", "[email]": "ada@example.com", "[address][country]": "SG"}

Form = dict[str, str]


class Payer:
    """The paying part of one customer; what it is used for first comes from the customer's habits."""

    def __init__(self, note: Note, browser: Browser, notes: Notes, chance: random.Random) -> None:
        self._note = note
        self._browser = browser
        self._notes = notes
        self._chance = chance
        self.currency = "eur" if "debit_failed" in note.habits or chance.random() < 0.25 else "sgd"
        self._forms = self._first_forms()

    async def pay(self, client_secret: str, return_url: str) -> bool:
        """Try to pay; True when the customer has nothing more to do, False to press the button again."""
        forms, self._forms = [*self._forms, _card(GOOD_CARD)], []
        for form in forms:
            answer = await self._confirm(client_secret, return_url, form)
            if "confirm_answer_lost" in self._note.habits and "confirm_answer_lost" not in self._note.done:
                self._meet("confirm_answer_lost")
                return False
            if answer is None or answer.status not in {200, 402}:
                return False
            if answer.status == 200 and await self._go_on(client_secret, answer.json):
                return True
            self._note.told.add(Told.DECLINED)
        return False

    def _first_forms(self) -> list[Form]:
        habits, chance = self._note.habits, self._chance
        for habit in habits & CARDS.keys():
            return [_card(chance.choice(CARDS[habit]))]
        if "debit_failed" in habits:
            return [_debit(FAILING_ACCOUNT)]
        if "other_method" in habits:
            method = chance.choice(METHODS[self.currency])
            return [_debit(chance.choice(GOOD_ACCOUNTS)) if method == "sepa_debit" else _method(method)]
        return []

    async def _confirm(self, client_secret: str, return_url: str, form: Form) -> Answer | None:
        if form["payment_method_data[type]"] == "card":
            form = {**form, "use_stripe_sdk": "true"}
        intent = client_secret.partition("_secret_")[0]
        answer = await self._browser.stripe(
            "POST",
            f"/v1/payment_intents/{intent}/confirm",
            client_secret=client_secret,
            return_url=return_url,
            **form,
        )
        if answer is not None and answer.status == 402:
            self._meet("declined_first")
        return answer

    async def _go_on(self, client_secret: str, intent: dict[str, Any]) -> bool:
        """Do what Stripe asks for next; False when the bank or the customer said no."""
        if (intent["amount"], intent["currency"]) != (self._note.total, self._note.currency):
            words = (
                f"Stripe asks for {intent['amount']} {intent['currency']}, the page for {self._note.total}"
            )
            self._notes.complain(self._note, words)
        if intent["status"] == "requires_action":
            intent = await self._act(client_secret, intent) or intent
        if intent["status"] == "succeeded":
            self._note.told.add(Told.CHARGED)
            self._meet("disputed")
        if intent["status"] == "processing":
            self._meet("debit_failed")
        return intent["status"] != "requires_payment_method"

    async def _act(self, client_secret: str, intent: dict[str, Any]) -> dict[str, Any] | None:
        action = intent["next_action"]
        details = action[action["type"]]
        if action["type"] == "use_stripe_sdk":
            self._meet("authenticated")
            source = details["three_d_secure_2_source"]
            await self._browser.stripe("POST", "/v1/3ds2/authenticate", source=source)
            said = "fail" if self._chance.random() < 0.3 else "authorize"
            await self._browser.stripe_page(f"/3ds2/challenge/{source}/{said}")
            await self._browser.stripe("POST", "/v1/3ds2/challenge_complete", source=source)
        else:
            self._meet("other_method")
            await self._browser.page(f"{details.get('url') or details['data']}/authorize")
        answer = await self._browser.stripe(
            "GET", f"/v1/payment_intents/{intent['id']}", client_secret=client_secret
        )
        return answer.json if answer is not None and answer.status == 200 else None

    def _meet(self, habit: str) -> None:
        """Count a habit when it comes about, once a customer."""
        if habit in self._note.habits and habit not in self._note.done:
            self._note.done.add(habit)
            self._notes.met[habit] += 1


def _card(number: str) -> Form:
    return {
        "payment_method_data[type]": "card",
        "payment_method_data[card][number]": number,
        "payment_method_data[card][exp_month]": "12",
        "payment_method_data[card][exp_year]": "2034",
        "payment_method_data[card][cvc]": "123",
        "payment_method_data[billing_details][address][country]": "SG",
    }


def _method(kind: str) -> Form:
    holder = {f"payment_method_data[billing_details]{name}": value for name, value in HOLDER.items()}
    return {"payment_method_data[type]": kind, **holder}


def _debit(account: str) -> Form:
    return _method("sepa_debit") | {"payment_method_data[sepa_debit][iban]": account}
