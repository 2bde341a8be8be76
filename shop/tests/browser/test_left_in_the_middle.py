"""Payments left in the middle, by every way to pay: tabs closed, codes put away, answers that come late."""

import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from customer import ASKS_FIRST, BOOK, answer_challenge, expect_message, expect_paid, wait_for_form
from processes import Shop
from ways_to_pay import (
    AUTHORIZE,
    NOT_CHARGED,
    WAYS,
    NewPage,
    Way,
    answer_on_phone,
    approve,
    check_out,
    code_link,
    expect_receipt,
    headline,
    orders_of,
    payment,
    press,
    sheet,
    start,
    the_order,
)

BY_NAME = {way.name: way for way in WAYS}
redirects = pytest.mark.parametrize(
    "way", [way for way in WAYS if way.kind == "redirect"], ids=lambda way: way.name
)
codes = pytest.mark.parametrize("way", [way for way in WAYS if way.kind == "code"], ids=lambda way: way.name)


@pytest.fixture
def email() -> str:
    """An address that only this test uses: the order is found by it."""
    return f"{secrets.token_hex(8)}@example.com"


@redirects
def test_left_at_the_methods_page(page: Page, shop: Shop, way: Way, email: str) -> None:
    """Back from the page without an answer stands the order; it leads there again, to the same attempt."""
    check_out(page, shop, way, email)
    start(page, way)
    expect(page.get_by_role("button", name=AUTHORIZE)).to_be_visible()
    attempt = page.url
    page.go_back()
    headline(page, f"{way.name} is asking you to approve this")
    expect(page.locator(".lead")).to_contain_text(NOT_CHARGED)
    page.get_by_role("link", name=f"Continue with {way.name}").click()
    page.wait_for_url(attempt)
    press(page, AUTHORIZE)
    expect_receipt(page, shop, way, email)


@redirects
def test_tab_closed_at_the_methods_page(page: Page, shop: Shop, way: Way, email: str) -> None:
    """Whoever approves in a tab that is gone finds a paid order under its address."""
    check_out(page, shop, way, email)
    start(page, way)
    expect(page.get_by_role("button", name=AUTHORIZE)).to_be_visible()
    elsewhere = page.context.new_page()
    elsewhere.goto(f"{shop.url}/orders/{the_order(shop, email)['token']}")
    headline(elsewhere, f"{way.name} is asking you to approve this")
    attempt = page.url
    page.close()
    again = page.context.new_page()
    again.goto(attempt)
    press(again, AUTHORIZE)
    again.close()
    expect_receipt(elsewhere, shop, way, email)


@codes
def test_code_put_away_and_shown_again(
    page: Page, shop: Shop, new_page: NewPage, way: Way, email: str
) -> None:
    """Closing the code is no failure and no payment: the order shows the same code again and follows it."""
    check_out(page, shop, way, email)
    start(page, way)
    code = code_link(page, way)
    page.keyboard.press("Escape")
    headline(page, f"Your {way.name} code is waiting to be scanned")
    expect(page.locator(".lead")).to_contain_text(NOT_CHARGED)
    page.get_by_role("link", name="Show the code again").click()
    assert code_link(page, way) == code
    page.keyboard.press("Escape")
    answer_on_phone(code, AUTHORIZE, new_page)
    expect_receipt(page, shop, way, email)


def test_a_code_given_up_for_a_card(page: Page, shop: Shop, new_page: NewPage, email: str) -> None:
    """Another way to pay takes the place of the code, which is worth nothing from then on."""
    paynow, visa = BY_NAME["PayNow"], BY_NAME["Visa"]
    check_out(page, shop, paynow, email)
    start(page, paynow)
    code = code_link(page, paynow)
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Pay another way").click()
    wait_for_form(page)
    start(page, visa)
    expect_receipt(page, shop, visa, email)
    phone = new_page()
    phone.goto(code)
    expect(phone.get_by_text("No longer open")).to_be_visible()


def test_a_code_that_expires(page: Page, shop: Shop, new_page: NewPage, email: str) -> None:
    """The page changes by itself when the code's hour is over; a new code pays the same order."""
    way = BY_NAME["PayNow"]
    check_out(page, shop, way, email)
    start(page, way)
    code = code_link(page, way)
    page.keyboard.press("Escape")
    headline(page, "Your PayNow code is waiting to be scanned")
    answer_on_phone(code, "Expire Test Payment", new_page)
    headline(page, "The code has expired")
    expect(page.locator(".lead")).to_contain_text(NOT_CHARGED)
    page.get_by_role("link", name="Get a new code").click()
    wait_for_form(page)
    start(page, way)
    approve(page, way, new_page)
    expect_receipt(page, shop, way, email)


def test_left_while_the_cards_bank_asks(page: Page, shop: Shop, email: str) -> None:
    """A reload in front of the bank's question leads to the order, which asks again."""
    way = BY_NAME["Visa"]
    check_out(page, shop, way, email)
    start(page, way, card=ASKS_FIRST)
    challenge = page.frame_locator('iframe[title="3D Secure authentication"]')
    expect(challenge.frame_locator("#challengeFrame").locator("#test-source-authorize-3ds")).to_be_visible()
    page.reload()
    headline(page, "Your bank is asking you to approve this")
    page.get_by_role("link", name="Continue paying").click()
    answer_challenge(page, "authorize")
    expect_paid(page)
    assert payment(shop, the_order(shop, email))["status"] == "succeeded"


def test_mastercard_typed_and_left(page: Page, shop: Shop, email: str) -> None:
    """Whoever leaves before pressing the button leaves nothing: no order, no PaymentIntent."""
    way = BY_NAME["Mastercard"]
    check_out(page, shop, way, email)
    page.go_back()
    assert orders_of(shop, email) == []


def test_google_pay_closed(page: Page, shop: Shop, new_page: NewPage, email: str) -> None:
    """Closing the wallet's sheet orders nothing; pressing the button again opens it again."""
    way = BY_NAME["Google Pay"]
    check_out(page, shop, way, email)
    start(page, way)
    sheet(page).get_by_role("button", name="Close").click()
    expect_message(page, "Google Pay was closed")
    assert orders_of(shop, email) == []
    page.locator("#pay").click()
    approve(page, way, new_page)
    expect_receipt(page, shop, way, email)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("processing", "Your payment is on its way"),
        ("requires_action", "GrabPay is asking you to approve this"),
    ],
)
def test_grabpay_answers_late(page: Page, shop: Shop, email: str, status: str, words: str) -> None:
    """Back from GrabPay before the money has settled: never called paid or failed, then paid by itself."""
    way = BY_NAME["GrabPay"]
    shop.sandbox.control("PUT", "/_sandbox/payments", hold=status)
    try:
        check_out(page, shop, way, email)
        start(page, way)
        press(page, AUTHORIZE)
        headline(page, words)
        expect(page.locator(".give-up")).to_have_count(1 if status == "requires_action" else 0)
    finally:
        shop.sandbox.control("POST", "/_sandbox/payments/release")
    expect_receipt(page, shop, way, email)


def test_an_order_is_canceled_without_javascript(
    new_page: Callable[..., Page], shop: Shop, page: Page, email: str
) -> None:
    """Two presses on the order page, no script; the code that was shown before pays nothing any more."""
    way = BY_NAME["PayNow"]
    check_out(page, shop, way, email)
    start(page, way)
    code = code_link(page, way)
    plain = new_page(java_script_enabled=False)
    plain.goto(f"{shop.url}/orders/{the_order(shop, email)['token']}")
    plain.get_by_text("Cancel this order", exact=True).click()
    plain.get_by_role("button", name="Yes, cancel this order").click()
    headline(plain, "This order was cancelled")
    expect(plain.locator(".lead")).to_contain_text(NOT_CHARGED)
    phone = new_page()
    phone.goto(code)
    expect(phone.get_by_text("No longer open")).to_be_visible()
    assert payment(shop, the_order(shop, email))["status"] == "canceled"
    plain.get_by_role("link", name="To the books").click()
    expect(plain.locator(f'a[href="/books/{BOOK}"]').first).to_be_visible()
