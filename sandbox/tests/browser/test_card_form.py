"""The card form itself: typing, pasting, brands, errors, languages, keyboard, assistive technology."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect
from sandbox_pages import fill, start

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"

# Landmarks and the first heading are the embedding page's, not the frame's.
AXE_RUN = """axe.run({resultTypes: ['violations'], rules: Object.fromEntries(
    ['landmark-one-main', 'page-has-heading-one', 'region'].map((rule) => [rule, {enabled: false}]))})"""


def number(form: FrameLocator) -> Locator:
    return form.locator("#Field-numberInput")


def test_number_is_grouped_and_its_brand_recognised(page: Page, form: FrameLocator) -> None:
    """A number reads as on the card, whether typed or pasted, and shows whose card it is."""
    start(page)
    for typed, shown, brand in (
        ("4242424242424242", "4242 4242 4242 4242", "visa"),
        ("4242-4242 4242x42429999", "4242 4242 4242 4242", "visa"),
        ("2223003122003222", "2223 0031 2200 3222", "mastercard"),
        ("378282246310005", "3782 822463 10005", "amex"),
        ("36227206271667", "3622 720627 1667", "diners"),
        ("3056930009020004", "3056 9300 0902 0004", "diners"),
        ("6011111111111117", "6011 1111 1111 1117", "discover"),
        ("3566002020360505", "3566 0020 2036 0505", "jcb"),
        ("6205500000000000004", "6205 5000 0000 0000 004", "unionpay"),
    ):
        number(form).fill("")
        number(form).press_sequentially(typed)
        expect(number(form)).to_have_value(shown)
        number(form).fill("")
        number(form).fill(typed)
        expect(number(form)).to_have_value(shown)
        expect(form.locator(f'.Brands img[src$="/{brand}.svg"]')).to_be_visible()


def test_caret_stays_where_one_types(page: Page, form: FrameLocator) -> None:
    """Correcting a digit in the middle does not throw the caret to the end."""
    start(page)
    number(form).fill("4242 424")
    place_caret(number(form), 2)
    page.keyboard.type("99")
    expect(number(form)).to_have_value("4299 4242 4")
    assert caret(number(form)) == 4
    page.keyboard.type("1")
    expect(number(form)).to_have_value("4299 1424 24")
    assert caret(number(form)) == 6


def test_deleting_across_a_gap_deletes_a_digit(page: Page, form: FrameLocator) -> None:
    """Backspace behind the gap takes the digit before it, not the gap that would come back."""
    start(page)
    number(form).fill("4242 42")
    place_caret(number(form), 5)
    page.keyboard.press("Backspace")
    expect(number(form)).to_have_value("4244 2")
    assert caret(number(form)) == 3


def test_expiry_is_understood(page: Page, form: FrameLocator) -> None:
    """Months and years may be typed in the ways that people do."""
    start(page)
    expiry = form.locator("#Field-expiryInput")
    for typed, shown in (
        ("1234", "12 / 34"),
        ("934", "09 / 34"),
        ("1/34", "01 / 34"),
        ("12/2034", "12 / 34"),
        ("122034", "12 / 34"),
        ("1334", "01 / 33"),
    ):
        expiry.fill(typed)
        expect(expiry).to_have_value(shown)


def test_expiry_typed_and_deleted_key_by_key(page: Page, form: FrameLocator) -> None:
    """The slash comes by itself and goes by itself."""
    start(page)
    expiry = form.locator("#Field-expiryInput")
    expiry.press_sequentially("12")
    expect(expiry).to_have_value("12 / ")
    expiry.press_sequentially("3")
    for left in ("12", "1", ""):
        page.keyboard.press("Backspace")
        expect(expiry).to_have_value(left)


def test_caret_moves_on_from_what_is_finished(page: Page, form: FrameLocator) -> None:
    """Typing from the card needs no Tab: number, date and code follow one another."""
    start(page)
    number(form).press_sequentially("42424242424242421234123")
    expect(form.locator("#Field-expiryInput")).to_have_value("12 / 34")
    expect(form.locator("#Field-cvcInput")).to_have_value("123")


def test_security_code_has_the_length_of_the_brand(page: Page, form: FrameLocator) -> None:
    """Four digits for American Express, three for others."""
    start(page)
    cvc = form.locator("#Field-cvcInput")
    number(form).fill("378282246310005")
    cvc.fill("12345")
    expect(cvc).to_have_value("1234")
    number(form).fill("4242424242424242")
    expect(cvc).to_have_value("123")


def test_errors_stand_by_their_field(page: Page, form: FrameLocator) -> None:
    """What is wrong is said when the field is left, and again by elements.submit() as a validation_error."""
    start(page)
    for field, typed, code, message in (
        ("number", "4242 4242", "incomplete_number", "Your card number is incomplete."),
        ("number", "4242 4242 4242 4241", "invalid_number", "Your card number is invalid."),
        ("expiry", "12", "incomplete_expiry", "Your card's expiration date is incomplete."),
        ("expiry", "12 / 20", "invalid_expiry_year_past", "Your card's expiration year is in the past."),
        ("cvc", "12", "incomplete_cvc", "Your card's security code is incomplete."),
    ):
        fill(form)
        box, error = form.locator(f"#Field-{field}Input"), form.locator(f"#Field-{field}Error")
        box.fill(typed)
        box.blur()
        expect(error).to_have_text(message)
        expect(error).to_have_role("alert")
        expect(box).to_have_attribute("aria-invalid", "true")
        expect(box).to_have_attribute("aria-describedby", f"Field-{field}Error")
        found = page.evaluate("shop.elements.submit()")["error"]
        assert found == {"type": "validation_error", "code": code, "message": message}
        expect(box).to_be_focused()


def test_empty_form_is_not_sent(page: Page, form: FrameLocator) -> None:
    """Every missing field is marked, the first is named, and no request is made."""
    start(page)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url) if "/v1/" in request.url else None)
    error = page.evaluate("shop.elements.submit()")["error"]
    assert error["code"] == "incomplete_number"
    for field in ("number", "expiry", "cvc"):
        expect(form.locator(f"#Field-{field}Error")).not_to_be_empty()
    assert requests == []


def test_submit_names_the_method(page: Page, form: FrameLocator) -> None:
    """A form that is complete says which method was chosen."""
    start(page)
    fill(form)
    assert page.evaluate("shop.elements.submit()") == {"selectedPaymentMethod": "card"}


def test_browsers_can_fill_it(page: Page, form: FrameLocator) -> None:
    """Names, ids, autocomplete and inputmode are those that browsers and Stripe's users rely on."""
    start(page)
    for name, autocomplete in (("number", "cc-number"), ("expiry", "cc-exp"), ("cvc", "cc-csc")):
        box = form.locator(f'input[name="{name}"]')
        expect(box).to_have_id(f"Field-{name}Input")
        expect(box).to_have_attribute("autocomplete", autocomplete)
        expect(box).to_have_attribute("inputmode", "numeric")
    expect(form.get_by_label("Country")).to_have_attribute("autocomplete", "billing country")
    frame = page.locator('iframe[title="Secure payment input frame"]')
    assert "elements-inner-payment" in str(frame.get_attribute("src"))
    assert str(frame.get_attribute("name")).startswith("__privateStripeFrame")


def test_american_cards_are_asked_for_their_zip(page: Page, form: FrameLocator) -> None:
    """The United States compare the ZIP code; other countries are not asked for one."""
    start(page)
    zip_code = form.locator("#Field-postalCodeInput")
    expect(form.locator("#Field-countryInput")).to_have_value("SG")
    expect(zip_code).to_be_hidden()
    form.get_by_label("Country").select_option("US")
    expect(zip_code).to_have_attribute("placeholder", "12345")
    fill(form)
    zip_code.fill("12")
    assert page.evaluate("shop.elements.submit()")["error"]["code"] == "incomplete_zip"
    zip_code.fill("94103")
    assert "error" not in page.evaluate("shop.elements.submit()")
    form.get_by_label("Country").select_option("GB")
    expect(zip_code).to_be_hidden()


def test_older_trains_ask_more_countries(page: Page, form: FrameLocator, shop_url: str) -> None:
    """Before 2025-09-30.clover, Britain and Canada were asked too, and tabs were the first layout."""
    page.goto(f"{shop_url}/?train=acacia")
    start(page)
    form.get_by_label("Country").select_option("GB")
    expect(form.get_by_label("Postal code")).to_be_visible()
    expect(form.locator(".Accordion")).to_have_count(0)


def test_keyboard_alone(page: Page, form: FrameLocator) -> None:
    """Tab enters the form, goes through it in order and leaves it; Enter does nothing bad."""
    start(page)
    page.locator("#before").focus()
    page.keyboard.press("Tab")
    expect(form.get_by_role("button", name="Card")).to_be_focused()
    page.keyboard.press("Tab")
    expect(number(form)).to_be_focused()
    page.keyboard.type("424242424242")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(form.locator("#Field-expiryInput")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(form.locator("#Field-countryInput")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#pay")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(form.locator("#Field-countryInput")).to_be_focused()


@pytest.mark.parametrize(
    "options", [{}, {"elements": {"appearance": {"theme": "night"}}}, {"element": {"layout": "tabs"}}]
)
def test_no_barriers(page: Page, options: dict[str, Any]) -> None:
    """axe finds nothing wrong with the form, empty and with errors, in light and dark."""
    if "elements" in options:
        page.evaluate("document.body.classList.add('dark')")
    start(page, **options)
    frame = page.frames[-1]
    frame.evaluate(AXE.read_text())
    for step in ("empty", "with errors"):
        if step == "with errors":
            page.evaluate("shop.elements.submit()")
        found = frame.evaluate(AXE_RUN)["violations"]
        assert [(step, one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


def test_languages(page: Page, form: FrameLocator) -> None:
    """Labels, countries and messages follow the locale; an unknown one reads English."""
    start(page)
    for locale, label, message in (
        ("de", "Kartennummer", "Ihre Kartennummer ist unvollständig."),  # codespell:ignore
        ("zh-CN", "卡号", "您的卡号不完整。"),
        ("ja", "カード番号", "カード番号に不備があります。"),
        ("fi", "Card number", "Your card number is incomplete."),
    ):
        page.evaluate("(locale) => shop.elements.update({locale})", locale)
        expect(form.get_by_label(label)).to_be_visible()
        assert page.evaluate("shop.elements.submit()")["error"]["message"] == message


def test_language_of_the_visitor(browser: Browser, shop_url: str) -> None:
    """Without a locale, the form speaks the browser's language and knows its country."""
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    page.goto(shop_url)
    start(page)
    form = page.frame_locator('iframe[title="Secure payment input frame"]')
    expect(form.get_by_label("Land")).to_have_value("DE")
    context.close()


def caret(box: Locator) -> int:
    place: int = box.evaluate("(input) => input.selectionStart")
    return place


def place_caret(box: Locator, place: int) -> None:
    box.focus()
    box.evaluate("(input, place) => input.setSelectionRange(place, place)", place)
