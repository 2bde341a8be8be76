"""Languages: every sentence in each of them, for whoever asks for it, in every release that is installed."""

import re
import subprocess
import sys
import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import messages
import pytest
from babel.messages.catalog import Message
from hypothesis import given
from hypothesis import strategies as st

from bookshop.languages import CATALOGS, ENGLISH, LANGUAGES, guess_currencies, moment, negotiate, translations
from bookshop.web.browser_words import BROWSER_WORDS
from bookshop.web.pages import Page
from bookshop.web.reader import Reader
from bookshop.web.templating import STATIC_FOLDER, html
from example_pages import PAGES, SITE

SHOP = Path(__file__).parents[2]
TRANSLATED = messages.TRANSLATED
FOLDER = CATALOGS.parent / "templates"
TEMPLATES = sorted(path for path in FOLDER.rglob("*") if path.suffix in {".html", ".txt"})
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|</?\w+[^>]*>")


def sentences(locale: str) -> list[Message]:
    return [message for message in messages.read(locale) if message.id]


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


@pytest.mark.parametrize("locale", TRANSLATED)
def test_the_catalogues_have_what_the_sources_say(locale: str) -> None:
    """What is new, reworded or gone in the sources is so in each catalogue: run `make messages`."""
    written = messages.catalog_path(locale).read_bytes()
    assert messages.updated(locale, messages.sentences()) == written


@pytest.mark.parametrize("locale", TRANSLATED)
def test_nothing_is_left_in_english(locale: str) -> None:
    """Every sentence has been translated, in every form, and looked at by a person."""
    assert len(sentences(locale)) > 150
    assert [message.id for message in sentences(locale) if messages.is_missing(message)] == []


@pytest.mark.parametrize("locale", TRANSLATED)
def test_translations_keep_what_stands_for_a_value(locale: str) -> None:
    """The same placeholders and markup, each as often: a lost one would hide an amount or an address."""
    for message in sentences(locale):
        english = [Counter(PLACEHOLDER.findall(form)) for form in forms(message.id)]
        assert [
            form for form in forms(message.string) if Counter(PLACEHOLDER.findall(form)) not in english
        ] == []


@pytest.mark.parametrize("locale", ["zh_Hans", "ja"])
def test_chinese_and_japanese_are_written_in_their_own_marks(locale: str) -> None:
    """No Western comma or full stop after a character of theirs."""
    odd = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff][,.;:!?](\s|$)")
    assert [form for m in sentences(locale) for form in forms(m.string) if odd.search(form)] == []


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_every_page_is_read_in_every_language(page: Page, locale: str) -> None:
    """Each page and each state of an order renders, says its language, and formats its amounts for it."""
    language = LANGUAGES[locale]
    text = html(SITE, page, Reader(language=language, currency="sgd", currencies=("sgd", "eur")))
    assert f'<html lang="{language.tag}">' in text
    assert "%(" not in text.partition('id="words"')[0]
    assert locale != "de" or "S$23.00" not in text


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_say_nothing_past_the_catalogues(template: Path) -> None:
    """What stands bare in a template, or in an attribute that is read out, is English for everybody."""
    text = template.read_text(encoding="utf-8")
    text = re.sub(r"{#.*?#}|<style.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(r"{% trans.*?endtrans %}|{{.*?}}|{%.*?%}", "", text, flags=re.DOTALL)
    read = re.findall(r'\s(?:alt|title|placeholder|aria-label|aria-description|data-hint)="([^"]*)"', text)
    bare = re.sub(r'<[^>]*>| data-[\w-]+="[^"]*"', "", text) if template.suffix == ".html" else text
    assert re.findall(r"[A-Za-z]{2,}", bare.replace("&nbsp;", "")) == []
    assert [words for words in read if re.search(r"[A-Za-z]", words)] == []


@pytest.mark.parametrize("locale", LANGUAGES)
def test_one_catalogue_a_language(locale: str) -> None:
    """English needs none; the others' are read as text, so that no compiled file has to be kept in step."""
    assert (CATALOGS / locale / "LC_MESSAGES" / "messages.po").exists() == (locale != ENGLISH.locale)
    assert list(CATALOGS.rglob("*.mo")) == []
    assert (translations(locale).gettext("Buy now") == "Buy now") == (locale == ENGLISH.locale)


def test_an_installed_shop_carries_its_catalogues(tmp_path: Path) -> None:
    """The wheel holds each catalogue beside the code that reads it."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=SHOP, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"bookshop/locale/{locale}/LC_MESSAGES/messages.po" for locale in TRANSLATED} <= names


def test_browser_modules_say_what_their_pages_carry() -> None:
    """Each name that a module asks for is in a table, and no table holds a word that nobody says."""
    sources = "".join(path.read_text(encoding="utf-8") for path in (STATIC_FOLDER / "js").glob("*.js"))
    said = set(re.findall(r'\bsay\("([\w-]+)"', sources))
    assert said == {name for table in BROWSER_WORDS.values() for name in table}


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh_Hans"),
        ("zh-Hans-SG", "zh_Hans"),
        ("de-AT", "de"),
        ("ja,en-US;q=0.7", "ja"),
        ("fr-FR,fr;q=0.9,de;q=0.5,en;q=0.8", "en"),
        ("en;q=0.1, DE ; q=0.9", "de"),
        ("de;q=0,ja", "ja"),
        ("*", None),
        ("fr", None),
        ("", None),
        (";q=1,,en;q=x,;;", None),
        ("den", None),
    ],
)
def test_the_language_asked_for(header: str, locale: str | None) -> None:
    """The most wanted language that we have; regions and spellings aside."""
    found = negotiate(header)
    assert (found and found.locale) == locale


@pytest.mark.parametrize(
    ("header", "currencies"),
    [
        ("de-AT", ["eur"]),
        ("ja", ["jpy"]),
        ("ko-KR,ko;q=0.9", ["krw"]),
        ("en-GB,en;q=0.5", ["gbp"]),
        ("ms-MY", ["myr"]),
        ("ar-KW", ["kwd"]),
        ("en-SG", ["sgd"]),
        ("es-US", ["usd"]),
        ("de-CH,de;q=0.9,en;q=0.8", ["chf", "eur"]),
        ("zh-CN,zh;q=0.9,en-GB;q=0.8", ["cny"]),
        ("en-US,en;q=0.9", []),
        ("es-419,xx-YY", []),
        ("", []),
    ],
)
def test_the_currency_of_where_somebody_lives(header: str, currencies: list[str]) -> None:
    """By the region of the most wanted language; en-US, which browsers come with, tells nothing."""
    assert guess_currencies(header)[: len(currencies) or None] == currencies


LISTS = st.from_regex(r"([a-z]{2,3}(-[a-zA-Z0-9]{1,8})?(;q=[0-9.]{0,6})?,){0,9}", fullmatch=True)


@given(st.text(max_size=60) | LISTS)
def test_no_header_breaks_the_guess(header: str) -> None:
    """Whatever a program sends, somebody reads something."""
    negotiate(header)
    assert all(re.fullmatch("[a-z]{3}", currency) for currency in guess_currencies(header))


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "2 November 2026, 08:07 UTC"),
        ("zh_Hans", "2026年11月2日 08:07 UTC"),
        ("de", "2. November 2026, 08:07 UTC"),
        ("ja", "2026年11月2日 08:07 UTC"),
    ],
)
def test_moments_are_written_as_each_language_does(locale: str, text: str) -> None:
    """Day, month and year in their order, the time by the same clock for everybody."""
    assert moment(datetime(2026, 11, 2, 8, 7, 30, tzinfo=UTC), LANGUAGES[locale]) == text
