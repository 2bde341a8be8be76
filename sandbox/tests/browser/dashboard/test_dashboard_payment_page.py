"""One payment's page: the whole story in order, and nothing that must not be kept."""

import re
from collections.abc import Callable

import httpx
import pytest
import stripe
from playwright.sync_api import Page, expect

from webhook_receiver import Receiver

Pay = Callable[..., stripe.PaymentIntent]
DECLINED = "4000000000009995"
AUTHENTICATED = "4000002760003184"
CVC = "737"


def confirm_in_page(url: str, intent: stripe.PaymentIntent, number: str) -> httpx.Response:
    """What Stripe.js sends when a customer pays with a typed card."""
    form = {
        "client_secret": str(intent.client_secret),
        "key": "pk_test_dashboard",
        "payment_method_data[type]": "card",
        "payment_method_data[card][number]": number,
        "payment_method_data[card][exp_month]": "12",
        "payment_method_data[card][exp_year]": "34",
        "payment_method_data[card][cvc]": CVC,
        "use_stripe_sdk": "true",
    }
    return httpx.post(f"{url}/v1/payment_intents/{intent.id}/confirm", data=form)


@pytest.fixture
def story(url: str, client: stripe.StripeClient, endpoint: stripe.WebhookEndpoint) -> stripe.PaymentIntent:
    """Declined, tried again with a card that asks for 3-D Secure, authenticated, paid."""
    assert endpoint.id
    intent = client.v1.payment_intents.create({"amount": 4600, "currency": "sgd", "description": "Two books"})
    assert confirm_in_page(url, intent, DECLINED).status_code == 402
    action = confirm_in_page(url, intent, AUTHENTICATED).json()["next_action"]["use_stripe_sdk"]
    source = action["three_d_secure_2_source"]
    httpx.post(f"{url}/v1/3ds2/authenticate", data={"key": "pk_test_dashboard", "source": source})
    httpx.post(f"{url}/3ds2/challenge/{source}/authorize")
    return intent


def test_tells_everything_in_order(
    page: Page, url: str, story: stripe.PaymentIntent, receiver: Receiver
) -> None:
    """Requests of server and page, what each caused, and where every event was delivered."""
    receiver.wait_for_type("charge.updated")
    confirm = f"POST /v1/payment_intents/{story.id}/confirm"
    page.goto(f"{url}/dashboard/payments/{story.id}")
    expect(page.locator(".timeline li > .line:nth-of-type(1) code")).to_have_text([
        "POST /v1/payment_intents",
        "payment_intent.created",
        confirm,
        "charge.failed",
        "payment_intent.payment_failed",
        confirm,
        "payment_intent.requires_action",
        "POST /v1/3ds2/authenticate",
        "charge.succeeded",
        "payment_intent.succeeded",
        "charge.updated",
    ])  # fmt: skip
    events = page.locator(".timeline .event")
    expect(events.filter(has_text="Delivered")).to_have_count(7)
    expect(events.filter(has_text=receiver.url)).to_have_count(7)
    expect(page.locator(".timeline .request").nth(0)).to_contain_text("The server asked")
    expect(page.locator(".timeline .request").nth(1)).to_contain_text("page asked")
    expect(page.locator(".timeline .request").nth(1)).to_contain_text("Your card has insufficient funds.")
    expect(page.locator(".facts").first).to_contain_text("authenticated")


def test_shows_stripes_own_objects(page: Page, url: str, story: stripe.PaymentIntent) -> None:
    """The PaymentIntent open, its PaymentMethod and both charges to unfold."""
    page.goto(f"{url}/dashboard/payments/{story.id}")
    expect(page.locator("#object-" + story.id)).to_contain_text('"latest_charge": "ch_')
    titles = ["PaymentIntent", "PaymentMethod", "Charge, failed", "Charge, succeeded"]
    expect(page.locator("section[aria-labelledby=objects] summary")).to_have_text(
        [re.compile(f"^{title} ") for title in titles]
    )


def test_says_why_it_failed(page: Page, url: str, client: stripe.StripeClient, pay: Pay) -> None:
    """The customer's words and Stripe's codes stand on top."""
    with pytest.raises(stripe.CardError):
        pay(payment_method="pm_card_visa_chargeDeclinedLostCard")
    intent = client.v1.payment_intents.list().data[0]
    page.goto(f"{url}/dashboard/payments/{intent.id}")
    problem = page.locator(".problem")
    expect(problem).to_contain_text("Your card was declined.")
    expect(problem).to_contain_text("lost_card")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Failed")


def test_follows_and_leaves_what_was_unfolded(
    page: Page, url: str, pay: Pay, client: stripe.StripeClient
) -> None:
    """A change arrives by itself; an unfolded object stays unfolded, the focus where it was."""
    intent = pay()
    page.goto(f"{url}/dashboard/payments/{intent.id}")
    charge = page.locator("details", has_text="Charge, succeeded")
    charge.locator("summary").click()
    client.v1.refunds.create({"payment_intent": intent.id})
    expect(page.get_by_role("heading", level=1)).to_contain_text("Refunded")
    expect(charge).to_have_attribute("open", "")
    expect(charge).to_contain_text('"amount_refunded": 2300')


def test_keeps_a_selection_while_somebody_copies(
    page: Page, url: str, pay: Pay, client: stripe.StripeClient
) -> None:
    """Selected text is not taken away; the change comes when the selection is gone."""
    intent = pay()
    page.goto(f"{url}/dashboard/payments/{intent.id}")
    page.locator(".identity code").select_text()
    with page.expect_response(lambda answer: answer.request.method == "GET" and answer.status == 200):
        client.v1.refunds.create({"payment_intent": intent.id})
    assert page.evaluate("getSelection().toString()") == intent.id
    page.evaluate("getSelection().empty()")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Refunded")


def test_no_page_keeps_a_card_number(url: str, story: stripe.PaymentIntent) -> None:
    """Neither number nor security code is anywhere, though the log shows the request that carried them."""
    requests = httpx.get(f"{url}/_sandbox/requests").json()["requests"]
    addresses = ["", f"/payments/{story.id}", "/events", "/logs"]
    addresses += [f"/requests/{request['id']}" for request in requests]
    pages = [httpx.get(f"{url}/dashboard{address}").raise_for_status().text for address in addresses]
    pages.append(str(requests))
    assert any("payment_method_data[card][number]" in text for text in pages)
    for secret in (DECLINED, AUTHENTICATED, f">{CVC}<", f"={CVC}", "pk_test_dashboard"):
        assert not any(secret in text for text in pages), secret


def test_links_in_stripes_objects_lead_here(pay: Pay, client: stripe.StripeClient) -> None:
    """`receipt_url` of a charge and `request_log_url` of an error are pages of the dashboard."""
    charge = client.v1.charges.retrieve(str(pay().latest_charge))
    receipt = httpx.get(str(charge.receipt_url))
    assert receipt.is_success
    assert "23.00 SGD" in receipt.text
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.retrieve("pi_unknown")
    log = httpx.get(str(refused.value.json_body["error"]["request_log_url"]))  # type: ignore[index, call-overload]
    assert log.is_success
    assert "/v1/payment_intents/pi_unknown" in log.text


@pytest.mark.parametrize("kind", ["payments", "events", "requests", "receipts"])
def test_an_unknown_id_says_so(url: str, kind: str) -> None:
    """404 with the id and what may have happened to it."""
    answer = httpx.get(f"{url}/dashboard/{kind}/x_unknown")
    assert answer.status_code == 404
    assert "x_unknown" in answer.text


def test_bodies_unfold_where_they_happened(page: Page, url: str, pay: Pay) -> None:
    """What was asked and answered, and what each event carried, stay open while the page follows."""
    intent = pay(metadata={"order_id": "ord_5"})
    page.goto(f"{url}/dashboard/payments/{intent.id}")
    asked = page.locator(".timeline .request details")
    asked.locator("summary").click()
    expect(asked).to_contain_text("metadata[order_id] = ord_5")
    expect(asked).to_contain_text(f'"id": "{intent.id}"')
    told = page.locator(".timeline .event", has_text="payment_intent.succeeded").locator("details")
    told.locator("summary").click()
    expect(told).to_contain_text('"type": "payment_intent.succeeded"')
    pay(description="News")
    httpx.post(f"{url}/dashboard/payments/{intent.id}", data={"form": "refund", "amount": "1"})
    expect(page.locator(".timeline")).to_contain_text("Money went back to the customer")
    expect(told.locator("pre")).to_be_visible()
