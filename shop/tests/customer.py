"""What a customer does in the browser: opens a checkout, fills it in, pays, answers the bank."""

from playwright.sync_api import FrameLocator, Page, expect

from processes import Shop

BOOK = "working-in-public"
PAYS, LACKS_FUNDS, ASKS_FIRST = "4242424242424242", "4000000000009995", "4000002760003184"

# Chromium notes every 402 in its console; a test in which a card is declined expects this.
DECLINE_IN_CONSOLE = "402 .*/confirm"


def open_checkout(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.url}/checkout/{BOOK}")
    wait_for_form(page)


def wait_for_form(page: Page) -> None:
    page.locator('.payment-space[data-state="ready"]').wait_for()


def payment_form(page: Page) -> FrameLocator:
    return page.frame_locator('iframe[title="Secure payment input frame"]').first


def address_form(page: Page) -> FrameLocator:
    return page.frame_locator('iframe[title="Secure address input frame"]').first


def fill(page: Page, email: str, card: str) -> None:
    fill_contact(page, email)
    fill_card(page, card)


def fill_contact(page: Page, email: str) -> None:
    """Who gets the receipt, and where the books go."""
    page.locator("#email").fill(email)
    fill_address(page)


def fill_address(page: Page, country: str = "SG") -> None:
    form = address_form(page)
    form.locator("[name=country]").select_option(country)
    for field, text in [
        ("name", "Ada Lovelace"),
        ("addressLine1", "1 Raffles Place"),
        ("postalCode", "048616"),
    ]:
        form.locator(f"[name={field}]").fill(text)


def fill_card(page: Page, card: str) -> None:
    form = payment_form(page)
    for field, text in [("number", card), ("expiry", "12 / 34"), ("cvc", "123")]:
        form.locator(f"[name={field}]").fill(text)
    form.locator("[name=country]").select_option("SG")


def pay(page: Page) -> None:
    page.locator("#pay").click()


def answer_challenge(page: Page, answer: str) -> None:
    """Press the button of the bank's page that stands over the shop's; `answer` is authorize or fail."""
    window = page.frame_locator('iframe[title="3D Secure authentication"]')
    window.frame_locator("#challengeFrame").locator(f"#test-source-{answer}-3ds").click()


def expect_message(page: Page, words: str) -> None:
    expect(page.locator("#message")).to_contain_text(words)


def expect_paid(page: Page) -> None:
    page.wait_for_url("**/orders/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, it is paid")
