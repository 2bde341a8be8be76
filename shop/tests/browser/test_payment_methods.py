"""The payment methods beside a typed card: a bank's page, a code to scan, a wallet."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from customer import expect_paid, open_checkout, pay, payment_form
from processes import Shop

AUTHORIZE, FAIL = "Authorize Test Payment", "Fail Test Payment"
REDIRECTS = [("grabpay", "GrabPay"), ("alipay", "Alipay")]
CODES = [("wechat_pay", "WeChat Pay"), ("paynow", "PayNow")]


def choose(page: Page, method: str) -> None:
    """Open the method's row of the payment form; the less usual ones stand behind "More"."""
    form = payment_form(page)
    form.locator("#card-tab").wait_for()
    row = form.locator(f"#{method}-tab")
    if not row.is_visible():
        form.get_by_role("button", name="More payment methods").click()
    row.click()


def code_window(page: Page, name: str) -> FrameLocator:
    """The window with the code that stands over the checkout."""
    return page.frame_locator(f'[role="dialog"][aria-label="{name}"] iframe')


def answer_test_page(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


@pytest.mark.parametrize(("method", "name"), REDIRECTS)
def test_paid_at_the_methods_own_page(page: Page, shop: Shop, method: str, name: str) -> None:
    """The customer leaves for the method's page, agrees there, and comes back to a paid order."""
    open_checkout(page, shop)
    page.get_by_label("E-mail").fill(f"{method}@example.com")
    choose(page, method)
    pay(page)
    answer_test_page(page, AUTHORIZE)
    expect_paid(page)
    expect(page.get_by_text(name, exact=True).first).to_be_visible()
    assert "client_secret" not in page.url


@pytest.mark.parametrize("method", [method for method, _ in REDIRECTS])
def test_refused_at_the_methods_own_page_and_paid_by_another_try(page: Page, shop: Shop, method: str) -> None:
    """A refusal leads to the order, which says so and lets the customer try again on the same order."""
    open_checkout(page, shop)
    page.get_by_label("E-mail").fill(f"{method}-refused@example.com")
    choose(page, method)
    pay(page)
    answer_test_page(page, FAIL)
    page.wait_for_url("**/orders/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("That payment did not go through")
    order_url = page.url
    page.get_by_role("link", name="Try again").click()
    page.locator('.payment-space[data-state="ready"]').wait_for()
    choose(page, method)
    pay(page)
    answer_test_page(page, AUTHORIZE)
    expect_paid(page)
    assert page.url == order_url


@pytest.mark.parametrize(("method", "name"), CODES)
def test_paid_by_a_scanned_code(
    page: Page, shop: Shop, new_page: Callable[..., Page], method: str, name: str
) -> None:
    """The code stands over the page; agreed to on another device, the order is paid by itself."""
    open_checkout(page, shop)
    page.get_by_label("E-mail").fill("scan@example.com")
    choose(page, method)
    pay(page)
    link = code_window(page, name).get_by_role("link")
    phone = new_page(viewport={"width": 390, "height": 844})
    phone.goto(link.get_attribute("href") or "")
    answer_test_page(phone, AUTHORIZE)
    expect_paid(page)
    expect(page.get_by_text(name, exact=True).first).to_be_visible()


def test_a_code_that_is_put_away_leaves_an_order_to_pay(page: Page, shop: Shop) -> None:
    """Closing the code is no failure and no payment: the order waits, and says what to do."""
    open_checkout(page, shop)
    page.get_by_label("E-mail").fill("away@example.com")
    choose(page, "paynow")
    pay(page)
    expect(code_window(page, "PayNow").get_by_role("link")).to_be_focused()
    page.keyboard.press("Escape")
    page.wait_for_url("**/orders/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your PayNow code is waiting to be scanned")


def test_google_pay_pays_with_a_card_of_the_wallet(page: Page, shop: Shop) -> None:
    """The wallet's sheet stands over the page and hands over a card."""
    open_checkout(page, shop)
    page.get_by_label("E-mail").fill("wallet@example.com")
    choose(page, "google_pay")
    pay(page)
    sheet = page.frame_locator('[role="dialog"][aria-label="Google Pay"] iframe')
    sheet.get_by_role("button", name="Pay").click()
    expect_paid(page)
