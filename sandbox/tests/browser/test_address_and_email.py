"""The Address and Link Authentication Elements beside a Payment Element."""

from pathlib import Path
from typing import Any

import pytest
import stripe
from playwright.sync_api import FrameLocator, Page, expect
from sandbox_pages import fill, press_pay, start

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
AXE_RUN = """axe.run({resultTypes: ['violations'], rules: Object.fromEntries(
    ['landmark-one-main', 'page-has-heading-one', 'region'].map((rule) => [rule, {enabled: false}]))})"""


def add(page: Page, kind: str, **options: Any) -> FrameLocator:
    """Make another Element above the Payment Element and wait until it is ready."""
    # All in sight: a click that scrolls first can hit what stood there before, when frames are processes.
    page.set_viewport_size({"width": 480, "height": 1400})
    page.evaluate(
        """([kind, options]) => new Promise((resolve) => {
            const place = document.createElement('div');
            place.id = kind;
            document.querySelector('#payment-element').before(place);
            shop[kind] = shop.elements.create(kind, options);
            shop.heard = [];
            shop[kind].on('change', (event) => shop.heard.push(event)).on('ready', resolve).mount(place);
        })""",
        [kind, options],
    )
    return page.frame_locator(f"#{kind} iframe")


def fill_address(address: FrameLocator) -> None:
    address.get_by_label("Full name").fill("Ada Lim")
    address.get_by_label("Country").select_option("US")
    address.get_by_label("Address line 1").fill("510 Townsend St")
    address.get_by_label("City").fill("San Francisco")
    address.get_by_label("State").fill("CA")
    address.get_by_label("ZIP code").fill("94103")


def test_ships_to_the_address(page: Page, form: FrameLocator, client: stripe.StripeClient) -> None:
    """What was typed reaches the page by `change` and `getValue()`, and the intent as its shipping."""
    start(page)
    address = add(page, "address", mode="shipping", fields={"phone": "always"})
    fill_address(address)
    address.get_by_label("Phone number (optional)").fill("+1 415 555 0100")
    page.wait_for_function("shop.heard.at(-1)?.value.phone?.endsWith('0100')")
    heard = page.evaluate("shop.heard.at(-1)")
    assert set(heard) == {"elementType", "elementMode", "empty", "complete", "isNewAddress", "value"}
    assert (heard["elementType"], heard["elementMode"], heard["complete"]) == ("address", "shipping", True)
    assert heard["value"] == {
        "name": "Ada Lim",
        "phone": "+1 415 555 0100",
        "address": {
            "line1": "510 Townsend St",
            "line2": None,
            "city": "San Francisco",
            "state": "CA",
            "postal_code": "94103",
            "country": "US",
        },
    }
    assert page.evaluate("shop.address.getValue()")["value"] == heard["value"]
    fill(form)
    paid = client.v1.payment_intents.retrieve(press_pay(page)["paymentIntent"]["id"])
    assert (paid.shipping.name, paid.shipping.phone) == ("Ada Lim", "+1 415 555 0100")
    assert paid.shipping.address.to_dict() == heard["value"]["address"]


def test_bills_to_the_address(page: Page, form: FrameLocator, client: stripe.StripeClient) -> None:
    """A billing address goes with the card, whose form then asks for no country."""
    start(page)
    address = add(page, "address", mode="billing")
    expect(form.locator("#Field-countryInput")).to_be_hidden()
    fill_address(address)
    fill(form)
    page.wait_for_function("shop.heard.at(-1)?.complete")
    found = client.v1.payment_intents.retrieve(
        press_pay(page)["paymentIntent"]["id"], {"expand": ["payment_method"]}
    )
    billed = found.payment_method.billing_details
    assert (billed.name, billed.address.line1, billed.address.postal_code) == (
        "Ada Lim",
        "510 Townsend St",
        "94103",
    )


def test_card_form_asks_again_without_the_address(
    page: Page, form: FrameLocator, client: stripe.StripeClient
) -> None:
    """A billing address that the page takes away leaves nobody who asks for country and postal code."""
    start(page)
    add(page, "address", mode="billing")
    country = form.locator("#Field-countryInput")
    expect(country).to_be_hidden()
    page.evaluate("shop.address.destroy()")
    expect(country).to_be_visible()
    fill(form)
    intent = client.v1.payment_intents.retrieve(
        press_pay(page)["paymentIntent"]["id"], {"expand": ["payment_method"]}
    )
    assert intent.payment_method.billing_details.address.country


def test_incomplete_address_is_not_sent(page: Page, form: FrameLocator) -> None:
    """`elements.submit()` checks the address too and leads to the first gap."""
    start(page)
    address = add(page, "address", mode="shipping", blockPoBox=True)
    fill(form)
    error = page.evaluate("shop.elements.submit()")["error"]
    assert (error["type"], error["message"]) == ("validation_error", "Please fill this in.")
    expect(address.get_by_label("Full name")).to_be_focused()
    fill_address(address)
    address.get_by_label("Address line 1").fill("PO Box 7")
    error = page.evaluate("shop.elements.submit()")["error"]
    assert error["message"] == "We cannot deliver to a post office box."


def test_countries_of_the_shop(page: Page) -> None:
    """Only allowed countries can be chosen; a city state is asked for no city, Hong Kong for no code."""
    start(page)
    address = add(page, "address", mode="shipping", allowedCountries=["SG", "HK"])
    options = address.get_by_label("Country").locator("option")
    assert options.evaluate_all("(all) => all.map((option) => option.value)") == ["HK", "SG"]
    expect(address.get_by_label("Country")).to_have_value("SG")
    expect(address.get_by_label("City")).to_be_hidden()
    address.get_by_label("Country").select_option("HK")
    expect(address.get_by_label("Postal code")).to_be_hidden()
    expect(address.get_by_label("City")).to_be_visible()


def test_known_address(page: Page) -> None:
    """Default values fill the form, and the page hears of them."""
    start(page)
    known = {"line1": "1 Victoria St", "postal_code": "189554", "country": "SG"}
    values = {"firstName": "Ada", "lastName": "Lim", "address": known}
    address = add(page, "address", mode="shipping", defaultValues=values, display={"name": "split"})
    page.wait_for_function("shop.heard.length")
    heard = page.evaluate("shop.heard.at(-1)")
    assert (heard["complete"], heard["value"]["name"], heard["value"]["firstName"]) == (
        True,
        "Ada Lim",
        "Ada",
    )
    expect(address.get_by_label("Last name")).to_have_value("Lim")


def test_email_goes_with_the_payment(page: Page, form: FrameLocator, client: stripe.StripeClient) -> None:
    """The Link Authentication Element tells the page of its e-mail, at once when it was known before."""
    start(page)
    email = add(page, "linkAuthentication", defaultValues={"email": "ada@example.com"})
    page.wait_for_function("shop.heard.length")
    assert page.evaluate("shop.heard[0]") == {
        "elementType": "linkAuthentication",
        "empty": False,
        "complete": True,
        "value": {"email": "ada@example.com"},
    }
    fill(form)
    email.get_by_label("Email").fill("ada@")
    assert page.evaluate("shop.elements.submit()")["error"]["code"] == "invalid_email"
    email.get_by_label("Email").fill("lim@example.com")
    found = client.v1.payment_intents.retrieve(
        press_pay(page)["paymentIntent"]["id"], {"expand": ["payment_method"]}
    )
    assert found.payment_method.billing_details.email == "lim@example.com"


def test_elements_are_found_by_type(page: Page) -> None:
    """`getElement` knows both Address Elements by their mode; a second of one mode is a mistake."""
    start(page)
    add(page, "address", mode="shipping")
    assert page.evaluate("shop.elements.getElement('address', {mode: 'shipping'}) === shop.address")
    assert page.evaluate("shop.elements.getElement('address', {mode: 'billing'})") is None
    mistake = page.evaluate(
        """() => {
            try { shop.elements.create('address', {mode: 'shipping'}); }
            catch (mistake) { return mistake.name; }
        }"""
    )
    assert mistake == "IntegrationError"


@pytest.mark.parametrize("theme", ["stripe", "night"])
def test_no_barriers_in_address_and_email(page: Page, theme: str) -> None:
    """axe finds nothing wrong with either form, with every error shown."""
    if theme == "night":
        page.evaluate("document.body.classList.add('dark')")
    start(page, elements={"appearance": {"theme": theme}})
    for kind, options in (("address", {"mode": "shipping"}), ("linkAuthentication", {})):
        add(page, kind, **options)
        page.evaluate("shop.elements.submit()")
        frame = page.locator(f"#{kind} iframe").element_handle().content_frame()
        assert frame
        # The frame is transparent: the page's ground shows through it, which axe does not see from inside.
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        frame.evaluate("(ground) => { document.documentElement.style.background = ground; }", ground)
        frame.evaluate(AXE.read_text())
        found = frame.evaluate(AXE_RUN)["violations"]
        assert [(kind, one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


def test_address_in_other_languages(page: Page) -> None:
    """The labels follow the locale."""
    start(page, elements={"locale": "de"})
    address = add(page, "address", mode="shipping")
    expect(address.get_by_label("Straße und Hausnummer")).to_be_visible()
    page.evaluate("shop.elements.update({locale: 'ja'})")
    expect(address.get_by_label("住所 1")).to_be_visible()
