"""The Express Checkout Element: wallets' buttons that pay without a form."""

from pathlib import Path
from typing import Any

import pytest
import stripe
from playwright.sync_api import FrameLocator, Page, expect

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
AXE_RUN = """axe.run({resultTypes: ['violations'], rules: Object.fromEntries(
    ['landmark-one-main', 'page-has-heading-one', 'region'].map((rule) => [rule, {enabled: false}]))})"""
START = """(options) => new Promise((resolve) => {
    shop.stripe = Stripe('pk_test_shop');
    shop.elements = shop.stripe.elements({mode: 'payment', amount: 2300, currency: 'sgd'});
    shop.express = shop.elements.create('expressCheckout', options);
    shop.ended = () => new Promise((settle) => { shop.settle = settle; });
    shop.waiting = shop.ended();
    shop.heard = [];
    for (const name of ['click', 'confirm', 'cancel', 'shippingaddresschange'])
        shop.express.on(name, (event) => shop.heard.push([name, JSON.parse(JSON.stringify(event))]));
    shop.express.on('cancel', () => shop.settle('canceled'));
    shop.express.on('click', (event) => event.resolve(shop.details));
    shop.express.on('shippingaddresschange', (event) => shop.refuses ? event.reject() : event.resolve());
    shop.express.on('confirm', async () => {
        const {error} = await shop.elements.submit();
        if (error) return shop.settle({error});
        const clientSecret = await shop.createIntent(shop.intent);
        shop.settle(await shop.stripe.confirmPayment({elements: shop.elements, clientSecret,
            confirmParams: shop.params, redirect: 'if_required'}));
    });
    shop.express.on('ready', resolve).mount('#payment-element');
})"""


def button(page: Page) -> FrameLocator:
    return page.frame_locator('iframe[title="Secure express checkout frame"]')


def sheet(page: Page) -> FrameLocator:
    return page.frame_locator('[role="dialog"][aria-label="Google Pay"] iframe')


def press(page: Page) -> None:
    button(page).get_by_role("button", name="Pay with Google Pay").click()


def test_pays_with_one_button(page: Page, client: stripe.StripeClient) -> None:
    """click, sheet, confirm: the page submits and confirms as with a form."""
    ready = page.evaluate(START, {"emailRequired": True})
    assert ready["availablePaymentMethods"]["googlePay"] is True
    assert ready["availablePaymentMethods"]["applePay"] is False
    press(page)
    sheet(page).get_by_label("Mastercard").check()
    sheet(page).get_by_role("button", name="Pay").click()
    intent = page.evaluate("shop.waiting")["paymentIntent"]
    paid = client.v1.payment_intents.retrieve(intent["id"], {"expand": ["payment_method"]})
    assert (paid.status, paid.payment_method.card.wallet.type) == ("succeeded", "google_pay")
    heard: Any = page.evaluate("shop.heard")
    assert [name for name, _ in heard] == ["click", "confirm"]
    confirmed = heard[1][1]
    assert confirmed["expressPaymentType"] == "google_pay"
    assert confirmed["billingDetails"]["email"] == "google.pay@example.com"


def test_pays_with_link(page: Page, client: stripe.StripeClient) -> None:
    """Link asks for an e-mail and a code: six digits are right, but those that Stripe's tests refuse."""
    page.evaluate(START, {})
    button(page).get_by_role("button", name="Pay with Link").click()
    link = page.frame_locator('[role="dialog"][aria-label="Link"] iframe')
    link.get_by_label("Email").fill("ada@example.com")
    for code, message in (
        ("12", "six digits"),
        ("000001", "not right"),
        ("000002", "expired"),
        ("000003", "Too many"),
    ):
        link.get_by_label("Six-digit code").fill(code)
        link.get_by_role("button", name="Pay").click()
        expect(link.get_by_role("alert")).to_contain_text(message)
    link.get_by_label("Six-digit code").fill("123 456")
    link.get_by_role("button", name="Pay").click()
    intent = page.evaluate("shop.waiting")["paymentIntent"]
    paid = client.v1.payment_intents.retrieve(intent["id"], {"expand": ["payment_method"]})
    assert (paid.status, paid.payment_method.type) == ("succeeded", "link")
    assert paid.payment_method.link.email == "ada@example.com"
    assert page.evaluate("shop.heard.at(-1)[1].expressPaymentType") == "link"


def test_ships_where_the_wallet_says(page: Page) -> None:
    """The page hears where to ship to, and of the rate that was taken."""
    rate = {"id": "post", "amount": 0, "displayName": "Post"}
    options = {"shippingAddressRequired": True, "allowedShippingCountries": ["MY"], "shippingRates": [rate]}
    page.evaluate("(details) => { shop.details = details; }", options)
    page.evaluate(START, {})
    press(page)
    sheet(page).get_by_role("button", name="Pay").click()
    assert page.evaluate("shop.waiting")["paymentIntent"]["status"] == "succeeded"
    heard: Any = page.evaluate("shop.heard")
    assert [name for name, _ in heard] == ["click", "shippingaddresschange", "confirm"]
    assert set(heard[1][1]["address"]) == {"city", "state", "postal_code", "country"}
    assert (heard[2][1]["shippingAddress"]["address"]["country"], heard[2][1]["shippingRate"]) == ("MY", rate)


def test_page_that_does_not_ship_there(page: Page) -> None:
    """A rejected address ends the wallet's payment."""
    page.evaluate("shop.refuses = true")
    page.evaluate(START, {"shippingAddressRequired": True, "shippingRates": []})
    press(page)
    sheet(page).get_by_role("button", name="Pay").click()
    assert page.evaluate("shop.waiting") == "canceled"


def test_closed_sheet_is_cancel(page: Page) -> None:
    """Closing the sheet is told by `cancel`."""
    page.evaluate(START, {})
    press(page)
    sheet(page).get_by_role("button", name="Close").click()
    assert page.evaluate("shop.waiting") == "canceled"


def test_closed_sheet_is_named(page: Page) -> None:
    """A page that confirms all the same is told which wallet was closed."""
    page.evaluate(START, {})
    button(page).get_by_role("button", name="Pay with Link").click()
    page.frame_locator('[role="dialog"][aria-label="Link"] iframe').get_by_role(
        "button", name="Close"
    ).click()
    assert page.evaluate("shop.waiting") == "canceled"
    refused = page.evaluate("""async () => {
        const clientSecret = await shop.createIntent(shop.intent);
        await shop.elements.submit();
        const confirmParams = {return_url: location.href};
        return shop.stripe.confirmPayment({elements: shop.elements, clientSecret, confirmParams,
            redirect: 'if_required'});
    }""")
    assert refused["error"]["message"] == "Link was closed before the payment was confirmed."


def test_no_wallet_no_button(page: Page) -> None:
    """A page that refuses the wallet gets no button, and is told so."""
    ready = page.evaluate(START, {"paymentMethods": {"googlePay": "never", "link": "never"}})
    assert ready.get("availablePaymentMethods") is None
    expect(button(page).get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize("theme", ["black", "white"])
def test_no_barriers_in_the_buttons(page: Page, theme: str) -> None:
    """axe finds nothing wrong with the button, which the keyboard reaches."""
    page.evaluate(START, {"buttonTheme": {"googlePay": theme}, "buttonHeight": 50})
    page.locator("#before").focus()
    page.keyboard.press("Tab")
    pay = button(page).get_by_role("button", name="Pay with Google Pay")
    expect(pay).to_be_focused()
    expect(pay).to_have_css("height", "50px")
    frame = page.frames[-1]
    frame.evaluate(AXE.read_text())
    found = frame.evaluate(AXE_RUN)["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


@pytest.mark.parametrize("dark", [False, True])
def test_no_barriers_in_the_window_of_link(page: Page, *, dark: bool) -> None:
    """axe finds nothing wrong with Link's window, with a fault shown, in light and dark."""
    if dark:
        page.evaluate("document.body.classList.add('dark')")
    page.evaluate(START, {})
    button(page).get_by_role("button", name="Pay with Link").click()
    shown = page.locator('[role="dialog"] iframe')
    link = shown.content_frame
    expect(link.get_by_label("Email")).to_be_focused()
    link.get_by_role("button", name="Pay").click()
    expect(link.get_by_role("alert")).not_to_be_empty()
    frame = shown.element_handle().content_frame()
    assert frame
    frame.evaluate(AXE.read_text())
    found = frame.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
