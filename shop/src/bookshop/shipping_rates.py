"""What shipping costs by country, as it is written in the settings: {"SG": {"sgd": "3.00"}, "*": {…}}."""

import json

from babel.numbers import list_currencies

from bookshop.countries import COUNTRIES
from bookshop.money import Money

# The row for every country that has none of its own.
ELSEWHERE = "*"

Rates = dict[str, dict[str, Money]]


def parse_rates(text: str) -> Rates:
    """The table in a setting's text.

    Raises:
        ValueError: with words for whoever wrote it.
    """
    try:
        table = json.loads(text, object_pairs_hook=_without_repetition)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f'this is no JSON such as {{"SG": {{"sgd": "3.00"}}}} ({error})') from None
    if not isinstance(table, dict) or not all(isinstance(row, dict) for row in table.values()):
        raise ValueError('countries belong outside and currencies inside, as in {"SG": {"sgd": "3.00"}}')
    return {country: _row(country, row) for country, row in table.items()}


def parse_countries(text: str) -> tuple[str, ...]:
    """The country codes in a setting's text, separated by commas.

    Raises:
        ValueError: naming what is no code of a country.
    """
    codes = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if unknown := [code for code in codes if code not in COUNTRIES]:
        raise ValueError(f"{unknown[0]:.20} is no country's code in two capitals, such as SG")
    return codes


def _row(country: str, row: dict[str, object]) -> dict[str, Money]:
    if country != ELSEWHERE and country not in COUNTRIES:
        raise ValueError(
            f"{country:.20} is no country's code in two capitals, such as SG, nor * for the others"
        )
    rates = {}
    for currency, figure in row.items():
        if currency.upper() not in list_currencies() or currency != currency.lower():
            raise ValueError(
                f"{currency:.20} below {country} is no currency's code in small letters, such as sgd"
            )
        if not isinstance(figure, str):
            raise ValueError(f'the amount of {currency} below {country} needs quotes, as in "3.00"')  # noqa: TRY004  pydantic words ValueErrors
        rates[currency] = Money.of(figure, currency)
    if not rates:
        raise ValueError(f"{country} has no rate; leave a country out to ship there as to the others")
    return rates


def _without_repetition(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = [name for name, _ in pairs]
    if twice := [name for name in names if names.count(name) > 1]:
        raise ValueError(f"{twice[0]:.20} stands there twice")
    return dict(pairs)
