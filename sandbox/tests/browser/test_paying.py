"""Paying with the card form, against the real sandbox and a shop that only knows Stripe."""

from typing import Any

import stripe
from playwright.sync_api import FrameLocator, Page, expect


def start(page: Page, **options: object) -> None:
    event, _ = page.evaluate("(options) => shop.start(options)", options)
    assert event == "ready"


def fill(
    form: FrameLocator, number: str = "4242 4242 4242 4242", expiry: str = "12 / 34", cvc: str = "123"
) -> None:
    form.get_by_placeholder("1234 1234 1234 1234").fill(number)
    form.get_by_placeholder("MM / YY").fill(expiry)
    form.get_by_placeholder("CVC").fill(cvc)


def press_pay(page: Page) -> dict[str, Any]:
    page.locator("#pay").click()
    result: dict[str, Any] = page.evaluate("shop.ended()")
    return result


def test_pays_without_an_intent_at_first(page: Page, form: FrameLocator, client: stripe.StripeClient) -> None:
    """In the deferred flow the intent is created after the form was checked, and the card pays it."""
    start(page)
    fill(form)
    intent = press_pay(page)["paymentIntent"]
    assert intent["status"] == "succeeded"
    paid = client.v1.payment_intents.retrieve(intent["id"], {"expand": ["payment_method"]})
    assert (paid.amount_received, paid.currency, paid.payment_method.card.last4) == (2300, "sgd", "4242")
    assert paid.payment_method.billing_details.address.country == "SG"
