"""Where books are sent, and what sending them costs."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from bookshop.countries import COUNTRIES, country_name
from bookshop.money import Money
from bookshop.settings import Settings
from bookshop.shipping_rates import ELSEWHERE


def _known(country: str) -> str:
    if country not in COUNTRIES:
        raise ValueError("no country's code")
    return country


# No control characters: they break labels, and PostgreSQL's JSON refuses some of them.
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")
]
Needed = Annotated[Line, StringConstraints(min_length=1)]
Country = Annotated[str, AfterValidator(_known)]

# Where the postal code stands before the town on a letter, by the countries' own postal services
# (upu.int, "Postal addressing systems").
# fmt: off
POSTAL_CODE_FIRST = frozenset({
    "AD", "AL", "AR", "AT", "BA", "BE", "BG", "CH", "CZ", "DE", "DK", "DZ", "EE", "ES", "FI", "FO",
    "FR", "GF", "GL", "GP", "GR", "HR", "IL", "IS", "IT", "LI", "LT", "LU", "MA", "MC", "MD", "ME",
    "MK", "MQ", "MX", "MY", "NC", "NL", "NO", "PF", "PL", "PM", "PT", "RE", "RO", "RS", "SE", "SI",
    "SK", "SM", "TN", "TR", "UY", "VA", "WF", "XK", "YT",
})
# fmt: on


class Address(BaseModel):
    """Where one order is sent, in the parts of Stripe's Address Element.

    Which of `city`, `state` and `postal_code` an address has depends on its country: Singapore knows no city,
    Hong Kong no postal code. The Element asks for what is needed there; what it does not ask for is empty.
    `country` is an ISO 3166-1 alpha-2 code.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Needed
    line1: Needed
    line2: Line | None = None
    city: Line | None = None
    state: Line | None = None
    postal_code: Line | None = None
    country: Country
    phone: Line | None = None

    def lines(self, locale: str = "en") -> tuple[str, ...]:
        """The address as on a label, the country's name in the language of a Babel locale."""
        parts = (self.city, self.state, self.postal_code)
        if self.country in POSTAL_CODE_FIRST:
            parts = (self.postal_code, self.city, self.state)
        place = " ".join(part for part in parts if part)
        return tuple(
            line
            for line in (self.name, self.line1, self.line2, place, country_name(self.country, locale))
            if line
        )

    def for_form(self) -> dict[str, object]:
        """The address as Stripe's Address Element takes its `defaultValues`."""
        parts = {name: value for name, value in self.model_dump().items() if value}
        name, phone = parts.pop("name"), parts.pop("phone", None)
        return {"name": name, "address": parts} | ({"phone": phone} if phone else {})


def rate(settings: Settings, country: str, currency: str) -> Money | None:
    """What sending an order to this country costs in this currency; None where we do not send one.

    A country with a row of its own is priced by that row alone. Without any rates shipping is free.
    """
    if settings.shipping_countries and country not in settings.shipping_countries:
        return None
    if not settings.shipping_rates:
        return Money(0, currency)
    row = settings.shipping_rates.get(country, settings.shipping_rates.get(ELSEWHERE, {}))
    return row.get(currency)
