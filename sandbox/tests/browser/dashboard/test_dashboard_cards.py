"""The test cards, to copy from."""

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from stripe_sandbox import cards, ibans, methods

Look = Callable[..., Page]


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
        "Refunds and balance", "Disputes", "Succeeds, by country", "Bank accounts", "Payment methods",
    ])  # fmt: skip
    declined = page.locator("tr", has_text="4000 0000 0000 9995")
    expect(declined).to_contain_text("insufficient_funds")


def test_readable_without_javascript(url: str) -> None:
    """Numbers are text in the page."""
    assert "4242 4242 4242 4242" in httpx.get(f"{url}/dashboard/cards").text


def test_every_method_and_account_is_there(page: Page, url: str) -> None:
    """From the tables that the sandbox itself goes by; tokens are ones that it takes."""
    page.goto(f"{url}/dashboard/cards")
    shown = page.locator(".methods .number code").all_text_contents()
    assert shown == [method.type for method in methods.METHODS]
    accounts = page.locator(".accounts .number code").all_text_contents()
    assert [number.replace(" ", "") for number in accounts] == [row.number for row in ibans.IBANS]
    tokens = page.locator(".accounts .token code").all_text_contents()
    assert [account.number for token in tokens if (account := ibans.of_token(token))] == [
        row.number for row in ibans.IBANS
    ]
    grabpay = page.locator(".methods tr", has_text="GrabPay")
    expect(grabpay).to_contain_text("MYR, SGD")
    expect(page.locator(".methods tr", has_text="Klarna")).to_contain_text("not in SG")


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("4000 0000 0000 9995", "4000 0000 0000 9995"),
        ("insufficient Savings", ""),
        ("expired_card", "4000 0000 0000 0069"),
        ("pm_card_jcb", "3566 0020 2036 0505"),
        ("AT32", "AT32 1904 3002 3547 3204"),
        ("grabpay", "GrabPay"),
    ],
)
def test_finds_what_is_typed(*, look: Look, url: str, script: bool, typed: str, found: str) -> None:
    """While typing, or by the form where scripts are off; a number also in the groups that cards print."""
    page = look(java_script_enabled=script)
    page.goto(f"{url}/dashboard/cards")
    page.get_by_label("Find").fill(typed)
    if not script:
        page.get_by_role("button", name="Show").click()
    rows = page.locator("[data-found]:visible")
    if found:
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text(found)
    else:
        expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()


def test_screen_readers_hear_how_many_were_found(page: Page, url: str) -> None:
    """Once somebody stops typing; groups without a match are gone, also from the list of groups."""
    page.goto(f"{url}/dashboard/cards")
    page.get_by_label("Find").press_sequentially("expired_card")
    expect(page.locator("#news")).to_have_text("1 row shown")
    expect(page.locator(".jump a:visible")).to_have_text(["Declined"])
    page.get_by_label("Find").fill("")
    expect(page.locator(".jump a:visible")).to_have_count(10)
