"""The checkout when something around it fails or changes: the customer knows where their money is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, Route, expect

import bookshop
from conftest import Problems
from customer import (
    BOOK,
    DECLINE_IN_CONSOLE,
    LACKS_FUNDS,
    PAYS,
    expect_message,
    expect_paid,
    fill,
    open_checkout,
    pay,
    payment_form,
    wait_for_form,
)
from processes import Shop, run_to_its_end

CATALOG = Path(bookshop.__file__).parent / "catalog.toml"


def test_paid_in_another_tab(page: Page, shop: Shop, problems: Problems) -> None:
    """The second tab says that the order is paid, and leads to it; nothing is charged twice."""
    problems.expect("409 .*/orders")
    open_checkout(page, shop)
    second = page.context.new_page()
    second.goto(page.url)
    wait_for_form(second)
    for tab in (page, second):
        fill(tab, "tabs@example.com", PAYS)
    pay(page)
    expect_paid(page)
    pay(second)
    expect_message(second, "paid")
    second.get_by_role("link", name="See your order").click()
    expect_paid(second)
    assert second.url == page.url


def test_a_price_that_changed_meanwhile_is_said_and_paid(
    page: Page, own_shop: Shop, problems: Problems, tmp_path: Path
) -> None:
    """The new total stands everywhere, and nothing is charged until the button is pressed again."""
    problems.expect("409 .*/orders")
    open_checkout(page, own_shop)
    fill(page, "price@example.com", PAYS)
    dearer = tmp_path / "catalog.toml"
    dearer.write_text(CATALOG.read_text(encoding="utf-8").replace("28.00", "29.50"), encoding="utf-8")
    _load_catalog(own_shop, dearer)
    pay(page)
    expect_message(page, "S$29.50")
    expect(page.get_by_role("button", name="Pay S$29.50")).to_be_visible()
    expect(page.locator(".checkout-summary")).not_to_contain_text("S$28.00")
    pay(page)
    expect_paid(page)
    expect(page.locator(".facts")).to_contain_text("S$29.50")


def test_stripe_js_that_does_not_load_can_be_asked_for_again(
    page: Page, shop: Shop, problems: Problems
) -> None:
    """Story 19: the page says that nothing was charged, tells the shop, and another try works."""
    problems.expect("ERR_FAILED.*stripe.js")
    page.route("**/stripe.js", lambda route: route.abort())
    with page.expect_request(_reports("stripe_js_failed")):
        page.goto(f"{shop.url}/checkout/{BOOK}")
        expect_message(page, "Nothing has been ordered or charged")
    expect(page.locator("#pay")).to_be_hidden()
    page.unroute("**/stripe.js")
    page.get_by_role("button", name="Try again").click()
    wait_for_form(page)
    fill(page, "again@example.com", PAYS)
    pay(page)
    expect_paid(page)


def test_a_payment_form_that_does_not_load_can_be_asked_for_again(
    page: Page, shop: Shop, problems: Problems
) -> None:
    """Story 19: Stripe.js is there and its session is not: the same words, the same way on."""
    problems.expect("elements/sessions")
    page.route("**/v1/elements/sessions*", lambda route: route.abort())
    with page.expect_request(_reports("loaderror")):
        page.goto(f"{shop.url}/checkout/{BOOK}")
        expect_message(page, "Nothing has been ordered or charged")
    page.unroute("**/v1/elements/sessions*")
    page.get_by_role("button", name="Try again").click()
    wait_for_form(page)
    fill(page, "form@example.com", PAYS)
    pay(page)
    expect_paid(page)


def test_a_shop_out_of_reach_says_that_nothing_was_charged(
    page: Page, shop: Shop, problems: Problems
) -> None:
    """A connection lost before the payment is no reason to worry, and pressing again goes through."""
    problems.expect("ERR_CONNECTION_RESET")
    open_checkout(page, shop)
    fill(page, "lost@example.com", PAYS)
    page.route("**/orders", lambda route: route.abort("connectionreset"))
    pay(page)
    expect_message(page, "You have not been charged")
    page.unroute("**/orders")
    pay(page)
    expect_paid(page)


def test_an_answer_lost_after_placing_leads_to_the_same_order(
    page: Page, shop: Shop, problems: Problems
) -> None:
    """The shop placed the order and its answer never came: the next press finds that order."""
    problems.expect("ERR_CONNECTION_RESET")
    open_checkout(page, shop)
    fill(page, "answer@example.com", PAYS)
    lost: list[dict[str, str]] = []

    def lose(route: Route) -> None:
        lost.append(route.fetch().json())
        route.abort("connectionreset")

    page.route("**/orders", lose)
    pay(page)
    expect_message(page, "You have not been charged")
    page.unroute("**/orders")
    pay(page)
    expect_paid(page)
    assert page.url == shop.url + lost[0]["order_url"]


def test_a_payment_whose_answer_is_lost_is_not_called_refused(
    page: Page, shop: Shop, problems: Problems
) -> None:
    """Stripe charged and its answer never came: the page asks, and shows the order that is paid."""
    problems.expect("ERR_CONNECTION_RESET")
    open_checkout(page, shop)
    fill(page, "charged@example.com", PAYS)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    page.route("**/v1/payment_intents/*/confirm", lose, times=1)
    pay(page)
    expect_paid(page)


def test_a_payment_that_nobody_can_ask_about_is_not_called_unpaid(
    page: Page, shop: Shop, problems: Problems
) -> None:
    """With Stripe out of reach the page claims nothing about the money, and leads to the order."""
    problems.expect("ERR_CONNECTION_RESET")
    open_checkout(page, shop)
    fill(page, "unclear@example.com", PAYS)
    page.route("**/v1/payment_intents/**", lambda route: route.abort("connectionreset"))
    pay(page)
    expect_message(page, "we cannot say yet")
    expect(page.locator("#message")).not_to_contain_text("You have not been charged")
    expect(page.get_by_role("link", name="See your order")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_payment_form_follows_the_device(new_page: Callable[..., Page], shop: Shop, scheme: str) -> None:
    """The form changes its colours with the page around it, without being filled in again."""
    page = new_page(color_scheme=scheme)
    open_checkout(page, shop)
    number = payment_form(page).locator("[name=number]")
    number.fill("4242")
    before = number.evaluate("(field) => getComputedStyle(field).color")
    page.emulate_media(color_scheme="light" if scheme == "dark" else "dark")
    expect(number).not_to_have_css("color", before)
    expect(number).to_have_value("4242")


def test_reports_hold_no_personal_data_and_no_secret(page: Page, shop: Shop, problems: Problems) -> None:
    """What the page tells the shop about the form holds neither address nor card nor client secret."""
    problems.expect(DECLINE_IN_CONSOLE)
    told: list[str] = []
    page.on("request", lambda request: told.append(request.url + (request.post_data or "")))
    open_checkout(page, shop)
    fill(page, "private@example.com", LACKS_FUNDS)
    with page.expect_request(_reports("declined")) as last:
        pay(page)
    response = last.value.response()
    assert response is not None
    assert response.status == 204
    reports = "".join(text for text in told if "/browser-events" in text)
    assert "card_declined" in reports
    assert not [word for word in ("private", "9995", "_secret_", "insufficient") if word in reports]


def _reports(name: str) -> Callable[[Request], bool]:
    return lambda request: "/browser-events" in request.url and f'"{name}"' in (request.post_data or "")


def _load_catalog(shop: Shop, file: Path) -> None:
    words = ("catalog", "load", str(file))
    run_to_its_end("catalog", "bookshop", *words, directory=shop.directory, environment=shop.environment)
