"""Choosing among several ways to pay: rows and tabs, their order, what each asks, by mouse and keyboard."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from sandbox_pages import start

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
AXE_RUN = """axe.run({resultTypes: ['violations'], rules: Object.fromEntries(
    ['landmark-one-main', 'page-has-heading-one', 'region'].map((rule) => [rule, {enabled: false}]))})"""
SINGAPORE = ["card", "google_pay", "alipay", "wechat_pay", "grabpay", "paynow"]
EURO = ["card", "google_pay", "eps", "ideal", "bancontact", "p24", "sepa_debit"]


def offer(page: Page, currency: str, **options: Any) -> None:
    page.evaluate("(currency) => { shop.intent.currency = currency; }", currency)
    start(page, methods=None, **options)


def shown(form: FrameLocator) -> list[str]:
    """The methods' types from first to last, as far as they can be seen."""
    found: list[str] = form.locator(".Tab:visible, .AccordionItem-header[value]:visible").evaluate_all(
        "(headers) => headers.map((header) => header.value)"
    )
    return found


def test_rows_before_more(page: Page, form: FrameLocator) -> None:
    """Five ways to pay stand in rows, closed at first; the rest come with "More"."""
    offer(page, "sgd")
    assert shown(form) == SINGAPORE[:5]
    expect(form.locator("#Field-numberInput")).to_have_count(0)
    form.get_by_role("button", name="More payment methods").click()
    assert shown(form) == SINGAPORE
    expect(form.locator("#paynow-tab")).to_be_focused()
    expect(form.get_by_role("button", name="More payment methods")).to_have_count(0)


@pytest.mark.parametrize(("count", "rows"), [(2, 2), (6, 6), (0, 6)])
def test_page_says_how_many_rows(page: Page, form: FrameLocator, count: int, rows: int) -> None:
    """`visibleAccordionItemsCount` is the number of rows before "More"; 0 is all."""
    offer(page, "sgd", element={"layout": {"type": "accordion", "visibleAccordionItemsCount": count}})
    assert shown(form) == SINGAPORE[:rows]
    expect(form.get_by_role("button", name="More payment methods")).to_have_count(int(rows < 6))


def test_order_of_the_page(page: Page, form: FrameLocator) -> None:
    """`paymentMethodOrder` comes first, what it leaves out follows."""
    offer(page, "sgd", element={"paymentMethodOrder": ["paynow", "grabpay"]})
    assert shown(form) == ["paynow", "grabpay", "card", "google_pay", "alipay"]


def test_choice_is_told(page: Page, form: FrameLocator) -> None:
    """`change` names the method, and whether nothing is chosen; `collapse()` gives the choice up."""
    offer(page, "sgd")
    form.locator("#grabpay-tab").click()
    _, chosen = page.evaluate("shop.seen('change', (event) => event.value.type === 'grabpay')")
    assert (chosen["empty"], chosen["complete"], chosen["collapsed"]) == (False, True, False)
    assert page.evaluate("shop.elements.submit()") == {"selectedPaymentMethod": "grabpay"}
    page.evaluate("shop.payment.collapse()")
    page.evaluate("shop.seen('change', (event) => event.collapsed)")
    error = page.evaluate("shop.elements.submit()")["error"]
    assert (error["code"], error["message"]) == (
        "incomplete_payment_details",
        "Please choose a payment method.",
    )


def test_wallet_beside_the_card_leaves_it_open(page: Page, form: FrameLocator) -> None:
    """Where the account offers the card alone, its form is open although Google Pay stands below it."""
    offer(page, "aed")
    assert shown(form) == ["card", "google_pay"]
    expect(form.locator("#Field-numberInput")).to_be_visible()


def test_wallets_can_be_hidden(page: Page, form: FrameLocator) -> None:
    """`wallets: {googlePay: 'never'}` takes the row away."""
    offer(page, "sgd", element={"wallets": {"googlePay": "never"}})
    assert "google_pay" not in shown(form)


def test_radios(page: Page, form: FrameLocator) -> None:
    """Radio buttons are drawn for a choice among several, and not when the page forbids them."""
    offer(page, "sgd")
    expect(form.locator(".RadioIcon").first).to_be_visible()
    page.evaluate("shop.payment.update({layout: {type: 'accordion', radios: 'never'}})")
    expect(form.locator(".RadioIcon")).to_have_count(0)


def test_tabs_and_what_finds_no_room(page: Page, form: FrameLocator) -> None:
    """As many tabs as fit; a list holds the rest and brings the chosen one forth."""
    offer(page, "eur", element={"layout": "tabs"})
    visible = len(shown(form))
    assert 1 < visible < len(EURO)
    assert shown(form) == EURO[:visible]
    menu = form.get_by_label("More payment methods")
    menu.select_option(label="Przelewy24")
    expect(form.locator("#p24-tab")).to_be_focused()
    expect(form.locator("#p24-tab")).to_have_attribute("aria-selected", "true")
    assert shown(form) == [*EURO[: visible - 1], "p24"]
    page.set_viewport_size({"width": 260, "height": 900})
    expect(form.locator(".Tab:visible")).to_have_count(1)
    assert shown(form) == ["p24"]


def test_bank_debit_asks_for_the_account(page: Page, form: FrameLocator) -> None:
    """SEPA asks for IBAN, name and e-mail, checks them and shows the mandate."""
    offer(page, "eur", element={"paymentMethodOrder": ["sepa_debit"]})
    form.locator("#sepa_debit-tab").click()
    expect(form.get_by_text(re.compile("you authorise Sandbox shop"))).to_be_visible()
    iban = form.get_by_label("IBAN")
    for typed, message in (
        ("DE89", "Your IBAN is incomplete."),
        ("DE89370400440532013001", "Your IBAN is invalid."),
    ):
        iban.fill(typed)
        iban.blur()
        expect(form.locator("#Field-ibanError")).to_have_text(message)
    iban.fill("de89370400440532013000")
    iban.blur()
    expect(iban).to_have_value("DE89 3704 0044 0532 0130 00")
    assert page.evaluate("shop.elements.submit()")["error"]["code"] == "incomplete_name"
    form.get_by_label("Full name").fill("Ada Lim")
    form.get_by_label("Email").fill("ada")
    assert page.evaluate("shop.elements.submit()")["error"]["code"] == "invalid_email"
    form.get_by_label("Email").fill("ada@example.com")
    assert page.evaluate("shop.elements.submit()") == {"selectedPaymentMethod": "sepa_debit"}


def test_known_details_are_not_asked_again(page: Page, form: FrameLocator) -> None:
    """Default values fill the form; fields that the page keeps for itself are not shown."""
    offer(
        page,
        "eur",
        element={
            "paymentMethodOrder": ["p24", "eps"],
            "defaultValues": {"billingDetails": {"name": "Ada Lim"}},
            "fields": {"billingDetails": {"email": "never"}},
        },
    )
    form.locator("#p24-tab").click()
    expect(form.get_by_label("Full name")).to_have_value("Ada Lim")
    expect(form.get_by_label("Email")).to_be_hidden()
    assert page.evaluate("shop.elements.submit()") == {"selectedPaymentMethod": "p24"}


def test_rows_by_keyboard(page: Page, form: FrameLocator) -> None:
    """Arrows walk through the rows without choosing; Enter chooses, Tab goes on into the form."""
    offer(page, "sgd")
    page.locator("#before").focus()
    page.keyboard.press("Tab")
    expect(form.get_by_role("button", name="Card")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(form.get_by_role("button", name="More payment methods")).to_be_focused()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("shop.events.filter(([name]) => name === 'change').length") == 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(form.locator("#Field-numberInput")).to_be_focused()


@pytest.mark.parametrize(
    ("layout", "theme"), [("accordion", "stripe"), ("accordion", "night"), ("tabs", "stripe")]
)
def test_no_barriers_in_any_method(page: Page, form: FrameLocator, layout: str, theme: str) -> None:
    """axe finds nothing wrong with any method's form, in rows and tabs."""
    if theme == "night":
        page.evaluate("document.body.classList.add('dark')")
    offer(page, "eur", element={"layout": layout}, elements={"appearance": {"theme": theme}})
    frame = page.frames[-1]
    frame.evaluate(AXE.read_text())
    for method in EURO:
        header = form.locator(f"#{method}-tab")
        if not header.is_visible() and layout == "tabs":
            form.get_by_label("More payment methods").select_option(method)
        elif not header.is_visible():
            form.get_by_role("button", name="More payment methods").click()
        header.click()
        page.evaluate("shop.payment.blur()")
        found = frame.evaluate(AXE_RUN)["violations"]
        assert [(method, one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


def test_languages_of_the_methods(page: Page, form: FrameLocator) -> None:
    """Names and notes follow the locale."""
    offer(page, "sgd", element={"paymentMethodOrder": ["alipay"]})
    form.locator("#alipay-tab").click()
    for locale, name, note in (
        ("zh-CN", "支付宝", "接下来将打开 支付宝"),
        ("de", "Alipay", "Als Nächstes öffnet sich Alipay"),  # codespell:ignore
        ("ja", "Alipay", "次に Alipay が開きます"),
        ("fr", "Alipay", "Alipay opens next"),
    ):
        page.evaluate("(locale) => shop.elements.update({locale})", locale)
        expect(form.locator("#alipay-tab")).to_have_text(name)
        expect(form.get_by_text(note)).to_be_visible()
