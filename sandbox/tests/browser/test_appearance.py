"""The form in the colours of the page: themes, variables, rules, layouts; and that nothing jumps."""

from typing import Any

import pytest
import stripe
from playwright.sync_api import FrameLocator, Locator, Page, expect
from sandbox_pages import fill, start


def style(box: Locator, name: str) -> str:
    found: str = box.evaluate("(element, name) => getComputedStyle(element).getPropertyValue(name)", name)
    return found


def with_appearance(page: Page, **appearance: Any) -> None:
    start(page, elements={"appearance": appearance})


def test_themes_differ(page: Page, form: FrameLocator) -> None:
    """Night is dark and stripe is light, and elements.update() changes one into the other."""
    with_appearance(page, theme="night")
    box = form.locator("#Field-numberInput")
    fill(form)
    expect(box).to_have_css("color", "rgb(255, 255, 255)")
    page.evaluate("shop.elements.update({appearance: {theme: 'stripe'}})")
    expect(box).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(box).to_have_value("4242 4242 4242 4242")


def test_variables(page: Page, form: FrameLocator) -> None:
    """Variables reach every part, by their present and their older names, and may use one another."""
    variables = {
        "colorPrimary": "#b5472f",
        "colorBackground": "#fdf8ef",
        "colorText": "#221c10",
        "colorDanger": "rgb(120, 0, 0)",
        "fontFamily": "Georgia, serif",
        "fontSizeBase": "18px",
        "borderRadius": "0px",
        "spacingUnit": "5px",
        "spacingGridRow": "21px",
        "inputColorBorder": "var(--colorPrimary)",
    }
    with_appearance(page, variables=variables)
    box = form.locator("#Field-numberInput")
    expect(box).to_have_css("background-color", "rgb(253, 248, 239)")
    expect(box).to_have_css("color", "rgb(34, 28, 16)")
    expect(box).to_have_css("font-size", "18px")
    expect(box).to_have_css("border-radius", "0px")
    expect(box).to_have_css("padding-top", "15px")
    expect(box).to_have_css("border-top-color", "rgb(181, 71, 47)")
    assert "Georgia" in style(box, "font-family")
    assert style(form.locator(".Grid"), "row-gap") == "21px"
    page.evaluate("shop.elements.submit()")
    expect(form.locator("#Field-cvcError")).to_have_css("color", "rgb(120, 0, 0)")


def test_rules_style_what_they_may(page: Page, form: FrameLocator) -> None:
    """Listed selectors and properties work; everything else is refused, said and harmless."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    rules = {
        ".Input": {"borderColor": "rgb(1, 2, 3)", "position": "fixed", "backgroundImage": "none"},
        ".Input:focus": {"boxShadow": "none"},
        ".Input--invalid": {"color": "rgb(9, 8, 7)"},
        ".Label": {"textTransform": "uppercase", "background": "url(https://example.com/spy)"},
        "body": {"color": "rgb(4, 5, 6)"},
        ".Input, body": {"color": "rgb(4, 5, 6)"},
        ".Error": {"color": "red; } body { display: none"},
    }
    with_appearance(page, rules=rules)
    box = form.locator("#Field-numberInput")
    expect(box).to_have_css("border-top-color", "rgb(1, 2, 3)")
    expect(box).to_have_css("position", "static")
    expect(form.locator("label[for=Field-numberInput]")).to_have_css("text-transform", "uppercase")
    assert style(form.locator("body"), "color") != "rgb(4, 5, 6)"
    assert "url" not in style(form.locator("label[for=Field-numberInput]"), "background-image")
    page.evaluate("shop.elements.submit()")
    expect(box).to_have_css("color", "rgb(9, 8, 7)")
    expect(box).to_have_css("box-shadow", "none")
    for refused in (
        "{ position }",
        "{ backgroundImage }",
        "body is not",
        ".Error { color }",
        "{ background }",
    ):
        assert any(refused in text for text in said), (refused, said)


def test_labels_inside_and_inputs_that_touch(page: Page, form: FrameLocator) -> None:
    """Floating labels stay readable above what is typed; condensed inputs share their borders."""
    with_appearance(page, inputs="condensed")
    fill(form)
    label, box = form.locator("label[for=Field-numberInput]"), form.locator("#Field-numberInput")
    expect(label).to_have_class("Label Label--floating")
    expect(label).to_have_css("position", "absolute")
    top, below = box.bounding_box(), form.locator("#Field-expiryInput").bounding_box()
    assert top
    assert below
    assert top["y"] + top["height"] >= below["y"]


def test_tabs_and_accordion(page: Page, form: FrameLocator) -> None:
    """The accordion is the first layout and has a row for the card; one method alone needs no tabs."""
    start(page)
    row = form.get_by_role("button", name="Card")
    expect(row).to_have_attribute("aria-expanded", "true")
    expect(form.locator(".RadioIcon")).to_have_count(0)
    page.evaluate("shop.payment.update({layout: {type: 'accordion', radios: 'always'}})")
    expect(form.locator(".RadioIcon")).to_have_count(1)
    fill(form)
    page.evaluate("shop.payment.update({layout: 'tabs'})")
    expect(row).to_be_hidden()
    expect(form.locator("#Field-numberInput")).to_have_value("4242 4242 4242 4242")


def test_collapsed_until_chosen(page: Page, form: FrameLocator) -> None:
    """defaultCollapsed shows the row alone; choosing it opens the fields and says so."""
    start(page, element={"layout": {"type": "accordion", "defaultCollapsed": True}})
    expect(form.locator("#Field-numberInput")).to_be_hidden()
    form.get_by_role("button", name="Card").click()
    expect(form.locator("#Field-numberInput")).to_be_visible()
    detail = page.evaluate("shop.seen('change')")[1]
    assert (detail["collapsed"], detail["value"]["type"]) == (False, "card")


def test_terms_follow_the_intent(page: Page, form: FrameLocator, client: stripe.StripeClient) -> None:
    """When the server decides to keep the card, fetchUpdates() brings the terms."""
    intent = client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"})
    page.evaluate("(secret) => { shop.clientSecret = secret; }", intent.client_secret)
    start(page)
    expect(form.locator(".TermsText")).to_be_hidden()
    client.v1.payment_intents.update(intent.id, {"setup_future_usage": "off_session"})
    assert page.evaluate("shop.elements.fetchUpdates()") == {}
    expect(form.locator(".TermsText")).to_contain_text("you allow Sandbox shop to charge your card")


def test_terms_name_the_business(page: Page, form: FrameLocator) -> None:
    """Terms appear when the card is kept for later, with the page's own name for itself."""
    start(page, element={"business": {"name": "Paper & Ink"}})
    expect(form.locator(".TermsText")).to_be_hidden()
    page.evaluate("shop.elements.update({setupFutureUsage: 'off_session'})")
    expect(form.locator(".TermsText")).to_contain_text("you allow Paper & Ink to charge your card")
    page.evaluate("shop.payment.update({terms: {card: 'never'}})")
    expect(form.locator(".TermsText")).to_be_hidden()


@pytest.mark.parametrize("layout", ["accordion", "tabs"])
def test_room_is_kept_while_loading(page: Page, layout: str) -> None:
    """What stands below the form hardly moves when the skeleton becomes the form."""
    page.evaluate("(layout) => { window.ready = shop.start({element: {layout}}); }", layout)
    before = height_of_frame(page)
    page.evaluate("window.ready")
    assert abs(settled_height(page) - before) <= 6


def test_frame_grows_with_its_errors(page: Page) -> None:
    """No message is cut off, and the room is given back."""
    start(page)
    before = settled_height(page)
    page.evaluate("shop.elements.submit()")
    assert settled_height(page) > before + 30
    page.evaluate("shop.payment.clear()")
    assert settled_height(page) == before


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_fits_its_column(page: Page, form: FrameLocator, width: int) -> None:
    """Nothing sticks out of the frame, however wide the page."""
    page.set_viewport_size({"width": width, "height": 800})
    start(page)
    expect(form.locator("#Field-numberInput")).to_be_visible()
    assert form.locator("html").evaluate("(html) => html.scrollWidth <= html.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def height_of_frame(page: Page) -> int:
    found: int = page.evaluate("document.querySelector('#payment-element iframe').offsetHeight")
    return found


def settled_height(page: Page) -> int:
    """The frame's height once its growing has ended and the form fits into it."""
    frame = page.frames[-1]
    found: int = page.evaluate(
        """async () => {
            const iframe = document.querySelector('#payment-element iframe');
            const frames = () => new Promise(requestAnimationFrame);
            for (let i = 0; i < 4; i++) await frames();
            await Promise.all(iframe.getAnimations().map((animation) => animation.finished));
            return iframe.offsetHeight;
        }"""
    )
    assert frame.evaluate("document.body.getBoundingClientRect().height") <= found
    return found
