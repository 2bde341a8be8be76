"""Events and endpoints: what was sent where, what was answered, and sending it once more."""

from collections.abc import Callable

import httpx
import pytest
import stripe
from playwright.sync_api import Page, expect

from webhook_receiver import Receiver

Pay = Callable[..., stripe.PaymentIntent]


def test_resends_an_event(
    page: Page, url: str, pay: Pay, endpoint: stripe.WebhookEndpoint, receiver: Receiver
) -> None:
    """One press, and the shop gets the same event a second time, signed anew."""
    pay()
    event = receiver.wait_for_type("payment_intent.succeeded").event
    receiver.wait_for_type("charge.updated")
    before = len(receiver.deliveries)
    page.goto(f"{url}/dashboard/events/{event['id']}")
    expect(page.locator("article.delivery")).to_have_count(1)
    page.get_by_role("button", name="Resend").click()
    again = receiver.wait_for(before + 1)[-1]
    assert again.event["id"] == event["id"]
    stripe.WebhookSignature.verify_header(
        again.body.decode(), again.headers["Stripe-Signature"], str(endpoint.secret)
    )
    expect(page.locator("article.delivery .is-succeeded")).to_have_count(2)


def test_shows_what_was_sent_and_answered(
    page: Page, url: str, pay: Pay, endpoint: stripe.WebhookEndpoint, receiver: Receiver
) -> None:
    """A refused delivery is open: the shop's answer, our headers, the body, the next try."""
    assert endpoint.id
    receiver.answers.extend([503])
    pay()
    delivery = receiver.wait_for(1)[0]
    page.goto(f"{url}/dashboard/events/{delivery.event['id']}")
    attempt = page.locator("article.delivery details", has_text="Attempt 1")
    expect(attempt).to_contain_text("503")
    expect(attempt).to_contain_text('"received": true')
    expect(attempt).to_contain_text(delivery.headers["Stripe-Signature"])
    body = page.locator("article.delivery details", has_text="Body that was sent")
    body.locator("summary").click()
    assert body.locator("pre").text_content() == delivery.body.decode()
    expect(page.locator("article.delivery")).to_contain_text("Delivered")
    expect(page.locator("article.delivery summary", has_text="Attempt")).to_have_count(2)


def test_an_endpoint_that_does_not_answer(
    page: Page, url: str, client: stripe.StripeClient, pay: Pay
) -> None:
    """Nobody listens there: the error in words, and that it will be tried again."""
    client.v1.webhook_endpoints.create({"url": "http://127.0.0.1:9/", "enabled_events": ["charge.succeeded"]})
    pay()
    page.goto(f"{url}/dashboard/events?q=charge.succeeded")
    expect(page.locator("[data-row] .state")).to_have_text("Failed, will retry")
    page.locator("[data-row] a").first.click()
    expect(page.locator("article.delivery")).to_contain_text("next try")
    expect(page.locator("article.delivery")).to_contain_text("Cannot connect")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.test"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.test"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_other_sites_cannot_resend(
    *,
    url: str,
    pay: Pay,
    endpoint: stripe.WebhookEndpoint,
    receiver: Receiver,
    headers: dict[str, str],
    status: int,
) -> None:
    """A page elsewhere cannot press this button in somebody's browser."""
    pay()
    event = receiver.wait_for_type("payment_intent.succeeded").event
    before = _deliveries(url, event["id"])
    answer = httpx.post(
        f"{url}/dashboard/events/{event['id']}/resend", data={"endpoint": endpoint.id}, headers=headers
    )
    assert answer.status_code == status
    assert _deliveries(url, event["id"]) == before + (status == 303)


def test_the_secret_is_shown_when_asked_for(
    page: Page, url: str, endpoint: stripe.WebhookEndpoint, pay: Pay, receiver: Receiver
) -> None:
    """Hidden until unfolded; the counts and the latest deliveries stand beside it."""
    pay()
    receiver.wait_for_type("charge.updated")
    page.goto(f"{url}/dashboard/webhooks")
    secret = page.get_by_text(str(endpoint.secret), exact=True)
    expect(secret).to_be_hidden()
    page.get_by_text("Show the signing secret").click()
    expect(secret).to_be_visible()
    card = page.locator(f"#{endpoint.id}")
    expect(card).to_contain_text(receiver.url)
    expect(card).to_contain_text("4 delivered")
    expect(card.locator(".deliveries a")).to_have_text(
        ["charge.updated", "payment_intent.succeeded", "charge.succeeded", "payment_intent.created"]
    )


def test_a_disabled_endpoint(
    page: Page, url: str, client: stripe.StripeClient, endpoint: stripe.WebhookEndpoint, pay: Pay
) -> None:
    """It says so, and nothing can be resent to it."""
    client.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    pay()
    page.goto(f"{url}/dashboard/webhooks")
    expect(page.locator(f"#{endpoint.id} .state").first).to_have_text("Disabled")
    page.goto(f"{url}/dashboard/events")
    page.locator("[data-row] a").first.click()
    expect(page.get_by_role("button", name="Resend")).to_be_disabled()


def test_held_deliveries_are_told(page: Page, url: str, pay: Pay, endpoint: stripe.WebhookEndpoint) -> None:
    """Whoever wonders why nothing arrives finds that a test holds it back."""
    assert endpoint.id
    httpx.put(f"{url}/_sandbox/webhooks", json={"hold": True}).raise_for_status()
    pay()
    page.goto(f"{url}/dashboard/webhooks")
    expect(page.locator("#switched")).to_contain_text("held back, 4 waiting")


def test_without_endpoints_it_says_how_to_add_one(page: Page, url: str) -> None:
    """The command that starts with one, and the call that adds one."""
    page.goto(f"{url}/dashboard/webhooks")
    expect(page.locator(".empty pre")).to_have_count(2)
    expect(page.locator(".empty")).to_contain_text("stripe-sandbox --webhook")


def _deliveries(url: str, event_id: str) -> int:
    return len(httpx.get(f"{url}/_sandbox/deliveries", params={"event": event_id}).json()["deliveries"])
