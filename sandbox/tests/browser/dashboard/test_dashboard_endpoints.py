"""One endpoint with every delivery and attempt; adding, switching, sending again. And the list of events."""

from collections.abc import Callable

import httpx
import pytest
import stripe
from playwright.sync_api import Page, expect

from webhook_receiver import Receiver

Pay = Callable[..., stripe.PaymentIntent]
Look = Callable[..., Page]
ROWS = "[data-row]"


@pytest.fixture(params=[True, False], ids=["with-script", "without-script"])
def anyone(request: pytest.FixtureRequest, look: Look) -> Page:
    """A page with JavaScript, and one without."""
    return look(java_script_enabled=request.param)


def test_adds_an_endpoint(*, anyone: Page, url: str, pay: Pay, receiver: Receiver) -> None:
    """Its address is all that is needed; events go there from now on, signed with the secret it shows."""
    anyone.goto(f"{url}/dashboard/webhooks")
    anyone.get_by_text("Add an endpoint").click()
    anyone.get_by_label("Address for every event").fill(receiver.url)
    anyone.get_by_role("button", name="Add", exact=True).click()
    anyone.get_by_text("Show the signing secret").click()
    secret = anyone.locator("details[open] code").inner_text()
    pay()
    delivery = receiver.wait_for_type("payment_intent.succeeded")
    assert secret.startswith("whsec_")
    stripe.WebhookSignature.verify_header(
        delivery.body.decode(), delivery.headers["Stripe-Signature"], secret
    )


def test_an_address_that_is_none_is_refused(anyone: Page, url: str) -> None:
    """With Stripe's own words, and what was typed still there."""
    anyone.goto(f"{url}/dashboard/webhooks")
    anyone.get_by_text("Add an endpoint").click()
    anyone.get_by_label("Address for every event").fill("nonsense")
    anyone.get_by_role("button", name="Add", exact=True).click()
    expect(anyone.get_by_role("alert")).to_contain_text("URL")
    expect(anyone.get_by_label("Address for every event")).to_have_value("nonsense")


def test_sends_again_what_did_not_arrive(
    *, anyone: Page, url: str, pay: Pay, receiver: Receiver, endpoint: stripe.WebhookEndpoint
) -> None:
    """All that was lost, in order, by one press; nothing that had arrived."""
    httpx.put(f"{url}/_sandbox/webhooks", json={"lose": 2}).raise_for_status()
    pay()
    receiver.wait_for_type("charge.updated")
    before = len(receiver.deliveries)
    anyone.goto(f"{url}/dashboard/webhooks/{endpoint.id}?state=lost")
    expect(anyone.locator(ROWS)).to_have_count(2)
    anyone.get_by_role("button", name="Resend 2 that did not arrive").click()
    expect(anyone.locator(".done")).to_have_text("Sent again.")
    again = receiver.wait_for(before + 2)[before:]
    assert [delivery.event["type"] for delivery in again] == ["payment_intent.created", "charge.succeeded"]
    anyone.goto(f"{url}/dashboard/webhooks/{endpoint.id}")
    expect(anyone.get_by_role("button", name="that did not arrive")).to_have_count(0)


def test_shows_every_attempt(
    *, page: Page, url: str, pay: Pay, receiver: Receiver, endpoint: stripe.WebhookEndpoint
) -> None:
    """Refused, then taken: two attempts of one delivery; and one event sent again alone."""
    receiver.answers.append(503)
    pay()
    receiver.wait_for(5)
    page.goto(f"{url}/dashboard/webhooks/{endpoint.id}")
    row = page.locator(ROWS).last
    expect(row).to_contain_text("payment_intent.created")
    expect(row.locator(".attempt .code")).to_have_text(["503", "200"])
    row.get_by_role("button", name="Resend payment_intent.created").click()
    expect(page.locator(ROWS)).to_have_count(5)
    expect(page.locator(ROWS).first).to_contain_text("Delivered")
    assert receiver.wait_for(6)[-1].event["type"] == "payment_intent.created"


def test_switches_an_endpoint_off_and_on(
    anyone: Page, url: str, client: stripe.StripeClient, endpoint: stripe.WebhookEndpoint
) -> None:
    """As the API would, and the page says which it is."""
    anyone.goto(f"{url}/dashboard/webhooks/{endpoint.id}")
    anyone.get_by_role("button", name="Disable the endpoint").click()
    expect(anyone.get_by_role("heading", level=1)).to_contain_text("Disabled")
    expect(anyone.locator(".done")).to_have_text("Nothing is sent there until it is enabled.")
    assert client.v1.webhook_endpoints.retrieve(endpoint.id).status == "disabled"
    anyone.get_by_role("button", name="Enable the endpoint").click()
    expect(anyone.get_by_role("heading", level=1)).to_contain_text("Enabled")
    expect(anyone.locator(".done")).to_have_text("Events are sent there again.")
    assert client.v1.webhook_endpoints.retrieve(endpoint.id).status == "enabled"
    unknown = {"form": "resend", "event": "evt_none"}
    assert httpx.post(f"{url}/dashboard/webhooks/{endpoint.id}", data=unknown).status_code == 404


def test_events_by_type_object_and_delivery(
    *, anyone: Page, url: str, pay: Pay, receiver: Receiver, endpoint: stripe.WebhookEndpoint
) -> None:
    """Only what happened to one payment, only one type, only what was lost."""
    assert endpoint.id
    httpx.put(f"{url}/_sandbox/webhooks", json={"lose": 1}).raise_for_status()
    first, _ = pay(), pay()
    receiver.wait_for(6)
    anyone.goto(f"{url}/dashboard/events")
    anyone.get_by_label("Type").select_option("payment_intent.succeeded")
    anyone.get_by_role("button", name="Show").click()
    expect(anyone.locator(ROWS)).to_have_count(2)
    anyone.get_by_label("Find").fill(first.id)
    anyone.get_by_role("button", name="Show").click()
    expect(anyone.locator(ROWS)).to_have_count(1)
    anyone.goto(f"{url}/dashboard/events")
    anyone.get_by_label("Delivery").select_option(label="Lost on purpose")
    anyone.get_by_role("button", name="Show").click()
    expect(anyone.locator(ROWS)).to_have_count(1)
    expect(anyone.locator(ROWS)).to_contain_text("payment_intent.created")
