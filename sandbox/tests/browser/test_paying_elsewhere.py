"""Paying by redirect, by scanned code and by bank debit, against the sandbox's test payment pages."""

import re
from typing import Any

import pytest
import stripe
from playwright.sync_api import FrameLocator, Page, expect
from sandbox_pages import start

REDIRECTS = {"grabpay": "sgd", "alipay": "sgd", "eps": "eur", "ideal": "eur", "p24": "eur"}
CODES = [("paynow", "PayNow"), ("wechat_pay", "WeChat Pay")]


def choose(page: Page, form: FrameLocator, method: str, currency: str = "sgd") -> None:
    page.evaluate("(currency) => { shop.intent.currency = currency; }", currency)
    start(page, methods=None, element={"paymentMethodOrder": [method]})
    form.locator(f"#{method}-tab").click()
    for label, text in (("Full name", "Ada Lim"), ("Email", "ada@example.com")):
        if form.get_by_label(label).is_visible():
            form.get_by_label(label).fill(text)


def window(page: Page, title: str) -> FrameLocator:
    """The window above the shop's page."""
    return page.frame_locator(f'[role="dialog"][aria-label="{title}"] iframe')


def scan(page: Page, title: str, answer: str) -> None:
    """Do on a second screen what a telephone would do after scanning the code."""
    with page.expect_popup() as opened:
        window(page, title).get_by_role("link", name="open the test page").click()
    opened.value.get_by_role("button", name=f"{answer} Test Payment", exact=True).click()
    # Chromium may never answer a request to close a page that is on its way to the next one.
    expect(opened.value.get_by_text("You can close this page.")).to_be_visible()
    opened.value.close()


@pytest.mark.parametrize("method", REDIRECTS)
@pytest.mark.parametrize("redirect", ["always", "if_required"])
def test_goes_to_the_provider_and_comes_back(
    page: Page, form: FrameLocator, client: stripe.StripeClient, method: str, redirect: str
) -> None:
    """The page is left for the provider's and the customer returns with the outcome in the address."""
    page.evaluate("(redirect) => { shop.redirect = redirect; }", redirect)
    choose(page, form, method, REDIRECTS[method])
    page.locator("#pay").click()
    page.get_by_role("button", name="Authorize Test Payment", exact=True).click()
    page.wait_for_url("**/done?**")
    found = re.search(
        r"order=7&payment_intent=(pi_\w+)&payment_intent_client_secret=\w+&redirect_status=(\w+)#r", page.url
    )
    assert found, page.url
    assert found[2] == "succeeded"
    paid = client.v1.payment_intents.retrieve(found[1], {"expand": ["payment_method"]})
    assert (paid.status, paid.payment_method.type) == ("succeeded", method)


def test_refused_at_the_provider(page: Page, form: FrameLocator, client: stripe.StripeClient) -> None:
    """A refusal comes back as `failed`, and the intent waits for another method."""
    choose(page, form, "grabpay")
    page.locator("#pay").click()
    page.get_by_role("button", name="Fail Test Payment").click()
    page.wait_for_url("**/done?**redirect_status=failed**")
    found = re.search(r"payment_intent=(pi_\w+)", page.url)
    assert found
    assert client.v1.payment_intents.retrieve(found[1]).status == "requires_payment_method"


@pytest.mark.parametrize(("method", "title"), CODES)
def test_scanned_code_is_paid(page: Page, form: FrameLocator, method: str, title: str) -> None:
    """The code stands above the page until it is paid; then the window closes by itself."""
    choose(page, form, method)
    page.locator("#pay").click()
    code = window(page, title).get_by_role("img")
    expect(code).to_be_visible()
    assert code.evaluate("(image) => image.decode().then(() => image.naturalWidth > 50)")
    expect(window(page, title).get_by_role("link")).to_be_focused()
    if method == "paynow":
        expect(window(page, title).get_by_text(re.compile(r"expires in (60:00|59:\d\d)"))).to_be_visible()
    scan(page, title, "Authorize")
    intent = page.evaluate("shop.ended()")["paymentIntent"]
    assert intent["status"] == "succeeded"
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#pay")).to_be_focused()


@pytest.mark.parametrize(("method", "title"), CODES)
def test_scanned_code_is_refused(page: Page, form: FrameLocator, method: str, title: str) -> None:
    """A refusal closes the window and is the promise's error."""
    choose(page, form, method)
    page.locator("#pay").click()
    scan(page, title, "Fail")
    error = page.evaluate("shop.ended()")["error"]
    assert error["payment_intent"]["status"] == "requires_payment_method"
    assert error["message"]


@pytest.mark.parametrize("redirect", ["always", "if_required"])
def test_closed_code(page: Page, form: FrameLocator, redirect: str) -> None:
    """A closed window leaves the intent waiting; the page hears of it and stays."""
    page.evaluate("(redirect) => { shop.redirect = redirect; }", redirect)
    choose(page, form, "paynow")
    page.locator("#pay").click()
    window(page, "PayNow").get_by_role("link").press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    ended = page.evaluate("shop.ended()")
    left = ended["error"] if redirect == "always" else ended
    intent = left["payment_intent"] if redirect == "always" else left["paymentIntent"]
    assert intent["status"] == "requires_action"
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_bank_debit_is_on_its_way(page: Page, form: FrameLocator) -> None:
    """A SEPA debit resolves with `processing`."""
    choose(page, form, "sepa_debit", "eur")
    form.get_by_label("IBAN").fill("DE89370400440532013000")
    page.locator("#pay").click()
    ended = page.evaluate("shop.ended()")
    assert ended["paymentIntent"]["status"] == "processing", ended


@pytest.mark.parametrize(
    ("call", "action"),
    [
        ("confirmGrabPayPayment", "redirect_to_url"),
        ("confirmAlipayPayment", "alipay_handle_redirect"),
        ("confirmPayNowPayment", "paynow_display_qr_code"),
        ("confirmWechatPayPayment", "wechat_pay_display_qr_code"),
        ("confirmEpsPayment", "redirect_to_url"),
        ("confirmIdealPayment", "redirect_to_url"),
        ("confirmBancontactPayment", "redirect_to_url"),
        ("confirmP24Payment", "redirect_to_url"),
    ],
)
def test_calls_of_one_method(page: Page, client: stripe.StripeClient, call: str, action: str) -> None:
    """Each method's own call confirms, and with `handleActions: false` leaves the next step to the page."""
    european = action == "redirect_to_url" and "Grab" not in call
    intent = client.v1.payment_intents.create({"amount": 2300, "currency": "eur" if european else "sgd"})
    details = {"billing_details": {"name": "Ada Lim", "email": "ada@example.com"}}
    data: dict[str, Any] = {"return_url": "https://shop.example/done"}
    if european:
        data["payment_method"] = details
    if "Wechat" in call:
        data["payment_method_options"] = {"wechat_pay": {"client": "web"}}
    result = page.evaluate(
        "([call, secret, data]) => Stripe('pk_test_shop')[call](secret, data, {handleActions: false})",
        [call, intent.client_secret, data],
    )
    assert result["paymentIntent"]["next_action"]["type"] == action


def test_calls_for_card_and_debit(page: Page, client: stripe.StripeClient) -> None:
    """A saved card pays at once, an IBAN starts a debit; a card Element is refused in words."""
    card = client.v1.payment_intents.create({"amount": 2300, "currency": "eur"}).client_secret
    ask = "([call, secret, data]) => Stripe('pk_test_shop')[call](secret, data)"
    paid = page.evaluate(ask, ["confirmCardPayment", card, {"payment_method": "pm_card_visa"}])
    assert paid["paymentIntent"]["status"] == "succeeded"
    debit = client.v1.payment_intents.create({"amount": 2300, "currency": "eur"}).client_secret
    account = {
        "sepa_debit": {"iban": "DE89370400440532013000"},
        "billing_details": {"name": "Ada Lim", "email": "ada@example.com"},
    }
    begun = page.evaluate(ask, ["confirmSepaDebitPayment", debit, {"payment_method": account}])
    assert begun["paymentIntent"]["status"] == "processing", begun
    thrown = page.evaluate(
        """(secret) => Stripe('pk_test_shop').confirmCardPayment(secret, {payment_method: {card: {}}})
            .catch((mistake) => mistake.name)""",
        debit,
    )
    assert thrown == "IntegrationError"
