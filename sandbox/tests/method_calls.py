"""Paying with a method other than a card: a confirmation, its test payment page, what came of it."""

from typing import Any
from urllib.parse import urlsplit

import httpx
import stripe

HOLDER = {"name": "Ada Byron", "email": "ada@example.com", "address": {"country": "AT"}}
RETURN_URL = "https://shop.example/orders/1?tab=a#b"


def address_of(intent: stripe.PaymentIntent) -> str:
    assert intent.next_action
    action = intent.next_action.to_dict()
    shown = action[action["type"]]
    return str(shown.get("url") or shown["data"])


def begun(client: stripe.StripeClient, kind: str, currency: str, **params: Any) -> stripe.PaymentIntent:
    wanted: Any = {
        "amount": 2300,
        "currency": currency,
        "confirm": True,
        "payment_method_data": {"type": kind, "billing_details": HOLDER},
        "payment_method_options": {"wechat_pay": {"client": "web"}},
        "return_url": RETURN_URL,
        **params,
    }
    return client.v1.payment_intents.create(wanted)


def charge_of(client: stripe.StripeClient, intent: stripe.PaymentIntent) -> stripe.Charge:
    return client.v1.charges.list({"payment_intent": intent.id}).data[0]


def press(page: httpx.Client, intent: stripe.PaymentIntent, said: str) -> httpx.Response:
    """Press a button of the intent's test payment page."""
    return page.post(f"{urlsplit(address_of(intent)).path}/{said}")
