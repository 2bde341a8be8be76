"""Attempts to pay by another method than a typed card, without a browser: what Stripe.js and a phone do."""

from typing import Any

import httpx

from processes import Shop


def begin(shop: Shop, placed: httpx.Response, method: str) -> str:
    """Confirm a placed order with a method; the address where its customer approves or refuses."""
    secret = placed.json()["client_secret"]
    form = {
        "client_secret": secret,
        "payment_method_data[type]": method,
        "payment_method_data[billing_details][name]": "Ada Lovelace",
        "payment_method_data[billing_details][email]": "ada@example.com",
        "return_url": placed.json()["return_url"],
    }
    path = f"/v1/payment_intents/{secret.partition('_secret_')[0]}/confirm"
    answer = shop.sandbox.stripe("POST", path, key=shop.sandbox.publishable_key, **form)
    action: dict[str, Any] = answer.raise_for_status().json()["next_action"]
    details = action[action["type"]]
    address: str = details.get("url") or details["data"]
    return address


def answer(address: str, said: str) -> None:
    """Press a button of the page where the customer approves: authorize, fail, expire."""
    response = httpx.post(f"{address}/{said}", timeout=30)
    assert response.status_code in {200, 303}, response.text
