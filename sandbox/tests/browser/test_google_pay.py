"""Google Pay beside the card, and confirmation tokens of the form."""

from pathlib import Path
from typing import Any

import pytest
import stripe
from playwright.sync_api import FrameLocator, Page, expect
from sandbox_pages import fill, start

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
AXE_RUN = "axe.run({resultTypes: ['violations']})"


def choose_google_pay(page: Page, form: FrameLocator) -> None:
    start(page, methods=None, elements={"allowedPaymentMethodTypes": ["card"]})
    form.locator("#google_pay-tab").click()


def sheet(page: Page) -> FrameLocator:
    return page.frame_locator('[role="dialog"][aria-label="Google Pay"] iframe')


def test_pays_with_a_card_of_the_wallet(page: Page, form: FrameLocator, client: stripe.StripeClient) -> None:
    """Submitting opens the sheet, which says what is paid; its card pays the intent."""
    choose_google_pay(page, form)
    page.locator("#pay").click()
    expect(sheet(page).get_by_text("Pay SGD\u00a023.00 to Sandbox shop")).to_be_visible()
    sheet(page).get_by_label("Mastercard").check()
    sheet(page).get_by_role("button", name="Pay").click()
    intent = page.evaluate("shop.ended()")["paymentIntent"]
    paid = client.v1.payment_intents.retrieve(intent["id"], {"expand": ["payment_method", "latest_charge"]})
    assert (paid.status, paid.payment_method.card.brand) == ("succeeded", "mastercard")
    assert paid.payment_method.card.wallet.type == "google_pay"
    assert paid.latest_charge.payment_method_details.card.wallet.type == "google_pay"


def test_pays_an_existing_intent_with_the_wallet(
    page: Page, form: FrameLocator, client: stripe.StripeClient
) -> None:
    """Without elements.submit(), confirmPayment opens the sheet."""
    secret = client.v1.payment_intents.create({"amount": 500, "currency": "eur"}).client_secret
    page.evaluate("(secret) => { shop.clientSecret = secret; shop.deferred = false; }", secret)
    start(page, methods=None)
    form.locator("#google_pay-tab").click()
    page.evaluate(
        """() => { shop.ending = shop.stripe.confirmPayment({
            elements: shop.elements, confirmParams: shop.params, redirect: 'if_required'}); }"""
    )
    expect(sheet(page).get_by_text("EUR\u00a05.00")).to_be_visible()
    sheet(page).get_by_role("button", name="Pay").click()
    assert page.evaluate("shop.ended()")["paymentIntent"]["status"] == "succeeded"


def test_closed_sheet_charges_nothing(page: Page, form: FrameLocator) -> None:
    """Closing the sheet is an error of elements.submit(), before any intent is made."""
    choose_google_pay(page, form)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url) if "/intents" in request.url else None)
    page.locator("#pay").click()
    sheet(page).get_by_role("button", name="Close").click()
    error = page.evaluate("shop.ended()")["error"]
    assert (error["type"], requests) == ("validation_error", [])
    expect(page.locator("#pay")).to_be_focused()


def test_declined_wallet_card_then_another(page: Page, form: FrameLocator) -> None:
    """A declined card of the wallet is an error; the next press opens the sheet again."""
    choose_google_pay(page, form)
    page.locator("#pay").click()
    sheet(page).get_by_label("Is declined").check()
    sheet(page).get_by_role("button", name="Pay").click()
    assert page.evaluate("shop.ended()")["error"]["code"] == "card_declined"
    page.locator("#pay").click()
    sheet(page).get_by_role("button", name="Pay").click()
    assert page.evaluate("shop.ended()")["paymentIntent"]["status"] == "succeeded"


@pytest.mark.parametrize("dark", [False, True])
def test_no_barriers_in_the_sheet(page: Page, form: FrameLocator, *, dark: bool) -> None:
    """axe finds nothing wrong with the sheet, in light and dark."""
    if dark:
        page.evaluate("document.body.classList.add('dark')")
    choose_google_pay(page, form)
    page.locator("#pay").click()
    expect(sheet(page).get_by_label("Visa").first).to_be_focused()
    frame = page.frames[-1]
    frame.evaluate(AXE.read_text())
    found: Any = frame.evaluate(AXE_RUN)["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


@pytest.mark.parametrize("wallet", [False, True])
def test_token_for_the_server(
    page: Page, form: FrameLocator, client: stripe.StripeClient, *, wallet: bool
) -> None:
    """createConfirmationToken hands everything to the server, which confirms with it."""
    if wallet:
        choose_google_pay(page, form)
    else:
        start(page)
        fill(form, "5555 5555 5555 4444")
    page.evaluate(
        """() => { shop.ending = shop.elements.submit().then(() => shop.stripe.createConfirmationToken({
            elements: shop.elements, params: {shipping: {name: 'Ada Lim', address: {line1: '1 Victoria St',
            country: 'SG'}}, return_url: 'https://shop.example/done'}})); }"""
    )
    if wallet:
        sheet(page).get_by_role("button", name="Pay").click()
    made = page.evaluate("shop.ended()")
    token = made["confirmationToken"]
    assert token["object"] == "confirmation_token"
    assert token["payment_method_preview"]["card"]["brand"] == ("visa" if wallet else "mastercard")
    paid = client.v1.payment_intents.create(
        {"amount": 2300, "currency": "sgd", "confirm": True, "confirmation_token": token["id"]}
    )
    assert (paid.status, paid.shipping.name) == ("succeeded", "Ada Lim")


def test_token_needs_a_checked_form(page: Page, form: FrameLocator) -> None:
    """Without elements.submit() the page is told of its mistake."""
    start(page)
    fill(form)
    thrown = page.evaluate(
        "shop.stripe.createConfirmationToken({elements: shop.elements}).catch((mistake) => mistake.name)"
    )
    assert thrown == "IntegrationError"
