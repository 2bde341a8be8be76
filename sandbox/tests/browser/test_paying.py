"""Paying with the card form, against the real sandbox and a shop that only knows Stripe."""

import re
from typing import Any

import stripe
from playwright.sync_api import FrameLocator, Page, expect
from sandbox_pages import fill, press_pay, start


def test_pays_without_an_intent_at_first(page: Page, form: FrameLocator, client: stripe.StripeClient) -> None:
    """In the deferred flow the intent is created after the form was checked, and the card pays it."""
    start(page)
    fill(form)
    intent = press_pay(page)["paymentIntent"]
    assert intent["status"] == "succeeded"
    paid = client.v1.payment_intents.retrieve(intent["id"], {"expand": ["payment_method"]})
    assert (paid.amount_received, paid.currency, paid.payment_method.card.last4) == (2300, "sgd", "4242")
    assert paid.payment_method.billing_details.address.country == "SG"


def test_pays_an_intent_that_exists(page: Page, form: FrameLocator, client: stripe.StripeClient) -> None:
    """In the older flow the page begins with a client secret and passes no other."""
    intent_first(page, client)
    start(page)
    fill(form, "5555555555554444")
    assert press_pay(page)["paymentIntent"]["status"] == "succeeded"


def test_pays_although_the_secret_is_given_twice(
    page: Page, form: FrameLocator, client: stripe.StripeClient
) -> None:
    """Passing the group's own secret to confirmPayment again is allowed."""
    intent_first(page, client)
    page.evaluate("shop.deferred = true")
    start(page)
    fill(form)
    assert press_pay(page)["paymentIntent"]["status"] == "succeeded"


def test_leaves_for_the_return_url(page: Page, form: FrameLocator, shop_url: str) -> None:
    """By default a success leads to return_url, whose own parameters and fragment stay."""
    page.evaluate("shop.redirect = 'always'")
    start(page)
    fill(form)
    page.locator("#pay").click()
    page.wait_for_url("**/done?**")
    assert re.fullmatch(
        rf"{shop_url}/done\?order=7&payment_intent=pi_\w+&payment_intent_client_secret=pi_\w+_secret_\w+"
        r"&redirect_status=succeeded#receipt",
        page.url,
    )


def test_retrieves_on_the_page_of_return(page: Page, client: stripe.StripeClient) -> None:
    """The page of return asks what became of the payment, with the publishable key."""
    secret = client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"}).client_secret
    found = page.evaluate("(secret) => Stripe('pk_test_shop').retrievePaymentIntent(secret)", secret)
    assert found["paymentIntent"]["status"] == "requires_payment_method"
    assert "metadata" not in found["paymentIntent"]
    wrong = page.evaluate("Stripe('pk_test_shop').retrievePaymentIntent('pi_no_secret_no')")
    assert (wrong["error"]["type"], wrong["error"]["code"]) == ("invalid_request_error", "resource_missing")


def test_declined_then_paid_with_another_card(page: Page, form: FrameLocator) -> None:
    """A decline is a value, shown beside the field it concerns, and the same intent can be tried again."""
    start(page)
    intents = set()
    for number, code, decline_code, field in (
        ("4000000000000002", "card_declined", "generic_decline", "number"),
        ("4000000000009995", "card_declined", "insufficient_funds", "number"),
        ("4000000000000069", "expired_card", None, "expiry"),
        ("4000000000000127", "incorrect_cvc", None, "cvc"),
    ):
        fill(form, number)
        error = press_pay(page)["error"]
        assert (error["type"], error["code"], error.get("decline_code")) == ("card_error", code, decline_code)
        assert error["payment_intent"]["status"] == "requires_payment_method"
        expect(form.locator(f"#Field-{field}Error")).to_have_text(error["message"])
        intents.add(error["payment_intent"]["id"])
    fill(form)
    expect(form.locator("#Field-numberError")).to_be_empty()
    intent = press_pay(page)["paymentIntent"]
    assert (intent["status"], {intent["id"]}) == ("succeeded", intents)


def test_amount_must_be_the_one_shown(page: Page, form: FrameLocator, client: stripe.StripeClient) -> None:
    """An intent that differs from what elements() was told is refused, and nothing is charged."""
    start(page)
    fill(form)
    secret = client.v1.payment_intents.create({"amount": 9900, "currency": "sgd"}).client_secret
    page.evaluate("(secret) => { shop.clientSecret = secret; }", secret)
    error = press_pay(page)["error"]
    assert error["type"] == "invalid_request_error"
    left = client.v1.payment_intents.retrieve(secret.partition("_secret_")[0])
    assert left.status == "requires_payment_method"


def test_needs_no_return_url_when_nothing_redirects(page: Page, form: FrameLocator) -> None:
    """With redirect: 'if_required' a card pays without a return_url, as many pages do it."""
    page.evaluate("delete shop.params.return_url")
    start(page)
    fill(form)
    result = press_pay(page)
    assert "paymentIntent" in result, result
    assert result["paymentIntent"]["status"] == "succeeded"


def test_script_of_an_older_integration(page: Page, form: FrameLocator) -> None:
    """An apiVersion that the page names does not get in the way."""
    start(page, stripe={"apiVersion": "2020-08-27", "locale": "en"})
    fill(form)
    assert press_pay(page)["paymentIntent"]["status"] == "succeeded"


def test_updated_amount_is_the_one_compared(page: Page, form: FrameLocator) -> None:
    """After elements.update() the new amount is expected."""
    start(page)
    fill(form)
    page.evaluate("shop.elements.update({amount: 9900})")
    page.evaluate("shop.intent.amount = 9900")
    assert press_pay(page)["paymentIntent"]["amount"] == 9900


def test_manual_capture_resolves(page: Page, form: FrameLocator) -> None:
    """A card that is only authorised resolves with requires_capture."""
    page.evaluate("shop.intent.capture_method = 'manual'")
    start(page, elements={"captureMethod": "manual"})
    fill(form)
    assert press_pay(page)["paymentIntent"]["status"] == "requires_capture"


def test_page_adds_what_it_knows(page: Page, form: FrameLocator, client: stripe.StripeClient) -> None:
    """Billing details of the page are merged with those of the form; shipping and receipt go along."""
    page.evaluate(
        """Object.assign(shop.params, {
            receipt_email: 'ada@example.com',
            shipping: {name: 'Ada', address: {line1: '1 Victoria St', country: 'SG', postal_code: '189554'}},
            payment_method_data: {billing_details: {name: 'Ada Lim', email: 'ada@example.com'}},
        })"""
    )
    start(page)
    fill(form)
    found = press_pay(page)["paymentIntent"]
    paid = client.v1.payment_intents.retrieve(found["id"], {"expand": ["payment_method"]})
    assert (paid.receipt_email, paid.shipping.address.postal_code) == ("ada@example.com", "189554")
    assert paid.payment_method.billing_details.name == "Ada Lim"
    assert paid.payment_method.billing_details.address.country == "SG"


def test_saved_method_pays_without_a_form(page: Page, client: stripe.StripeClient) -> None:
    """confirmPayment works with a client secret and a PaymentMethod's id alone."""
    secret = client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"}).client_secret
    result = page.evaluate(
        """(clientSecret) => Stripe('pk_test_shop').confirmPayment({
            clientSecret, redirect: 'if_required',
            confirmParams: {payment_method: 'pm_card_visa', return_url: 'https://example.com/'},
        })""",
        secret,
    )
    assert result["paymentIntent"]["status"] == "succeeded"


def test_makes_a_payment_method_for_the_server(
    page: Page, form: FrameLocator, client: stripe.StripeClient
) -> None:
    """createPaymentMethod hands the card to the server as an id."""
    start(page, elements={"paymentMethodCreation": "manual"})
    fill(form, "378282246310005", cvc="1234")
    made = page.evaluate(
        """async () => {
            await shop.elements.submit();
            return shop.stripe.createPaymentMethod({elements: shop.elements,
                params: {billing_details: {name: 'Ada Lim'}}});
        }"""
    )["paymentMethod"]
    method = client.v1.payment_methods.retrieve(made["id"])
    assert (method.card.brand, method.card.last4, method.billing_details.name) == ("amex", "0005", "Ada Lim")


def test_network_failure_is_an_error_to_try_again(page: Page, form: FrameLocator) -> None:
    """When the confirmation cannot be sent, the promise resolves with api_connection_error."""
    start(page)
    fill(form)
    page.route("**/confirm", lambda route: route.abort())
    assert press_pay(page)["error"]["type"] == "api_connection_error"
    page.unroute("**/confirm")
    assert press_pay(page)["paymentIntent"]["status"] == "succeeded"


def test_page_never_holds_the_card(page: Page, form: FrameLocator) -> None:
    """No message that reaches the page's window contains what was typed."""
    page.evaluate("addEventListener('message', ({data}) => (window.heard ??= []).push(JSON.stringify(data)))")
    start(page)
    fill(form)
    assert press_pay(page)["paymentIntent"]["status"] == "succeeded"
    heard: Any = page.evaluate("window.heard.join()")
    assert "change" in heard
    assert not re.search(r"4242 ?4242|12 / 34", heard)


def intent_first(page: Page, client: stripe.StripeClient) -> None:
    secret = client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"}).client_secret
    page.evaluate("(secret) => { shop.clientSecret = secret; shop.deferred = false; }", secret)
