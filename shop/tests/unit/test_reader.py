"""Who reads: cookies before the browser's wishes before the shop's own; only currencies on offer."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from bookshop.languages import LANGUAGES
from bookshop.web.preferences import OWN_ADDRESS
from bookshop.web.reader import Reader, find_reader

OFFERED = {"sgd", "eur", "jpy"}


def request(cookie: str = "", accept_language: str = "", **scope: Any) -> Request:
    headers = [(b"cookie", cookie.encode()), (b"accept-language", accept_language.encode())]
    values = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers}
    return Request(values | scope)


def reader(offered: set[str] = OFFERED, language: str = "en", currency: str = "sgd", **wishes: str) -> Reader:
    return find_reader(request(**wishes), offered, language=language, currency=currency)


@pytest.mark.parametrize(
    ("wishes", "language", "currency"),
    [
        ({}, "en", "sgd"),
        ({"accept_language": "de-AT,de;q=0.8"}, "de", "eur"),
        ({"accept_language": "ja"}, "ja", "jpy"),
        ({"accept_language": "ko-KR,en;q=0.8"}, "en", "sgd"),
        ({"accept_language": "de-AT", "cookie": "language=ja"}, "ja", "eur"),
        ({"accept_language": "de-AT", "cookie": "currency=jpy"}, "de", "jpy"),
        ({"accept_language": "de-AT", "cookie": "language=xx; currency=krw"}, "de", "eur"),
        ({"cookie": "language=zh_Hans; currency=eur"}, "zh_Hans", "eur"),
    ],
)
def test_cookies_come_before_guesses(wishes: dict[str, str], language: str, currency: str) -> None:
    """What was chosen holds; what is unknown or no longer offered does not."""
    found = reader(**wishes)
    assert (found.locale, found.currency) == (language, currency)


def test_the_shops_own_choice_comes_last() -> None:
    """The settings decide for whoever asks for nothing, and the default currency is offered first."""
    found = reader(language="de", currency="jpy")
    assert (found.locale, found.currency) == ("de", "jpy")
    assert found.currencies == ("jpy", "eur", "sgd")


def test_a_default_that_nothing_is_priced_in() -> None:
    """A shop that sells in euros alone shows euros; an empty one has to show something."""
    assert reader({"eur"}, currency="sgd").currencies == ("eur",)
    assert reader({"eur"}, currency="sgd").currency == "eur"
    assert reader(set(), currency="sgd", accept_language="ja").currency == "sgd"


@given(st.text(max_size=40), st.text(max_size=40), st.sets(st.sampled_from(["sgd", "eur", "kwd", "xof"])))
def test_whatever_is_sent_somebody_reads(cookie: str, header: str, offered: set[str]) -> None:
    """Any cookie and any header end at a language of ours and a currency on offer."""
    found = reader(offered, cookie=cookie, accept_language=header)
    assert found.locale in LANGUAGES
    assert found.currency in (offered or {"sgd"})


def test_where_a_choice_leads_back_to() -> None:
    """The page being read with its query; what a form has answered cannot be asked for by address."""
    get = request(path="/checkout/a", query_string=b"quantity=2&key=k")
    post = request(path="/shopkeeper", method="POST")
    found = [find_reader(asked, OFFERED, language="en", currency="sgd").here for asked in (get, post)]
    assert found == ["/checkout/a?quantity=2&key=k", "/"]


@pytest.mark.parametrize(
    "address", ["/", "/books/a", "/checkout/a?quantity=2&key=a-b_c", "/%E4%B9%A6", "/a//b"]
)
def test_own_addresses(address: str) -> None:
    """Every page of ours can be gone back to."""
    assert OWN_ADDRESS.fullmatch(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "books",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "https://evil.example",
        "javascript:1",
        "/a\\b",
        "/a b",
        "/a\r\nSet-Cookie: x=y",
        "/\t/evil.example",
        "/\u4e66",
        " /",
        "?a",
    ],
)
def test_no_way_out_to_another_site(address: str) -> None:
    """What a browser could read as another host, or a server as another header, is no address of ours."""
    assert not OWN_ADDRESS.fullmatch(address)


def test_sentences_with_values() -> None:
    """Named values are put in; a sentence without values may hold a percent sign."""
    english = Reader()
    assert english.gettext("100% cotton") == "100% cotton"
    assert english.gettext("Pay %(total)s", total="S$1.00") == "Pay S$1.00"
    assert Reader(language=LANGUAGES["de"]).gettext("Pay %(total)s", total="1 €") == "1 € bezahlen"
    assert english.gettext("") == ""
    assert Reader(language=LANGUAGES["ja"]).gettext("") == ""
    assert [english.ngettext("%(num)s book", "%(num)s books", n) for n in (1, 2)] == ["1 book", "2 books"]
