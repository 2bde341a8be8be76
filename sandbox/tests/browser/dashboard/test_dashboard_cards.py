"""The test cards, to copy from."""

import httpx
from playwright.sync_api import Page, expect

from stripe_sandbox import cards


def test_every_card_is_there_once(page: Page, url: str) -> None:
    """The page is the table that the sandbox itself goes by."""
    page.goto(f"{url}/dashboard/cards")
    shown = page.locator(".cards .number code").all_text_contents()
    assert sorted(number.replace(" ", "") for number in shown) == sorted(card.number for card in cards.CARDS)


def test_one_click_copies_a_number(page: Page, url: str) -> None:
    """Digits only, ready for a form; the button says that it was done."""
    page.goto(f"{url}/dashboard/cards")
    row = page.locator("tr", has_text="4000 0027 6000 3184")
    button = row.get_by_role("button", name="Copy card number")
    button.click()
    expect(button).to_have_text("Copied")
    expect(page.locator("#news")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "4000002760003184"
    row.get_by_role("button", name="Copy token").click()
    expect(page.locator(".is-done")).to_have_count(2)
    assert page.evaluate("navigator.clipboard.readText()") == "pm_card_authenticationRequired"


def test_groups_in_the_order_people_need_them(page: Page, url: str) -> None:
    """Success, declines, what the form refuses, 3-D Secure, then the rest."""
    page.goto(f"{url}/dashboard/cards")
    expect(page.locator(".jump a")).to_have_text([
        "Succeeds, by brand", "Declined", "Refused by the form", "3-D Secure", "Checks and risk",
        "Refunds and balance", "Disputes", "Succeeds, by country",
    ])  # fmt: skip
    declined = page.locator("tr", has_text="4000 0000 0000 9995")
    expect(declined).to_contain_text("insufficient_funds")


def test_readable_without_javascript(url: str) -> None:
    """Numbers are text in the page."""
    assert "4242 4242 4242 4242" in httpx.get(f"{url}/dashboard/cards").text
