"""What a visitor does with the shop's page, for all browser tests of the sandbox."""

from typing import Any

from playwright.sync_api import FrameLocator, Page


def start(page: Page, **options: object) -> None:
    """Make the Payment Element with these options and wait until it is ready."""
    event, detail = page.evaluate("(options) => shop.start(options)", options)
    assert event == "ready", detail


def fill(
    form: FrameLocator, number: str = "4242 4242 4242 4242", expiry: str = "12 / 34", cvc: str = "123"
) -> None:
    form.get_by_placeholder("1234 1234 1234 1234").fill(number)
    form.get_by_placeholder("MM / YY").fill(expiry)
    form.get_by_placeholder("CVC").fill(cvc)


def press_pay(page: Page) -> dict[str, Any]:
    """What `stripe.confirmPayment` resolved with, or `thrown` and `message`."""
    page.locator("#pay").click()
    result: dict[str, Any] = page.evaluate("shop.ended()")
    return result
