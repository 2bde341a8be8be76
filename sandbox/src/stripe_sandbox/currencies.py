"""Which amounts Stripe takes. Source: https://docs.stripe.com/currencies."""

from stripe_sandbox.errors import StripeError, invalid_parameter

HIGHEST_AMOUNT = 99_999_999

# fmt: off
ZERO_DECIMAL = frozenset({
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf",
})
THREE_DECIMAL = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
# Sent with two decimals that must be zeros.
WHOLE_UNITS_ONLY = frozenset({"isk", "ugx"})

# Minor units; 50 where a currency has no entry of its own.
MINIMUM = {
    "aed": 200, "czk": 1500, "dkk": 250, "gbp": 30, "hkd": 400, "huf": 17500, "mxn": 1000, "myr": 200,
    "nok": 300, "pln": 200, "ron": 200, "sek": 300, "thb": 1000,
}

CURRENCIES = frozenset(
    """
    usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad
    cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl
    htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd
    mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd
    rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd
    vuv wst xaf xcd xof xpf yer zar zmw
    """.split()  # noqa: SIM905  165 quoted codes would be harder to read
)

# What an account of a country settles in; euro for countries without an entry.
_OF_COUNTRY = {
    "AE": "aed", "AU": "aud", "BR": "brl", "CA": "cad", "CH": "chf", "CZ": "czk", "DK": "dkk", "GB": "gbp",
    "HK": "hkd", "HU": "huf", "IN": "inr", "JP": "jpy", "LI": "chf", "MX": "mxn", "MY": "myr", "NO": "nok",
    "NZ": "nzd", "PL": "pln", "RO": "ron", "SE": "sek", "SG": "sgd", "TH": "thb", "US": "usd",
}
# Where a business can have a Stripe account: https://stripe.com/global.
ACCOUNT_COUNTRIES = frozenset(_OF_COUNTRY) | {
    "AT", "BE", "BG", "CY", "DE", "EE", "ES", "FI", "FR", "GI", "GR", "HR", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PT", "SI", "SK",
}
# fmt: on


def currency_of_country(country: str) -> str:
    """The currency in which an account of a country (ISO code) settles."""
    return _OF_COUNTRY.get(country, "eur")


def decimals(currency: str) -> int:
    """How many decimals Stripe's minor units of a currency stand for."""
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def least_amount(currency: str) -> int:
    """The smallest amount of a currency, in minor units."""
    return MINIMUM.get(currency, 50)


def check_amount(amount: int, currency: str, least: int | None = None) -> None:
    """Refuse what Stripe would; `least` (minor units) where the methods allowed take smaller amounts.

    Raises:
        StripeError: an unknown currency; an amount not positive, too small, too large, or with digits that
            the currency does not have.
    """
    if currency not in CURRENCIES:
        raise invalid_parameter(
            f"Invalid currency: {currency}. Stripe does not support this currency.", "currency"
        )
    if amount < 1:
        raise invalid_parameter("Invalid positive integer", "amount", "parameter_invalid_integer")
    if amount > HIGHEST_AMOUNT:
        raise StripeError(
            f"Amount must be no more than {written(HIGHEST_AMOUNT, currency)}",
            code="amount_too_large",
            param="amount",
        )
    minimum = least_amount(currency) if least is None else least
    if amount < minimum:
        said = "50 cents" if currency == "usd" else f"{written(minimum, currency)} {currency}"
        raise StripeError(f"Amount must be at least {said}", code="amount_too_small", param="amount")
    if (currency in THREE_DECIMAL and amount % 10) or (currency in WHOLE_UNITS_ONLY and amount % 100):
        raise invalid_parameter(
            f"Invalid amount: {amount} has digits that {currency} cannot carry.",
            "amount",
            "parameter_invalid_integer",
        )


def written(amount: int, currency: str) -> str:
    """An amount of minor units as Stripe writes it in messages: `$1.50`, `1.50`, `150`."""
    places = decimals(currency)
    return f"{'$' if currency == 'usd' else ''}{amount / 10**places:,.{places}f}"
