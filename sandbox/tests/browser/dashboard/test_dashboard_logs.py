"""The log of API requests."""

from collections.abc import Callable

import pytest
import stripe
from playwright.sync_api import Page, expect

Pay = Callable[..., stripe.PaymentIntent]
ROWS = "[data-row]"


def test_shows_what_was_asked_and_answered(page: Page, url: str, pay: Pay) -> None:
    """From the list to one request: its parameters, its answer, the events it caused."""
    intent = pay(description="Working in Public", metadata={"order_id": "ord_7"})
    page.goto(f"{url}/dashboard/logs")
    page.locator(f"{ROWS} a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("POST /v1/payment_intents")
    parameters = page.locator(".parameters")
    expect(parameters).to_contain_text("metadata[order_id]")
    expect(parameters).to_contain_text("Working in Public")
    expect(page.locator(".json")).to_contain_text(f'"id": "{intent.id}"')
    expect(page.locator(".deliveries a")).to_have_text(
        ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
    )


def test_errors_say_why(page: Page, url: str, client: stripe.StripeClient, pay: Pay) -> None:
    """Only the refused request, with Stripe's sentence."""
    pay()
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.create({"amount": 1, "currency": "sgd"})
    page.goto(f"{url}/dashboard/logs")
    page.get_by_label("Kind").select_option(label="Errors only")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(ROWS)).to_have_count(1)
    expect(page.locator(ROWS)).to_contain_text("400")
    expect(page.locator(ROWS)).to_contain_text("Amount must be at least")


def test_changes_only(page: Page, url: str, client: stripe.StripeClient, pay: Pay) -> None:
    """What only reads is left out."""
    client.v1.payment_intents.retrieve(pay().id)
    page.goto(f"{url}/dashboard/logs?only=changes")
    expect(page.locator(f"{ROWS} .what")).to_have_text(["POST /v1/payment_intents"])


def test_a_replayed_answer_is_marked(page: Page, url: str, client: stripe.StripeClient) -> None:
    """The second of two calls with one idempotency key did nothing, and says so."""
    for _ in range(2):
        client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"}, {"idempotency_key": "order-7"})
    page.goto(f"{url}/dashboard/logs?q=order-7")
    expect(page.locator(ROWS)).to_have_count(2)
    expect(page.locator(ROWS).nth(0)).to_contain_text("replayed")
    expect(page.locator(ROWS).nth(1)).not_to_contain_text("replayed")


def test_a_request_appears_by_itself(page: Page, url: str, pay: Pay) -> None:
    """The log follows."""
    page.goto(f"{url}/dashboard/logs")
    expect(page.get_by_role("heading", name="No requests yet")).to_be_visible()
    pay()
    expect(page.locator(ROWS)).to_have_count(1)
