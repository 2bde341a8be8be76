"""Reading and paying in other languages and currencies: the same sum from the shelf to Stripe."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from accessibility import violations
from conftest import Problems
from customer import BOOK, DECLINE_IN_CONSOLE, LACKS_FUNDS, PAYS, fill, pay, wait_for_form
from processes import Shop

SESSIONS = "/v1/elements/sessions"
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
HAMMING = "the-art-of-doing-science-and-engineering"


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


def test_a_choice_is_taken_at_once(page: Page, shop: Shop) -> None:
    """With JavaScript a choice leads back to the same page in the new language, and lasts."""
    address = f"{shop.url}/books/{BOOK}"
    page.goto(address)
    expect(page.locator(".price")).to_have_text("S$28.00")
    page.get_by_label("Currency").select_option("jpy")
    expect(page.locator(".price")).to_have_text("JP¥3,300")
    page.get_by_label("Language").select_option("de")
    expect(page.locator(".price")).to_have_text("3.300\u00a0¥")
    assert page.url == address
    page.goto(f"{shop.url}/books/{HAMMING}")
    expect(page.get_by_role("link", name="Jetzt kaufen")).to_be_visible()


def test_a_choice_without_javascript(new_page: Callable[..., Page], shop: Shop) -> None:
    """The form has its button."""
    page = new_page(java_script_enabled=False, locale="ja-JP")
    page.goto(shop.url)
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    expect(page.locator(".price").first).to_have_text("￥2,600")
    page.locator("select[name=language]").select_option("zh_Hans")
    page.locator("select[name=currency]").select_option("kwd")
    page.locator(".preferences button").click()
    expect(page.locator(".price").first).to_have_text("KWD\u00a06.250")
    heading(page, "值得珍藏的书")


def test_arrow_keys_choose_nothing_on_the_way(page: Page, shop: Shop) -> None:
    """By keyboard each arrow passes an entry: the page waits for the button."""
    page.goto(shop.url)
    language = page.get_by_label("Language")
    language.focus()
    language.press("ArrowDown")
    expect(language).to_have_value("zh_Hans")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="Change").press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


@pytest.mark.parametrize(
    ("browser_locale", "slug", "at_stripe", "text", "paid"),
    [
        ("de-AT", BOOK, ("de", 2300, "eur"), "23,00\u00a0€", "Vielen Dank, bezahlt"),
        ("ja-JP", HAMMING, ("ja", 2600, "jpy"), "￥2,600", "お支払いが完了しました"),
        ("ar-KW", HAMMING, ("en", 6250, "kwd"), "KWD\u00a06.250", "Thank you, it is paid"),
        ("zh-CN", HAMMING, ("zh", 2300, "sgd"), "S$23.00", "付款成功"),
    ],
)
def test_buying_abroad(
    new_page: Callable[..., Page],
    shop: Shop,
    *,
    browser_locale: str,
    slug: str,
    at_stripe: tuple[str, int, str],
    text: str,
    paid: str,
) -> None:
    """One sum, in the reader's writing on each page and in Stripe's count wherever Stripe is told."""
    locale, amount, currency = at_stripe
    page = new_page(locale=browser_locale)
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if SESSIONS in request.url else None)
    page.goto(f"{shop.url}/checkout/{slug}")
    wait_for_form(page)
    expect(page.locator("#pay")).to_contain_text(text)
    told = parse_qs(urlsplit(asked[0].url).query)
    assert told["deferred_intent[amount]"] == [str(amount)]
    assert (told["deferred_intent[currency]"], told["locale"]) == ([currency], [locale])
    fill(page, f"{currency}@example.com", PAYS)
    pay(page)
    page.wait_for_url("**/orders/*")
    heading(page, paid)
    expect(page.locator(".fact-total")).to_have_text(text)
    expect(page.locator(".receipt-total strong")).to_have_text(text)
    intent_id = page.locator("#payment-id").inner_text()
    intent = shop.sandbox.stripe("GET", f"/v1/payment_intents/{intent_id}").json()
    assert (intent["amount_received"], intent["currency"]) == (amount, currency)
    assert violations(page) == []


def test_another_currency_after_a_declined_card(page: Page, shop: Shop, problems: Problems) -> None:
    """The order keeps its currency; who changes it goes on with a checkout of its own, and pays once."""
    problems.expect(DECLINE_IN_CONSOLE)
    page.goto(f"{shop.url}/checkout/{BOOK}")
    wait_for_form(page)
    fill(page, "changed@example.com", LACKS_FUNDS)
    pay(page)
    expect(page.locator("#message")).to_contain_text("You have not been charged")
    before = page.url
    page.get_by_label("Currency").select_option("eur")
    expect(page.locator("#pay")).to_contain_text("€23.00")
    wait_for_form(page)
    assert page.url != before
    expect(page.locator("#main")).not_to_contain_text("S$")
    fill(page, "changed@example.com", PAYS)
    pay(page)
    page.wait_for_url("**/orders/*")
    expect(page.locator(".fact-total")).to_have_text("€23.00")
    page.goto(before)
    assert page.url != before, "the older order is in Singapore dollars, and the reader pays in euros"


@pytest.mark.parametrize("browser_locale", ["de-DE", "ja-JP", "zh-CN"])
def test_long_words_and_lines_without_blanks_stay_within_the_width(
    new_page: Callable[..., Page], shop: Shop, browser_locale: str
) -> None:
    """On a small phone, and with text at twice its size, nothing scrolls sideways in any language."""
    page = new_page(viewport={"width": 360, "height": 740}, locale=browser_locale)
    for path in ("/", f"/books/{BOOK}", f"/checkout/{BOOK}", "/cart", "/shopkeeper"):
        page.goto(shop.url + path)
        assert page.evaluate(FITS), path
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate(FITS), f"{path} in large text"
