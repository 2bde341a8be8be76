"""The shopkeeper's part of an order's page, in a browser: money given back, once, and said to everybody."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accessibility import violations
from conftest import Problems
from money_back import buy, refunds_at_stripe, wait_for_refunds
from processes import Shop

FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture
def till(new_page: Callable[..., Page], shop: Shop) -> Page:
    """A page on a phone whose browser the shopkeeper has signed in."""
    page = new_page(viewport={"width": 390, "height": 900})
    page.goto(f"{shop.url}/shopkeeper")
    page.get_by_label("Password").fill("correct horse battery staple")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return page


def test_a_part_and_then_all(
    till: Page, shop: Shop, new_page: Callable[..., Page], problems: Problems
) -> None:
    """Too much is refused in words beside the field, a double click is one refund, the customer reads it."""
    problems.expect("422")
    url = buy(shop)
    till.goto(shop.url + url)
    amount = till.get_by_label("Refund in SGD")
    expect(amount).to_have_value("23.00")
    amount.fill("23.01")
    till.get_by_role("button", name="Refund").click()
    expect(till.get_by_text("Of this payment S$23.00 are left")).to_be_visible()
    expect(till.get_by_label("Refund in SGD")).to_have_value("23.01")
    till.get_by_label("Refund in SGD").fill("3.00")
    till.get_by_role("button", name="Refund").dblclick()
    wait_for_refunds(shop, url, "succeeded")
    till.goto(shop.url + url)
    expect(till.get_by_label("Refund in SGD")).to_have_value("20.00")
    assert till.evaluate(FITS)
    assert violations(till) == []
    till.get_by_text("Cancel and refund").click()
    till.get_by_role("button", name="Yes, cancel this order").click()
    expect(till.get_by_role("heading", level=1)).to_have_text("Your money is on its way back")
    wait_for_refunds(shop, url, "succeeded", "succeeded")
    assert sorted(refund["amount"] for refund in refunds_at_stripe(shop, url)) == [300, 2000]
    customer = new_page()
    customer.goto(shop.url + url)
    expect(customer.get_by_text("We refunded S$23.00, the whole amount.")).to_be_visible()
    expect(customer.get_by_text("For the shopkeeper")).to_have_count(0)


def test_an_order_that_is_not_paid(till: Page, shop: Shop) -> None:
    """There is nothing to refund; it is closed, and its page says that nothing was charged."""
    till.goto(shop.url + shop.order().json()["order_url"])
    expect(till.get_by_label("Refund in SGD")).to_have_count(0)
    till.locator("#till").get_by_text("Cancel this order", exact=True).click()
    till.get_by_role("button", name="Yes, cancel this order").click()
    expect(till.get_by_text("You have not been charged")).to_be_visible()
