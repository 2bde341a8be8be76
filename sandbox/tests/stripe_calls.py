"""Calls that several tests make: a payment, a refusal, a confirmation from the page."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import stripe

OUTSIDE: Any = {"return_url": "https://shop.example/orders/1"}
CARD = {
    "type": "card",
    "card[exp_month]": "12",
    "card[exp_year]": "40",
    "card[cvc]": "123",
    "billing_details[address][postal_code]": "048616",
    "billing_details[address][country]": "SG",
}
BOOKKEEPING = {
    "_stripe_version": "2026-10-28.endive",
    "payment_user_agent": "stripe.js/0; payment-element",
    "referrer": "https://shop.example",
    "guid": "NA",
    "muid": "NA",
    "sid": "NA",
    "time_on_page": "1200",
    "client_attribution_metadata[client_session_id]": "1",
    "expected_payment_method_type": "card",
}


def paid(client: stripe.StripeClient, **params: Any) -> stripe.PaymentIntent:
    wanted: Any = {
        "amount": 2300,
        "currency": "sgd",
        "confirm": True,
        "payment_method": "pm_card_visa",
        **OUTSIDE,
        **params,
    }
    return client.v1.payment_intents.create(wanted)


def refused(act: Callable[[], object]) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        act()
    return caught.value


def confirm(page: httpx.Client, intent: stripe.PaymentIntent, number: str, **more: str) -> httpx.Response:
    data = {
        f"payment_method_data[{key.replace('[', '][', 1)}" + ("" if "[" in key else "]"): value
        for key, value in CARD.items()
    }
    form = {
        "client_secret": str(intent.client_secret),
        "return_url": "https://shop.example/orders/1?tab=a#b",
        "use_stripe_sdk": "true",
        "payment_method_data[card][number]": number,
        "payment_method_data[guid]": "NA",
        **data,
        **BOOKKEEPING,
        **more,
    }
    return page.post(f"/v1/payment_intents/{intent.id}/confirm", data=form)


def challenge_of(answer: httpx.Response) -> str:
    return str(answer.json()["next_action"]["use_stripe_sdk"]["three_d_secure_2_source"])
