"""The checkout in a customer's hands: one button, one order, and words for everything that is not a sale."""

import pytest
from playwright.sync_api import Page, Request, expect

from conftest import Problems
from customer import (
    ASKS_FIRST,
    DECLINE_IN_CONSOLE,
    LACKS_FUNDS,
    PAYS,
    answer_challenge,
    expect_message,
    expect_paid,
    fill,
    fill_card,
    open_checkout,
    pay,
    wait_for_form,
)
from processes import Shop, wait_until


@pytest.fixture
def placed(page: Page) -> list[Request]:
    """Every request for an order that the page sends."""
    seen: list[Request] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.url.endswith(("/orders", "/payment")):
            seen.append(request)

    page.on("request", note)
    return seen


def test_a_book_is_bought(page: Page, shop: Shop) -> None:
    """The order page says what was charged, with what, under which payment, and where the receipt goes."""
    open_checkout(page, shop)
    fill(page, "bought@example.com", PAYS)
    page.get_by_role("button", name="Pay S$28.00").click()
    expect_paid(page)
    for fact in ["S$28.00", "Paid", "Visa •••• 4242", "bought@example.com"]:
        expect(page.locator(".facts")).to_contain_text(fact)
    assert page.locator("#payment-id").inner_text().startswith("pi_")
    assert "client_secret" not in page.url
    assert wait_until(lambda: shop.mails("bought@example.com"), "the receipt")


def test_a_declined_card_is_followed_by_another_on_the_same_order(
    page: Page, shop: Shop, problems: Problems, placed: list[Request]
) -> None:
    """The decline is said beside the form in words, and the next card pays the order that exists."""
    problems.expect(DECLINE_IN_CONSOLE)
    open_checkout(page, shop)
    fill(page, "declined@example.com", LACKS_FUNDS)
    with page.expect_response("**/orders") as first:
        pay(page)
    expect_message(page, "insufficient funds")
    expect_message(page, "You have not been charged")
    order = first.value.json()
    fill(page, "declined@example.com", PAYS)
    pay(page)
    expect_paid(page)
    assert len(placed) == 2
    assert page.url == shop.url + order["order_url"]
    assert order["client_secret"].startswith(page.locator("#payment-id").inner_text() + "_secret_")


def test_3d_secure_passed(page: Page, shop: Shop) -> None:
    """The bank's window opens over the page, and the order is paid once it is answered."""
    open_checkout(page, shop)
    fill(page, "secure@example.com", ASKS_FIRST)
    pay(page)
    answer_challenge(page, "authorize")
    expect_paid(page)


def test_3d_secure_failed_and_another_card(page: Page, shop: Shop) -> None:
    """A bank that does not agree is named as the reason, nothing is charged, and another card still pays."""
    open_checkout(page, shop)
    fill(page, "insecure@example.com", ASKS_FIRST)
    pay(page)
    answer_challenge(page, "fail")
    expect_message(page, "Your bank did not confirm that it was you")
    expect_message(page, "You have not been charged")
    fill(page, "insecure@example.com", PAYS)
    pay(page)
    expect_paid(page)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "Please enter your e-mail address"),
        ("ada", "There is no @ in this address"),
        ("@example.com", "The part before the @ is missing"),
        ("ada@", "The part after the @ is missing"),
        ("ada@example", "should look like example.com"),
        ("ada@byron@example.com", "more than one @"),
        ("ada lovelace@example.com", "has no spaces"),
    ],
)
def test_an_address_with_a_slip_is_explained_beside_its_field(
    page: Page, shop: Shop, placed: list[Request], address: str, words: str
) -> None:
    """No order is placed; the field has the focus, says what is wrong, and forgets it once mended."""
    open_checkout(page, shop)
    fill(page, address, PAYS)
    pay(page)
    field, hint = page.get_by_label("E-mail"), page.locator("#email-hint")
    expect(hint).to_contain_text(words)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("ada@example.com")
    expect(field).not_to_have_attribute("aria-invalid", "true")
    expect(hint).to_contain_text("We send the receipt here")
    assert placed == []


def test_the_server_judges_the_address_again(page: Page, shop: Shop, problems: Problems) -> None:
    """What only the server finds comes out beside the field too."""
    problems.expect("422 .*/orders")
    open_checkout(page, shop)
    fill(page, "ada@exa_mple.com", PAYS)
    pay(page)
    expect(page.locator("#email-hint")).to_have_class("field-hint field-error")
    expect(page.get_by_label("E-mail")).to_be_focused()


def test_a_card_with_a_slip_places_no_order(page: Page, shop: Shop, placed: list[Request]) -> None:
    """The form is asked before the shop is: nothing is ordered with a number that cannot be."""
    open_checkout(page, shop)
    fill(page, "slip@example.com", "4242424242424241")
    pay(page)
    expect_message(page, "card number")
    assert placed == []


def test_a_double_click_places_and_pays_one_order(page: Page, shop: Shop, placed: list[Request]) -> None:
    """Presses that come while one is being answered do nothing."""
    open_checkout(page, shop)
    fill(page, "double@example.com", PAYS)
    page.locator("#pay").dblclick()
    expect_paid(page)
    assert len(placed) == 1


def test_reload_and_back_after_paying_lead_to_the_order(page: Page, shop: Shop) -> None:
    """The order page can be loaded again, and the way back to its checkout leads to it again."""
    open_checkout(page, shop)
    fill(page, "back@example.com", PAYS)
    pay(page)
    expect_paid(page)
    order_url = page.url
    page.reload()
    expect_paid(page)
    page.go_back()
    page.wait_for_url(order_url)
    expect_paid(page)


def test_an_order_left_unpaid_is_paid_later(page: Page, shop: Shop, problems: Problems) -> None:
    """The order page offers to pay; the form knows the address and pays the same order."""
    problems.expect(DECLINE_IN_CONSOLE)
    open_checkout(page, shop)
    fill(page, "later@example.com", LACKS_FUNDS)
    with page.expect_response("**/orders") as answer:
        pay(page)
    expect_message(page, "insufficient funds")
    order_url = shop.url + answer.value.json()["order_url"]
    page.goto(order_url)
    expect(page.get_by_role("heading", level=1)).to_have_text("That payment did not go through")
    page.get_by_role("link", name="Try again").click()
    wait_for_form(page)
    expect(page.locator("#known-email")).to_have_text("later@example.com")
    fill_card(page, PAYS)
    pay(page)
    expect_paid(page)
    assert page.url == order_url


def test_the_order_page_follows_the_payment_by_itself(page: Page, shop: Shop) -> None:
    """An open order page shows and announces a payment that arrives from elsewhere, without a reload."""
    order = shop.order().json()
    page.goto(shop.url + order["order_url"])
    expect(page.get_by_role("heading", level=1)).to_have_text("Waiting for your payment")
    page.evaluate("window.isTheSamePage = true")
    assert shop.sandbox.pay(order["client_secret"]).is_success
    expect_paid(page)
    expect(page.locator("#announcement")).to_have_text("Thank you, it is paid")
    assert page.evaluate("window.isTheSamePage")


def test_the_payment_id_is_copied(page: Page, shop: Shop) -> None:
    """The button puts the pi_ id on the clipboard and says so."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    order = shop.order().json()
    page.goto(shop.url + order["order_url"])
    page.get_by_role("button", name="Copy the payment's id").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#payment-id").inner_text()
