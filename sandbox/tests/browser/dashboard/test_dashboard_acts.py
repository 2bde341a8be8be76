"""What can be done to a payment by hand, with and without JavaScript, and what other sites cannot do."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import stripe
from playwright.sync_api import Page, expect
from starlette.routing import Route

from method_calls import begun
from stripe_sandbox import dashboard
from stripe_sandbox.sandbox import Sandbox
from webhook_receiver import Receiver

Pay = Callable[..., stripe.PaymentIntent]
Look = Callable[..., Page]


@pytest.fixture(params=[True, False], ids=["with-script", "without-script"])
def anyone(request: pytest.FixtureRequest, look: Look) -> Page:
    """A page with JavaScript, and one without."""
    return look(java_script_enabled=request.param)


def unfold(page: Page, word: str) -> None:
    page.locator("details.act summary", has_text=word).click()


def test_refunds_a_part(
    *, anyone: Page, url: str, pay: Pay, client: stripe.StripeClient, receiver: Receiver, endpoint: Any
) -> None:
    """Amount and reason as typed; the shop hears of it; the timeline says that it was done by hand."""
    assert endpoint.id
    intent = pay()
    anyone.goto(f"{url}/dashboard/payments/{intent.id}")
    unfold(anyone, "Refund")
    expect(anyone.get_by_label("Amount in SGD")).to_have_value("23.00")
    anyone.get_by_label("Amount in SGD").fill("4.50")
    anyone.get_by_label("Reason").first.select_option("duplicate")
    anyone.get_by_role("button", name="Refund").click()
    expect(anyone.locator(".done")).to_have_text("The refund is made.")
    expect(anyone.get_by_role("heading", level=1)).to_contain_text("Partly refunded")
    expect(anyone.locator(".timeline")).to_contain_text("Somebody asked by hand")
    made = client.v1.refunds.list({"payment_intent": intent.id}).data
    assert [(refund.amount, refund.reason) for refund in made] == [(450, "duplicate")]
    assert receiver.wait_for_type("refund.created").event["data"]["object"]["id"] == made[0].id


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("99", "Refund amount (99.00) is greater than unrefunded amount on charge (23.00)"),
        ("much", "“much” is no amount. Write it like 12.50."),
        ("1.234", "SGD has 2 decimals."),
        ("-1", "more than 0"),
        ("Infinity", "more than 0"),
    ],
)
def test_a_refused_refund_says_why(
    *, anyone: Page, url: str, pay: Pay, client: stripe.StripeClient, typed: str, said: str
) -> None:
    """In words beside the form, which keeps what was typed; following the page does not take it away."""
    intent = pay()
    anyone.goto(f"{url}/dashboard/payments/{intent.id}")
    unfold(anyone, "Refund")
    anyone.get_by_label("Amount in SGD").fill(typed)
    anyone.get_by_role("button", name="Refund").click()
    expect(anyone.get_by_role("alert")).to_contain_text(said)
    client.v1.payment_intents.update(intent.id, {"description": "Changed meanwhile"})
    expect(anyone.get_by_label("Amount in SGD")).to_have_value(typed)
    assert client.v1.refunds.list().data == []


@pytest.mark.parametrize(("answer", "status"), [("wins", "won"), ("loses", "lost"), (None, "lost")])
def test_opens_and_decides_a_dispute(
    page: Page, url: str, pay: Pay, client: stripe.StripeClient, *, answer: str | None, status: str
) -> None:
    """A reason, then evidence that wins or loses, or accepting it."""
    intent = pay()
    page.goto(f"{url}/dashboard/payments/{intent.id}")
    unfold(page, "Dispute")
    page.get_by_label("Reason").last.select_option("product_not_received")
    page.get_by_role("button", name="Open a dispute").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Disputed")
    if answer:
        page.get_by_label("Answer").select_option(label=f"Hand in evidence that {answer}")
        page.get_by_role("button", name="Hand in").click()
    else:
        page.get_by_role("button", name="Accept the dispute").click()
    expect(page.locator(".timeline")).to_contain_text("The dispute is decided")
    dispute = client.v1.disputes.list({"payment_intent": intent.id}).data[0]
    assert (dispute.reason, dispute.status) == ("product_not_received", status)


def test_a_disputed_payment_is_not_refunded(page: Page, url: str, pay: Pay) -> None:
    """The bank has the money already; Stripe's code stands beside the sentence."""
    intent = pay()
    sent = {"form": "dispute", "reason": "general"}
    assert httpx.post(f"{url}/dashboard/payments/{intent.id}", data=sent).status_code == 303
    page.goto(f"{url}/dashboard/payments/{intent.id}")
    unfold(page, "Refund")
    with page.expect_response(lambda answer: answer.status == 400):
        page.get_by_role("button", name="Refund").click()
    expect(page.get_by_role("alert")).to_contain_text("charge_disputed")


@pytest.mark.parametrize(
    ("kind", "currency", "button", "state"),
    [
        ("grabpay", "sgd", "Authorize Test Payment", "Succeeded"),
        ("alipay", "sgd", "Fail Test Payment", "Failed"),
        ("paynow", "sgd", "Expire Test Payment", "Failed"),
        ("wechat_pay", "sgd", "Authorize Test Payment", "Succeeded"),
    ],
)
def test_answers_in_the_customers_place(
    anyone: Page, url: str, client: stripe.StripeClient, *, kind: str, currency: str, button: str, state: str
) -> None:
    """A redirect or a QR code is decided on the payment's page as on the wallet's own."""
    intent = begun(client, kind, currency)
    anyone.goto(f"{url}/dashboard/payments/{intent.id}")
    anyone.get_by_role("button", name=button, exact=True).click()
    expect(anyone.get_by_role("heading", level=1)).to_contain_text(state)
    expect(anyone.locator(".done")).to_have_text("The answer is passed on.")


@pytest.mark.parametrize(("button", "state"), [("Complete", "Succeeded"), ("Fail", "Failed")])
def test_answers_in_the_banks_place(page: Page, url: str, pay: Pay, *, button: str, state: str) -> None:
    """3-D Secure as well."""
    intent = pay(payment_method="pm_card_authenticationRequired")
    page.goto(f"{url}/dashboard/payments/{intent.id}")
    page.get_by_role("button", name=f"{button} authentication").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(state)


def test_captures_a_part(page: Page, url: str, pay: Pay, client: stripe.StripeClient) -> None:
    """What was held is taken in part; the rest is let go."""
    intent = pay(capture_method="manual")
    page.goto(f"{url}/dashboard/payments/{intent.id}")
    unfold(page, "Capture")
    page.get_by_label("Amount in SGD").fill("20")
    page.get_by_role("button", name="Capture").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Succeeded")
    assert client.v1.payment_intents.retrieve(intent.id).amount_received == 2000


def test_cancels_with_a_reason(page: Page, url: str, client: stripe.StripeClient) -> None:
    """An intent that nobody paid ends, and says why."""
    intent = client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"})
    page.goto(f"{url}/dashboard/payments/{intent.id}")
    unfold(page, "Cancel")
    page.get_by_label("Reason").select_option("abandoned")
    page.get_by_role("button", name="Cancel the payment").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Canceled")
    assert client.v1.payment_intents.retrieve(intent.id).cancellation_reason == "abandoned"


def test_news_do_not_disturb_whoever_fills_a_form(
    page: Page, url: str, pay: Pay, client: stripe.StripeClient
) -> None:
    """The rest of the page follows on while an amount is being typed."""
    intent = pay()
    page.goto(f"{url}/dashboard/payments/{intent.id}")
    unfold(page, "Refund")
    page.get_by_label("Amount in SGD").fill("1.5")
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 100})
    expect(page.locator(".timeline")).to_contain_text("Money went back to the customer")
    expect(page.get_by_label("Amount in SGD")).to_have_value("1.5")


def test_every_form_is_shut_to_other_sites(url: str, pay: Pay) -> None:
    """Whatever the dashboard lets a person post, a page elsewhere cannot post in that person's browser."""
    intent = pay()
    routes = [route for route in dashboard.routes(Sandbox(url)) if isinstance(route, Route)]
    doors = [route.path for route in routes if "POST" in (route.methods or ())]
    assert "/dashboard/payments/{id}" in doors
    for path in doors:
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.test"}):
            address = url + path.replace("{id}", intent.id)
            answer = httpx.post(address, data={"form": "refund"}, headers=headers)
            assert answer.status_code == 403, path
    assert httpx.get(f"{url}/dashboard/payments/{intent.id}").text.count("Partly refunded") == 0


def test_a_refund_by_hand_is_in_the_log_as_the_call_it_was(page: Page, url: str, pay: Pay) -> None:
    """Whoever wants to do it by program reads there how."""
    intent = pay()
    sent = {"form": "refund", "amount": "1"}
    assert httpx.post(f"{url}/dashboard/payments/{intent.id}", data=sent).status_code == 303
    page.goto(f"{url}/dashboard/logs?only=changes")
    expect(page.locator("[data-row]").first).to_contain_text("by hand")
    page.locator("[data-row] a").first.click()
    expect(page.locator(".parameters")).to_contain_text("amount")
    expect(page.locator(".json")).to_contain_text('"object": "refund"')
