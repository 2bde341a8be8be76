"""The cart in a customer's hands: filled from any page, with and without scripts, and paid in one payment."""

import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accessibility import violations
from conftest import Problems
from customer import (
    DECLINE_IN_CONSOLE,
    LACKS_FUNDS,
    PAYS,
    expect_message,
    expect_paid,
    fill,
    pay,
    wait_for_form,
)
from processes import Shop, wait_until
from shop_records import rows

HAMMING = "the-art-of-doing-science-and-engineering"
MECHNER = "the-making-of-prince-of-persia"
EGHBAL = "working-in-public"
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
NewPage = Callable[..., Page]


@pytest.fixture
def withdrawn_book(shop: Shop) -> str:
    """A book that is on the shelf until a test takes it off."""
    slug = f"withdrawn-{secrets.token_hex(4)}"
    query = """INSERT INTO books (slug, title, author, description, palette, motif, position, on_sale)
               VALUES (%s, 'A book that went away', 'Somebody', 'Words', 'ink', 'rule', 9, true)"""
    rows(shop.database_url, query, slug)
    return slug


def add(page: Page, shop: Shop, slug: str) -> None:
    """Open a book's page and put it into the cart."""
    page.goto(f"{shop.url}/books/{slug}")
    before = count(page)
    page.locator(".book-buy").get_by_role("button", name="Add to cart").click()
    expect(page.locator("[data-cart-count]")).to_have_text(str(before + 1))


def count(page: Page) -> int:
    return int(page.locator("[data-cart-count]").inner_text() or 0)


def fill_cart(context: BrowserContext, shop: Shop, *slugs: str) -> None:
    """Put books into the cart of this browser, without a page."""
    for slug in slugs:
        context.request.post(f"{shop.url}/cart", form={"book": slug})


def open_cart_checkout(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.url}/checkout")
    wait_for_form(page)


@pytest.mark.parametrize("width", [390, 1280])
def test_without_javascript(new_page: NewPage, shop: Shop, width: int) -> None:
    """Add, change, remove and the way to the checkout are plain forms and links; a reload repeats nothing."""
    page = new_page(java_script_enabled=False, viewport={"width": width, "height": 844})
    page.goto(shop.url)
    page.get_by_role("button", name="Add to cart Working in Public").click()
    expect(page.locator(".notice")).to_contain_text("is in your cart")
    page.reload()
    expect(page.locator("[data-cart-count]")).to_have_text("1")
    page.goto(f"{shop.url}/books/{HAMMING}")
    page.get_by_role("button", name="Add to cart").click()
    page.get_by_label("Copies of The Art of Doing Science and Engineering").fill("3")
    page.get_by_label("Copies of The Art of Doing Science and Engineering").press("Enter")
    expect(page.get_by_role("heading", name="4 books")).to_be_visible()
    expect(page.locator(".receipt-total")).to_contain_text("S$97.00")
    page.get_by_role("button", name="Remove Working in Public").click()
    expect(page.locator(".cart-line")).to_have_count(1)
    page.get_by_role("link", name="Check out").click()
    expect(page.locator("[data-total]").first).to_have_text("S$69.00")
    page.get_by_role("link", name="Cart, 3 books").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("main")).to_contain_text("There is nothing in it yet")


@pytest.mark.parametrize("width", [390, 1280])
def test_with_javascript_the_page_stays(new_page: NewPage, shop: Shop, width: int) -> None:
    """The book is added where the customer stands; the button, the count and a screen reader say so."""
    page = new_page(viewport={"width": width, "height": 844})
    page.goto(shop.url)
    button = page.get_by_role("button", name="Working in Public").first
    button.click()
    expect(page.locator("[data-cart-count]")).to_have_text("1")
    expect(button).to_contain_text("Added")
    expect(page.locator("#cart-news")).to_contain_text("is in your cart")
    expect(page.get_by_role("link", name="Cart, 1 book")).to_be_visible()
    expect(button).to_contain_text("Add to cart")
    assert page.url == f"{shop.url}/"
    button.dblclick()
    expect(page.locator("[data-cart-count]")).to_have_text("2")
    page.get_by_role("link", name="Cart, 2 books").click()
    expect(page.get_by_label("Copies of Working in Public")).to_have_value("2")


def test_what_does_not_fit_is_said_on_the_carts_page(page: Page, shop: Shop) -> None:
    """The hundredth copy is refused in words, and the ninety-nine are still there."""
    fill_cart(page.context, shop, EGHBAL)
    page.context.request.post(f"{shop.url}/cart/{EGHBAL}", form={"quantity": "99"})
    page.goto(f"{shop.url}/books/{EGHBAL}")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_role("alert")).to_contain_text("At most 99 copies")
    expect(page.get_by_label("Copies of Working in Public")).to_have_value("99")


def test_three_titles_are_bought_in_one_payment(page: Page, shop: Shop) -> None:
    """From three books' pages to one order with three lines, one total and one mail; the cart is empty."""
    for slug in (HAMMING, MECHNER, EGHBAL):
        add(page, shop, slug)
    page.get_by_role("link", name="Cart, 3 books").click()
    page.get_by_role("link", name="Check out").click()
    wait_for_form(page)
    fill(page, "three@example.com", PAYS)
    page.get_by_role("button", name="Pay S$76.00").click()
    expect_paid(page)
    expect(page.locator(".receipt-line")).to_have_count(3)
    expect(page.locator(".facts")).to_contain_text("S$76.00")
    expect(page.get_by_label("Cart, empty")).to_be_visible()
    page.goto(f"{shop.url}/cart")
    expect(page.locator("main")).to_contain_text("There is nothing in it yet")
    mails = wait_until(lambda: shop.mails("three@example.com"), "the receipt")
    assert all(
        title in mails[0]["text"] for title in ("Hamming", "Prince of Persia", "Working in Public")[1:]
    )


def test_a_cart_changed_in_another_tab_is_noticed_at_payment(
    page: Page, shop: Shop, problems: Problems
) -> None:
    """Words beside the button, the new receipt and total, what was typed is kept; the next press pays it."""
    problems.expect("409 .*/orders")
    fill_cart(page.context, shop, HAMMING)
    open_cart_checkout(page, shop)
    fill(page, "tabs@example.com", PAYS)
    other = page.context.new_page()
    add(other, shop, MECHNER)
    pay(page)
    expect_message(page, "Your cart has changed")
    expect_message(page, "You have not been charged")
    expect(page.locator("#receipt .receipt-line")).to_have_count(2)
    expect(page.get_by_label("E-mail")).to_have_value("tabs@example.com")
    page.get_by_role("button", name="Pay S$48.00").click()
    expect_paid(page)
    expect(page.locator(".facts")).to_contain_text("S$48.00")


def test_a_cart_changed_after_a_declined_card(page: Page, shop: Shop, problems: Problems) -> None:
    """The order that stands is put away, and the one that is paid is of the cart as it is now."""
    problems.expect(DECLINE_IN_CONSOLE)
    problems.expect("409 .*/orders")
    fill_cart(page.context, shop, HAMMING, MECHNER)
    open_cart_checkout(page, shop)
    fill(page, "changed@example.com", LACKS_FUNDS)
    with page.expect_response("**/orders") as first:
        pay(page)
    expect_message(page, "insufficient funds")
    address, first_order = page.url, shop.url + first.value.json()["order_url"]
    other = page.context.new_page()
    other.goto(f"{shop.url}/cart")
    other.get_by_role("button", name="Remove The Making of Prince of Persia").click()
    expect(other.locator(".cart-line")).to_have_count(1)
    fill(page, "changed@example.com", PAYS)
    pay(page)
    expect_message(page, "Your cart has changed")
    assert page.url != address, "a new checkout for the new contents"
    page.get_by_role("button", name="Pay S$23.00").click()
    expect_paid(page)
    assert page.url != first_order
    other.goto(first_order)
    expect(other.get_by_role("heading", level=1)).to_have_text("This order was cancelled")


def test_a_cart_emptied_in_another_tab(page: Page, shop: Shop, problems: Problems) -> None:
    """There is nothing to pay, and the page leads to the cart."""
    problems.expect("409 .*/orders")
    fill_cart(page.context, shop, HAMMING)
    open_cart_checkout(page, shop)
    fill(page, "emptied@example.com", PAYS)
    page.context.request.post(f"{shop.url}/cart/{HAMMING}/remove")
    pay(page)
    expect_message(page, "Your cart has changed")
    page.get_by_role("link", name="See your cart").click()
    expect(page.locator("main")).to_contain_text("There is nothing in it yet")


def test_the_webhook_empties_the_cart_with_the_tab_closed(page: Page, shop: Shop) -> None:
    """Whoever closes the tab while paying finds an empty cart when they come back."""
    fill_cart(page.context, shop, HAMMING, EGHBAL)
    open_cart_checkout(page, shop)
    key = page.locator("#checkout").get_attribute("data-checkout-key")
    other = page.context.new_page()
    fill(page, "closed@example.com", PAYS)
    with page.expect_request("**/confirm"):
        pay(page)
    page.close()
    query = "SELECT state FROM orders WHERE checkout_key = %s"
    wait_until(lambda: rows(shop.database_url, query, key) == [{"state": "paid"}], "the webhook")
    other.goto(shop.url)
    expect(other.get_by_role("link", name="Cart, empty")).to_be_visible()


def test_coming_back_shows_the_count_of_now(page: Page, shop: Shop) -> None:
    """A page out of the browser's memory does not show an old count."""
    page.goto(shop.url)
    add(page, shop, EGHBAL)
    page.go_back()
    expect(page.locator("[data-cart-count]")).to_have_text("1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_a_full_cart_and_one_with_problems(
    new_page: NewPage, shop: Shop, withdrawn_book: str, scheme: str, width: int
) -> None:
    """axe finds nothing, nothing scrolls sideways, also with text at twice its size."""
    page = new_page(color_scheme=scheme, viewport={"width": width, "height": 800})
    fill_cart(page.context, shop, HAMMING, MECHNER, EGHBAL, withdrawn_book)
    rows(shop.database_url, "UPDATE books SET on_sale = false WHERE slug = %s", withdrawn_book)
    page.goto(f"{shop.url}/cart?refused=copies&book={EGHBAL}")
    expect(page.get_by_text("no longer for sale")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate(FITS)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(FITS)
