"""The shipping address at checkout: it decides about the total, and nothing that was typed is lost."""

import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import FrameLocator, Page, Request, Route, expect

from conftest import Problems
from customer import (
    DECLINE_IN_CONSOLE,
    LACKS_FUNDS,
    PAYS,
    address_form,
    expect_message,
    expect_paid,
    fill,
    fill_address,
    fill_card,
    fill_contact,
    open_checkout,
    pay,
    payment_form,
    wait_for_form,
)
from processes import Shop, wait_until
from shop_records import rows
from ways_to_pay import FAIL, WAYS, press, start

TYPED = {"name": "Ada Lovelace", "addressLine1": "1 Raffles Place", "postalCode": "048616", "country": "SG"}
GRABPAY = next(way for way in WAYS if way.row == "grabpay")


@pytest.fixture
def email() -> str:
    """An address that only this test uses: its order and its mail are found by it."""
    return f"{secrets.token_hex(8)}@example.com"


def choose_country(page: Page, country: str) -> None:
    address_form(page).locator("[name=country]").select_option(country)


def expect_total(page: Page, shipping: str, total: str) -> None:
    """Receipt, fold, button and Stripe's form agree."""
    expect(page.locator("#receipt [data-shipping]")).to_have_text(shipping)
    for place in page.locator("[data-total]").all():
        expect(place).to_have_text(total)


def expect_typed(form: FrameLocator, values: dict[str, str]) -> None:
    for name, value in values.items():
        expect(form.locator(f"[name={name}]")).to_have_value(value)


def amount_at_stripe(shop: Shop, page: Page) -> int:
    intent_id = page.locator("#payment-id").inner_text()
    amount: int = shop.sandbox.stripe("GET", f"/v1/payment_intents/{intent_id}").json()["amount_received"]
    return amount


def test_the_country_decides_about_the_total(page: Page, rated_shop: Shop, email: str) -> None:
    """What the page says after the last choice is what Stripe charges, and what page and mail show."""
    open_checkout(page, rated_shop)
    expect(page.locator("#receipt")).to_contain_text("Subtotal S$28.00")
    choose_country(page, "DE")
    expect_total(page, "S$12.00", "S$40.00")
    expect(page.locator("#shipping-note")).to_have_text("Germany: shipping costs S$12.00.")
    fill(page, email, PAYS)
    expect_total(page, "S$3.00", "S$31.00")
    page.get_by_role("button", name="Pay S$31.00").click()
    expect_paid(page)
    assert amount_at_stripe(rated_shop, page) == 3100
    expect(page.locator(".fact-address")).to_contain_text("1 Raffles Place")
    expect(page.locator(".fact-address")).to_contain_text("Singapore")
    expect(page.locator("[data-shipping]")).to_have_text("S$3.00")
    (mail,) = wait_until(lambda: rated_shop.mails(email), "the receipt")
    for words in ("Shipping: S$3.00", "Total charged: S$31.00", "Ada Lovelace", "048616", "Singapore"):
        assert words in mail["text"]


def test_stripe_gets_the_address(page: Page, rated_shop: Shop, email: str) -> None:
    """The Address Element hands it over with the confirmation, so that Radar and receipts know it."""
    open_checkout(page, rated_shop)
    fill(page, email, PAYS)
    pay(page)
    expect_paid(page)
    intent_id = page.locator("#payment-id").inner_text()
    shipping = rated_shop.sandbox.stripe("GET", f"/v1/payment_intents/{intent_id}").json()["shipping"]
    assert (shipping["name"], shipping["address"]["postal_code"]) == ("Ada Lovelace", "048616")


def test_free_shipping_is_called_free(page: Page, shop: Shop, email: str) -> None:
    """Without rates nothing is added, and page, order and mail say so."""
    open_checkout(page, shop)
    expect_total(page, "Free", "S$28.00")
    fill(page, email, PAYS)
    pay(page)
    expect_paid(page)
    expect(page.locator("[data-shipping]")).to_have_text("Free")
    (mail,) = wait_until(lambda: shop.mails(email), "the receipt")
    assert "Shipping: free" in mail["text"]


def test_a_country_that_we_do_not_ship_to(
    page: Page, rated_shop: Shop, problems: Problems, email: str
) -> None:
    """The page says so beside the address, orders nothing, and goes on with another country."""
    problems.expect("422 .*/quotes")
    open_checkout(page, rated_shop)
    fill_card(page, PAYS)
    fill_contact(page, email)
    form = address_form(page)
    choose_country(page, "BR")
    for name, text in [("locality", "São Paulo"), ("administrativeArea", "SP"), ("postalCode", "01310-100")]:
        form.locator(f"[name={name}]").fill(text)
    expect(page.locator("#shipping-note")).to_contain_text("Brazil: we do not ship there")
    pay(page)
    expect_message(page, "we do not ship there for payments in SGD")
    expect_message(page, "Nothing has been ordered or charged")
    assert rows(rated_shop.database_url, "SELECT 1 FROM orders WHERE email = %s", email) == []
    fill_address(page)
    expect_total(page, "S$3.00", "S$31.00")
    pay(page)
    expect_paid(page)


def test_late_answers_to_older_questions_are_dropped(page: Page, rated_shop: Shop) -> None:
    """Germany's answer arrives after Singapore's: the page shows Singapore's."""
    open_checkout(page, rated_shop)
    held: list[Route] = []

    def hold(route: Route) -> None:
        if '"DE"' in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    page.route("**/quotes", hold)
    with page.expect_request(lambda request: '"DE"' in (request.post_data or "")):
        choose_country(page, "DE")
    choose_country(page, "SG")
    expect_total(page, "S$3.00", "S$31.00")
    for route in held:
        route.fulfill(json={part: _shown(9900) for part in ("subtotal", "shipping", "total")})
    expect(page.locator("#shipping-note")).to_have_text("Singapore: shipping costs S$3.00.")
    expect_total(page, "S$3.00", "S$31.00")


def _shown(amount: int) -> dict[str, object]:
    return {"amount": amount, "currency": "sgd", "text": f"S${amount / 100:.2f}"}


def test_a_quote_that_does_not_come(page: Page, rated_shop: Shop, problems: Problems, email: str) -> None:
    """The page says so, keeps the last agreed total, and the shop still charges no other."""
    problems.expect("ERR_CONNECTION_RESET|409 .*/orders")
    open_checkout(page, rated_shop)
    fill(page, email, PAYS)
    expect_total(page, "S$3.00", "S$31.00")
    page.route("**/quotes", lambda route: route.abort("connectionreset"))
    choose_country(page, "DE")
    address_form(page).locator("[name=locality]").fill("Berlin")
    expect(page.locator("#shipping-note")).to_contain_text("We could not ask what shipping there costs")
    expect_total(page, "S$3.00", "S$31.00")
    pay(page)
    expect_message(page, "the total is now S$40.00")
    expect_total(page, "S$12.00", "S$40.00")
    expect_typed(payment_form(page), {"number": "4242 4242 4242 4242"})
    pay(page)
    expect_paid(page)
    assert amount_at_stripe(rated_shop, page) == 4000


def test_half_an_address_places_no_order(page: Page, shop: Shop, email: str) -> None:
    """The form leads to the gap; nothing is ordered."""
    placed: list[Request] = []
    page.on("request", lambda request: placed.append(request) if request.url.endswith("/orders") else None)
    open_checkout(page, shop)
    page.locator("#email").fill(email)
    fill_card(page, PAYS)
    pay(page)
    expect(page.locator("#message")).not_to_be_empty()
    expect(address_form(page).locator("[name=name]")).to_be_focused()
    assert placed == []


def test_a_declined_card_takes_nothing_away(
    page: Page, rated_shop: Shop, problems: Problems, email: str
) -> None:
    """All stands there as typed; only the number is changed, and it pays the same order."""
    problems.expect(DECLINE_IN_CONSOLE)
    open_checkout(page, rated_shop)
    fill(page, email, LACKS_FUNDS)
    pay(page)
    expect_message(page, "You have not been charged")
    expect(page.locator("#email")).to_have_value(email)
    expect_typed(address_form(page), TYPED)
    expect_typed(payment_form(page), {"expiry": "12 / 34", "cvc": "123", "country": "SG"})
    payment_form(page).locator("[name=number]").fill(PAYS)
    pay(page)
    expect_paid(page)
    (order,) = rows(rated_shop.database_url, "SELECT * FROM orders WHERE email = %s", email)
    assert order["shipping_address"]["line1"] == "1 Raffles Place"


def test_another_country_after_a_declined_card(
    page: Page, rated_shop: Shop, problems: Problems, email: str
) -> None:
    """The same order goes elsewhere for its new total, and that is what is charged."""
    problems.expect(DECLINE_IN_CONSOLE)
    open_checkout(page, rated_shop)
    fill(page, email, LACKS_FUNDS)
    pay(page)
    expect_message(page, "You have not been charged")
    choose_country(page, "DE")
    address_form(page).locator("[name=locality]").fill("Berlin")
    expect_total(page, "S$12.00", "S$40.00")
    payment_form(page).locator("[name=number]").fill(PAYS)
    pay(page)
    expect_paid(page)
    assert amount_at_stripe(rated_shop, page) == 4000
    expect(page.locator(".fact-address")).to_contain_text("Germany")
    assert len(rows(rated_shop.database_url, "SELECT 1 FROM orders WHERE email = %s", email)) == 1


def test_a_failed_redirect_comes_back_to_a_filled_form(page: Page, rated_shop: Shop, email: str) -> None:
    """The page for paying again knows the address and its rate, and takes another address."""
    open_checkout(page, rated_shop)
    fill_contact(page, email)
    expect_total(page, "S$3.00", "S$31.00")
    start(page, GRABPAY)
    press(page, FAIL)
    page.wait_for_url("**/orders/*")
    page.get_by_role("link", name="Try again").click()
    wait_for_form(page)
    expect(page.locator("#known-email")).to_have_text(email)
    expect_typed(address_form(page), TYPED | {"addressLine2": ""})
    expect_total(page, "S$3.00", "S$31.00")
    choose_country(page, "MY")
    for name, text in [("locality", "Kuala Lumpur"), ("administrativeArea", "Kuala Lumpur")]:
        address_form(page).locator(f"[name={name}]").fill(text)
    expect(page.locator("#shipping-note")).to_have_text("Malaysia: shipping costs S$3.00.")
    fill_card(page, PAYS)
    pay(page)
    expect_paid(page)
    expect(page.locator(".fact-address")).to_contain_text("Kuala Lumpur")
    assert amount_at_stripe(rated_shop, page) == 3100


def test_only_countries_that_we_ship_to_are_offered(start_shop: Callable[..., Shop], page: Page) -> None:
    """The list in the form is the settings' list."""
    shop = start_shop(SHIPPING_COUNTRIES="SG, MY")
    open_checkout(page, shop)
    options = address_form(page).locator("[name=country] option")
    expect(options).to_have_text(["Malaysia", "Singapore"])
