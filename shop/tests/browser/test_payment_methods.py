"""Each of the eight ways to pay, in the currency that it needs: approved, and refused and tried again."""

import secrets

import pytest
from playwright.sync_api import Page, expect

from conftest import Problems
from customer import DECLINE_IN_CONSOLE, expect_message, wait_for_form
from processes import Shop, wait_until
from ways_to_pay import (
    NOT_CHARGED,
    WAYS,
    NewPage,
    Way,
    approve,
    check_out,
    expect_receipt,
    headline,
    payment,
    refuse,
    start,
    the_order,
)

REASONS = {"card": "Your card has insufficient funds.", "wallet": "Your card was declined."}
every_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)


@pytest.fixture
def email() -> str:
    """An address that only this test uses: the order is found by it."""
    return f"{secrets.token_hex(8)}@example.com"


@every_way
def test_approved(page: Page, shop: Shop, new_page: NewPage, way: Way, email: str) -> None:
    """From the checkout to a paid order that names how it was paid; the money can be given back."""
    check_out(page, shop, way, email)
    start(page, way)
    approve(page, way, new_page)
    expect_receipt(page, shop, way, email)
    refund(shop, email)


@every_way
def test_refused_and_tried_again(
    new_page: NewPage, shop: Shop, problems: Problems, way: Way, email: str
) -> None:
    """A refusal says who refused and that nothing was charged; the next try pays the same order."""
    page = new_page()
    check_out(page, shop, way, email)
    start(page, way, card=way.declined)
    refuse(page, way, new_page)
    problems.expect(DECLINE_IN_CONSOLE)
    if way.kind != "redirect":
        expect_message(page, NOT_CHARGED)
        page.get_by_role("link", name="See how it stands, or cancel it").click()
    headline(page, "That payment did not go through")
    reason = REASONS.get(way.kind, f"{way.name} did not approve the payment.")
    expect(page.locator(".lead")).to_have_text(f"{reason} {NOT_CHARGED}.")
    first = the_order(shop, email)
    assert payment(shop, first)["status"] == "requires_payment_method"
    page.get_by_role("link", name="Try again").click()
    wait_for_form(page)
    start(page, way)
    approve(page, way, new_page)
    expect_receipt(page, shop, way, email)
    assert the_order(shop, email)["payment_intent_id"] == first["payment_intent_id"]


def refund(shop: Shop, email: str) -> None:
    """Give the money back at Stripe, as the shopkeeper can in the Dashboard, and wait for it to arrive."""
    made = shop.sandbox.stripe(
        "POST", "/v1/refunds", payment_intent=the_order(shop, email)["payment_intent_id"]
    )
    assert made.status_code == 200, made.text
    path = f"/v1/refunds/{made.json()['id']}"
    wait_until(
        lambda: shop.sandbox.stripe("GET", path).json()["status"] == "succeeded", "the refund to arrive"
    )
