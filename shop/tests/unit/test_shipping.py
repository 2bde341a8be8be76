"""Shipping: what the settings may say, what it costs where, and what an address is."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import factories
from bookshop import settings as shop_settings
from bookshop.countries import COUNTRIES, country_name
from bookshop.errors import SettingsError
from bookshop.money import Money, exponent
from bookshop.shipping import Address, rate
from bookshop.shipping_rates import ELSEWHERE, parse_countries, parse_rates
from processes import ADDRESS

# Two, no and three decimals; the last digit of a dinar's three is always 0.
CURRENCIES = st.sampled_from(["sgd", "eur", "jpy", "kwd"])
COUNTRY = st.sampled_from(sorted(COUNTRIES))
TABLES = st.dictionaries(
    COUNTRY | st.just(ELSEWHERE),
    st.dictionaries(CURRENCIES, st.integers(0, 99_999).map(lambda tens: tens * 10), min_size=1),
)


def written(table: dict[str, dict[str, int]]) -> str:
    """A table of minor units as people write it into the settings."""
    return json.dumps(
        {
            country: {currency: str(Money(amount, currency).figure) for currency, amount in row.items()}
            for country, row in table.items()
        }
    )


@given(table=TABLES, country=COUNTRY, currency=CURRENCIES)
def test_a_country_is_priced_by_its_own_row_else_by_the_others(
    table: dict[str, dict[str, int]], country: str, currency: str
) -> None:
    """The figure comes back in minor units, whatever the decimals; no row or no figure is no shipping."""
    found = rate(factories.settings(shipping_rates=written(table)), country, currency)
    if not table:
        assert found == Money(0, currency)
    else:
        amount = table.get(country, table.get(ELSEWHERE, {})).get(currency)
        assert found == (None if amount is None else Money(amount, currency))


@given(countries=st.lists(COUNTRY, min_size=1, unique=True), country=COUNTRY)
def test_nothing_goes_where_the_shop_does_not_ship(countries: list[str], country: str) -> None:
    """The list of countries decides before any rate does."""
    settings = factories.settings(shipping_countries=", ".join(countries))
    assert rate(settings, country, "sgd") == (Money(0, "sgd") if country in countries else None)


@given(text=st.text(max_size=60))
def test_any_text_is_a_table_or_refused_in_words(text: str) -> None:
    """No text brings the start down with anything but a sentence."""
    for parse in (parse_rates, parse_countries):
        with suppress(ValueError):
            parse(text)


@pytest.mark.parametrize(
    ("rates", "words"),
    [
        ("free", "no JSON"),
        ('{"SG": {"sgd": "3.00"}', "no JSON"),
        ("[]", "countries belong outside"),
        ('{"SG": "3.00"}', "countries belong outside"),
        ('{"sg": {"sgd": "3.00"}}', "no country's code"),
        ('{"EU": {"eur": "3.00"}}', "no country's code"),
        ('{"SG": {"SGD": "3.00"}}', "no currency's code"),
        ('{"SG": {"xyz": "3.00"}}', "no currency's code"),
        ('{"SG": {"sgd": 3.5}}', "needs quotes"),
        ('{"SG": {"sgd": null}}', "needs quotes"),
        ('{"SG": {"sgd": "-3.00"}}', "not an amount"),
        ('{"SG": {"sgd": "3.001"}}', "more decimals"),
        ('{"SG": {"jpy": "3.5"}}', "more decimals"),
        ('{"SG": {"kwd": "3.001"}}', "last digit"),
        ('{"SG": {}}', "has no rate"),
        ('{"SG": {"sgd": "1"}, "SG": {"sgd": "2"}}', "stands there twice"),
    ],
)
def test_nonsense_in_the_rates_is_a_sentence_at_start(rates: str, words: str) -> None:
    """The shop does not start, and says which setting is wrong and how."""
    sentence = refusal(shipping_rates=rates)
    assert sentence.startswith("SHIPPING_RATES")
    assert words in sentence


@pytest.mark.parametrize("countries", ["Germany", "SG; DE", "sg", "SG, EU", "ZZ"])
def test_nonsense_in_the_countries_is_a_sentence_at_start(countries: str) -> None:
    """Codes only; the one that is none is named."""
    assert refusal(shipping_countries=countries).startswith("SHIPPING_COUNTRIES")


def test_a_country_that_is_shipped_to_for_no_money_is_a_contradiction() -> None:
    """A country on the list without a rate could be chosen by nobody; the start says so."""
    rates = '{"SG": {"sgd": "3.00"}}'
    assert "DE" in refusal(shipping_rates=rates, shipping_countries="SG, DE")
    assert load(shipping_rates=rates, shipping_countries="SG").shipping_countries == ("SG",)
    assert load(shipping_rates='{"*": {"sgd": "9"}}', shipping_countries="DE").shipping_countries == ("DE",)


def test_rates_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line of JSON in a variable is the table."""
    monkeypatch.setenv("SHIPPING_RATES", '{"SG": {"sgd": "3.00", "jpy": "400"}}')
    monkeypatch.setenv("SHIPPING_COUNTRIES", "SG")
    settings = load()
    assert settings.shipping_rates == {"SG": {"sgd": Money(300, "sgd"), "jpy": Money(400, "jpy")}}
    assert exponent("jpy") == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "   "},
        {"line1": ""},
        {"line1": None},
        {"line1": "x" * 201},
        {"city": "a\0b"},
        {"postal_code": "1\n2"},
        {"country": "sg"},
        {"country": "XX"},
        {"country": ""},
        {"country": "Singapore"},
        {"planet": "Earth"},
        {"phone": 5},
    ],
)
def test_what_is_no_address(changes: dict[str, Any]) -> None:
    """A name, a street and a known country are needed; nothing unprintable, nothing endless."""
    with pytest.raises(ValidationError):
        Address.model_validate(ADDRESS | changes)


def test_an_address_on_a_label() -> None:
    """Only what there is, the country in the reader's language, and the same again for the form."""
    address = Address.model_validate(ADDRESS)
    assert address.lines("de") == ("Ada Lovelace", "1 Raffles Place", "#20-01", "048616", "Singapur")
    parts = {"line1": "1 Raffles Place", "line2": "#20-01", "postal_code": "048616", "country": "SG"}
    assert address.for_form() == {"name": "Ada Lovelace", "address": parts}
    assert Address.model_validate(address.model_dump()) == address


@pytest.mark.parametrize(
    ("country", "place"), [("AT", "1010 Vienna W"), ("US", "Vienna W 1010"), ("JP", "Vienna W 1010")]
)
def test_the_place_of_the_postal_code(country: str, place: str) -> None:
    """Before the town or after it, as letters are written there."""
    parts = {"city": "Vienna", "state": "W", "postal_code": "1010", "country": country}
    assert Address.model_validate(ADDRESS | parts).lines()[3] == place


def test_countries_are_those_that_one_can_live_in() -> None:
    """ISO's countries and the few that Stripe offers beside them, each with a name."""
    assert {"SG", "DE", "XK", "AX"} <= COUNTRIES
    assert COUNTRIES.isdisjoint({"EU", "UN", "ZZ", "UK", "001"})
    assert 245 < len(COUNTRIES) < 256
    assert country_name("SG", "ja") == "シンガポール"


def load(**changes: str) -> shop_settings.Settings:
    values = {
        "database_url": "postgresql://localhost/shop",
        "stripe_secret_key": factories.SECRET_KEY,
        "stripe_publishable_key": factories.PUBLISHABLE_KEY,
    }
    return shop_settings.load(**(values | changes))


def refusal(**changes: str) -> str:
    with pytest.raises(SettingsError) as refused:
        load(**changes)
    return str(refused.value)
