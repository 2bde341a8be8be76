"""Language and currency over HTTP: chosen by a form, kept by cookies, never mixed in an order."""

import re
import secrets
from typing import Any

import httpx
import pytest

from processes import Shop, wait_until
from shop_records import order_row, rows

HAMMING = "the-art-of-doing-science-and-engineering"


def choose(shop: Shop, **form: str) -> httpx.Response:
    return httpx.post(f"{shop.url}/preferences", data=form, headers={"Origin": shop.url})


def read(shop: Shop, path: str, accept_language: str = "", **cookies: str) -> httpx.Response:
    with httpx.Client(base_url=shop.url, cookies=cookies, timeout=30, follow_redirects=True) as client:
        return client.get(path, headers={"Accept-Language": accept_language, "Accept": "text/html"})


def test_a_choice_is_remembered_for_a_year(shop: Shop) -> None:
    """303 back to the page, one cookie each, unreadable for scripts."""
    answer = choose(shop, language="de", currency="eur", back="/books/working-in-public?a=b")
    assert (answer.status_code, answer.headers["location"]) == (303, "/books/working-in-public?a=b")
    cookies = answer.headers.get_list("set-cookie")
    assert [cookie.partition(";")[0] for cookie in cookies] == ["language=de", "currency=eur"]
    assert all(
        {"Max-Age=31536000", "HttpOnly", "SameSite=lax", "Path=/"} <= set(c.split("; ")) for c in cookies
    )


def test_a_choice_that_we_do_not_have_is_no_choice(shop: Shop) -> None:
    """An unknown language or a currency that nothing is priced in sets no cookie."""
    answer = choose(shop, language="tlh", currency="xof", back="/")
    assert answer.status_code == 303
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", "/\\evil.example", ""])
def test_a_choice_leads_to_no_other_site(shop: Shop, back: str) -> None:
    """Whatever `back` says, the browser stays with us."""
    assert choose(shop, language="de", back=back).headers["location"] == "/"


def test_another_sites_form_chooses_nothing(shop: Shop) -> None:
    """The form is ours alone."""
    url = f"{shop.url}/preferences"
    answer = httpx.post(url, data={"language": "de"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("language", "tag", "price"),
    [
        ("en-SG", "en", "S$23.00"),
        ("en-US,en;q=0.9", "en", "S$23.00"),
        ("en-GB", "en", "£16.00"),
        ("de-AT", "de", "18,00\u00a0€"),
        ("ja", "ja", "￥2,600"),
        ("ko-KR", "en", "₩25,000"),
        ("ms-MY", "en", "RM79.00"),
        ("ar-KW", "en", "KWD\u00a06.250"),
        ("zh-CN", "zh-Hans", "S$23.00"),
    ],
)
def test_the_first_guess(shop: Shop, language: str, tag: str, price: str) -> None:
    """Somebody new sees their language and the currency of where they live, if we have them."""
    page = read(shop, "/", language)
    assert f'<html lang="{tag}">' in page.text
    assert page.headers["content-language"] == tag
    assert f'<span class="price">{price}</span>' in page.text


@pytest.mark.parametrize(
    "path", ["/", "/books/working-in-public", f"/checkout/{HAMMING}", "/nowhere", "/cart"]
)
def test_no_cache_hands_a_page_to_another_reader(shop: Shop, path: str) -> None:
    """The answer says what it depends on, and that it is not to be kept without asking."""
    headers = read(shop, path, "ja").headers
    assert {part.strip() for part in headers["vary"].split(",")} >= {"Accept-Language", "Cookie"}
    assert headers["cache-control"] in {"private, no-cache", "no-store"}
    assert headers["content-language"] == "ja"


def test_cookies_beat_the_browsers_language(shop: Shop) -> None:
    """What was chosen holds on every page."""
    page = read(shop, "/books/working-in-public", "de-AT", language="zh_Hans", currency="jpy")
    assert '<html lang="zh-Hans">' in page.text
    assert "JP¥3,300" in page.text


def test_a_book_without_a_price_in_the_readers_currency(shop: Shop, own_book: str) -> None:
    """It is shown as not sold in it, with what it is sold in, and never at another currency's price."""
    home = read(shop, "/", currency="jpy").text
    assert "Not sold in JPY" in home
    page = read(shop, f"/books/{own_book}", currency="jpy").text
    assert "It is sold in SGD" in page
    assert "S$" not in page.partition("<footer")[0]
    assert "/checkout/" not in page.partition("others-heading")[0]
    assert read(shop, f"/checkout/{own_book}", currency="jpy").url.path == f"/books/{own_book}"


def test_a_currency_is_offered_when_something_is_priced_in_it(start_shop: Any) -> None:
    """The picker follows the shelf: a currency comes with its first price and goes with its last."""
    shop = start_shop(DEFAULT_CURRENCY="eur", DEFAULT_LANGUAGE="de")
    eight = ["eur", "gbp", "jpy", "krw", "kwd", "myr", "sgd", "usd"]
    assert offered(read(shop, "/").text) == eight
    rows(shop.database_url, "DELETE FROM prices WHERE currency NOT IN ('sgd', 'usd')")
    shop.web.stop()
    shop.start_web()
    page = read(shop, "/", "de-AT")
    assert offered(page.text) == ["sgd", "usd"]
    assert "23,00\u00a0S$" in page.text


def offered(page: str) -> list[str]:
    return re.findall(r'<option value="([a-z]{3})"', page)


def test_an_order_keeps_its_currency_whatever_is_chosen_later(shop: Shop) -> None:
    """Its page and its payment form stay in euros; a checkout that goes on in yen is another one."""
    key = secrets.token_urlsafe(24)
    placed = shop.order(checkout_key=key, currency="eur", total=1800)
    assert placed.status_code == 201
    url = placed.json()["order_url"]
    for path in (url, f"{url}/pay"):
        page = read(shop, path, currency="jpy").text.partition("<footer")[0]
        assert "€18.00" in page
        assert "¥" not in page
    again = read(shop, f"/checkout/{HAMMING}?quantity=1&key={key}", currency="jpy")
    assert f"key={key}" not in str(again.url)
    assert ("JP¥2,600" in again.text, "€" in again.text.partition("<footer")[0]) == (True, False)
    back = read(shop, f"/checkout/{HAMMING}?quantity=1&key={key}", currency="eur")
    assert f"key={key}" in str(back.url)


def test_a_tab_of_another_currency_finds_its_checkout_changed(shop: Shop) -> None:
    """Two tabs with one key, one in euros and one in dollars: one order, and the other tab is told."""
    key = secrets.token_urlsafe(24)
    placed, late = (
        shop.order(checkout_key=key, currency=currency, total=total)
        for currency, total in [("eur", 1800), ("usd", 2000)]
    )
    assert (placed.status_code, late.status_code) == (201, 409)
    assert order_row(shop, placed.json()["order_url"])["currency"] == "eur"


@pytest.mark.parametrize(
    ("currency", "total"),
    [
        ("eur", 1800),
        ("usd", 2000),
        ("gbp", 1600),
        ("jpy", 2600),
        ("krw", 25_000),
        ("myr", 7900),
        ("kwd", 6250),
    ],
)
def test_each_currency_reaches_stripe_with_its_own_decimals(shop: Shop, currency: str, total: int) -> None:
    """Story 14: the PaymentIntent has the price in Stripe's count, for none, two and three decimals."""
    placed = shop.order(currency=currency, total=total)
    assert placed.status_code == 201, placed.text
    intent_id = order_row(shop, placed.json()["order_url"])["payment_intent_id"]
    intent = shop.sandbox.stripe("GET", f"/v1/payment_intents/{intent_id}").json()
    assert (intent["amount"], intent["currency"]) == (total, currency)


def test_the_mail_comes_in_the_language_of_the_checkout(shop: Shop) -> None:
    """The language and currency in which somebody ordered are those in which they are written to."""
    email = f"{secrets.token_hex(8)}@example.com"
    placed = shop.order(cookies={"language": "de"}, currency="eur", total=1800, email=email)
    shop.sandbox.pay(placed.json()["client_secret"])
    (mail,) = wait_until(lambda: shop.mails(email), "the mail")
    assert mail["subject"] == "Ihre Bestellung bei Bookshop: 18,00\u00a0€ bezahlt"
    assert "18,00\u00a0€" in mail["html"]


def test_problems_are_told_in_the_readers_language(shop: Shop) -> None:
    """Refusals that the checkout shows, and pages about errors."""
    refused = shop.order(cookies={"language": "zh_Hans"}, total=1).json()
    assert refused["title"] == "总额有变"
    assert "S$23.00" in refused["detail"]
    assert "这里什么也没有" in read(shop, "/nowhere", "zh-CN").text
    assert "Zum Inhalt springen" in read(shop, "/nowhere", "de").text
