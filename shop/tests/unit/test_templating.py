"""Pages become HTML in which every value is asked for, escaped and free of inline style and script."""

import asyncio
import re
from pathlib import Path

import httpx
import pytest
from jinja2 import UndefinedError
from starlette.applications import Starlette

from bookshop import covers
from bookshop.web.pages import CheckoutPage, OrderPage, Page
from bookshop.web.templating import STATIC_FOLDER, html, static_build, static_routes
from example_pages import CHECKOUT, PAGES, SCENES, SITE, UNPAID, order_page


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_every_page_renders_without_inline_style_or_script(page: Page) -> None:
    """The content security policy allows none; and each page has one main heading and loads Stripe.js."""
    text = html(SITE, page)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", text)
    scripts = re.findall(r"<script[^>]*>", text)
    assert all("src=" in tag or 'type="application/json"' in tag for tag in scripts)
    assert len(re.findall(r"<h1[\s>]", text)) == 1
    assert f'src="{SITE.stripe_js_url}"' in text


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_text_from_the_catalogue_is_escaped(page: Page) -> None:
    """A title with markup in it stays a title."""
    text = html(SITE, page)
    assert '<b>"in"</b>' not in text
    assert "Owl &amp; Sons" in text


@pytest.mark.parametrize(("scene", "page"), SCENES.items())
def test_the_facts_of_an_order_choose_its_words(scene: str, page: OrderPage) -> None:
    """Each scene has a headline, words and a picture of its own."""
    assert page.scene == scene
    text = html(SITE, page)
    others = {_headline(html(SITE, other)) for name, other in SCENES.items() if name != scene}
    assert _headline(text) not in others
    assert '<svg class="picture"' in text


@pytest.mark.parametrize(
    "scene", ["waiting", "scanning", "authorising", "failed", "code_expired", "held", "canceled", "expired"]
)
def test_an_unpaid_order_says_that_nothing_was_charged(scene: str) -> None:
    """Nobody should have to guess where their money is."""
    assert "You have not been charged" in html(SITE, SCENES[scene])


def test_money_on_its_way_is_neither_success_nor_failure() -> None:
    """A processing payment is not called paid, and asks for nothing."""
    text = html(SITE, SCENES["on_its_way"])
    assert "nothing for you to do" in text
    assert "charged" not in text
    assert "/pay" not in text


def test_money_on_its_way_is_not_asked_for_again() -> None:
    """A payment that left before the order knew of it gets no second Pay button."""
    early = order_page(**UNPAID, payment_status="processing")
    assert early.scene == "on_its_way"
    assert "/pay" not in html(SITE, early)
    assert 'href="/pay"' in html(SITE, SCENES["waiting"])


def test_a_total_that_is_not_paid_is_not_called_charged() -> None:
    """Only a paid order shows "Total charged"."""
    charged = {scene for scene, page in SCENES.items() if "Total charged" in html(SITE, page)}
    assert charged == {"paid", "shipped", "refunded", "partly_refunded"}


def test_only_a_page_that_waits_for_others_refreshes_itself() -> None:
    """Without JavaScript the browser asks again while a bank decides, not while somebody reads."""
    refreshed = {scene for scene, page in SCENES.items() if 'http-equiv="refresh"' in html(SITE, page)}
    assert refreshed == {"scanning", "authorising", "on_its_way"}


def test_every_module_of_the_checkout_is_fetched_at_once() -> None:
    """The page names what checkout.js imports, so that the browser does not find out one by one."""
    text = html(SITE, CHECKOUT)
    imported = re.findall(r'from "\./(\w+\.js)"', (STATIC_FOLDER / "js" / "checkout.js").read_text())
    assert imported
    assert [
        name for name in imported if f'rel="modulepreload" href="{SITE.static}/js/{name}"' not in text
    ] == []


def test_the_dashboard_is_not_shown_to_strangers() -> None:
    """Its link is there when the door gave one, and not otherwise."""
    assert "View in Dashboard" not in html(SITE, SCENES["paid"])
    assert "View in Dashboard" in html(SITE, order_page(dashboard_url="https://dashboard.example"))


def test_paying_again_shows_the_address_and_does_not_ask_for_it() -> None:
    """The order knows its e-mail address already."""
    again = CheckoutPage(**{**vars(CHECKOUT), "order_url": "/orders/t", "email": "ada@example.com"})
    assert 'id="email"' in html(SITE, CHECKOUT)
    assert 'id="email"' not in html(SITE, again)
    assert "ada@example.com" in html(SITE, again)


def test_a_missing_value_is_an_error_and_not_a_blank() -> None:
    """A template that asks for what its page does not have fails the tests, not the customer."""

    class Incomplete:
        template = "error.html"

    with pytest.raises(UndefinedError):
        html(SITE, Incomplete())


def test_every_palette_has_an_accent_in_light_and_dark() -> None:
    """A palette that covers know and tokens.css does not would leave its book without an accent."""
    tokens = (STATIC_FOLDER / "css" / "tokens.css").read_text()
    for palette in covers.PALETTES:
        assert tokens.count(f'[data-palette="{palette}"]') == 2


def test_the_static_build_changes_with_any_file(tmp_path: Path) -> None:
    """Contents, names and new files all count; the same files give the same build."""
    seen = set()
    for name, content in [("a.css", "x"), ("a.css", "y"), ("b.css", "y"), ("js/c.js", "")]:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
        static_build.cache_clear()
        seen.add(static_build(tmp_path))
        assert static_build(tmp_path) in seen
    assert len(seen) == 4


def test_static_files_of_this_build_are_kept_for_ever_and_of_others_not_at_all() -> None:
    """During a rollout a page of another release gets a file, but may not keep it under that name."""
    build = static_build(STATIC_FOLDER)
    mine, other, absent = asyncio.run(
        _get(
            f"/static/{build}/css/tokens.css",
            "/static/0000/css/tokens.css",
            f"/static/{build}/css/absent.css",
        )
    )
    assert mine.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert other.status_code == 200
    assert other.headers["cache-control"] == "no-cache"
    assert absent.status_code == 404


def test_every_file_that_a_page_asks_for_exists() -> None:
    """A stylesheet or module with a slip in its name would be a page without it."""
    asked = set(re.findall(rf"{SITE.static}/([^\"]+)", "".join(html(SITE, page) for page in PAGES.values())))
    assert asked
    assert [path for path in asked if not (STATIC_FOLDER / path).is_file()] == []


def _headline(text: str) -> str:
    found = re.search(r"<h1 id=\"headline\">(.*?)</h1>", text, re.DOTALL)
    assert found
    return found[1]


async def _get(*paths: str) -> list[httpx.Response]:
    transport = httpx.ASGITransport(Starlette(routes=static_routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        return [await client.get(path) for path in paths]
