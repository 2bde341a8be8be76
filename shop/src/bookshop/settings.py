"""What differs between two shops, read once at start from the environment, `.env` or secret files."""

import re
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from babel.numbers import is_currency
from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bookshop.errors import SettingsError
from bookshop.languages import LANGUAGES
from bookshop.network import parse_networks
from bookshop.shipping_rates import ELSEWHERE, Rates, parse_countries, parse_rates

# What sample files write instead of a key; nothing so short that a real key's random letters may spell it.
PLACEHOLDER = re.compile(
    r"\.\.\.|…|[<>]|x{8,}|your([_ -]|key|secret|stripe)|replace|change_?me|placeholder|example", re.IGNORECASE
)
KEY = re.compile(r"(?P<kind>sk|rk|pk)_(?P<mode>test|live)_[0-9A-Za-z_]{10,}")
SIGNING_SECRET = re.compile(r"whsec_[0-9A-Za-z+/=_-]{10,}")

# An address that also stands in the content security policy, where blanks and semicolons mean something.
WEB_ADDRESS = re.compile(r"https?://[^\s/?#;,'\"@]+(?P<path>/[^\s?#;,'\"]*)?")
DATABASE_SCHEMES = frozenset({"postgresql", "postgres", "postgresql+psycopg"})
SMTP_SCHEMES = frozenset({"smtp", "smtps", "smtp+starttls"})
SHORTEST_PASSWORD = 12

# Where Docker and Kubernetes put secrets as files named like the setting.
SECRETS_DIRECTORY = Path("/run/secrets")


class Settings(BaseSettings):
    """One attribute a setting; the environment variable has the same name in capitals."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
        secrets_dir=SECRETS_DIRECTORY if SECRETS_DIRECTORY.is_dir() else None,
    )

    shop_name: str = "Bookshop"
    default_currency: str = Field(default="sgd", pattern="^[a-z]{3}$")
    default_language: str = "en"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    public_url: str = ""
    web_workers: int = Field(default=1, ge=1)
    worker_metrics_port: int | None = Field(default=None, ge=1, le=65535)
    database_url: SecretStr

    stripe_secret_key: SecretStr
    stripe_publishable_key: str
    stripe_webhook_secret: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    stripe_api_base: str = "https://api.stripe.com"
    stripe_js_url: str = "https://js.stripe.com/endive/stripe.js"
    stripe_dashboard_url: str = ""

    # None is free shipping; no countries is wherever the Address Element offers to ship.
    shipping_rates: Annotated[Rates, NoDecode] = {}
    shipping_countries: Annotated[tuple[str, ...], NoDecode] = ()

    abuse_limits: Literal["normal", "tight", "off"] = "normal"
    trusted_proxies: Annotated[tuple[str, ...], NoDecode, BeforeValidator(parse_networks)] = ()

    # Minutes. Stripe's codes and its wallets' pages are good for an hour, so who begins within the first hour
    # can always finish.
    order_lifetime: int = Field(default=120, ge=1, le=7 * 24 * 60)

    smtp_url: SecretStr = SecretStr("smtp://127.0.0.1:1025")
    mail_from: str = "Bookshop <orders@bookshop.example>"
    shopkeeper_password: SecretStr | None = None

    log_format: Literal["console", "json"] = "json"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("stripe_webhook_secret", mode="before")
    @classmethod
    def _several_secrets(cls, value: object) -> object:
        """Two secrets, separated by a comma, are both valid while one is being rotated."""
        return (
            [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        )

    @field_validator("shipping_rates", mode="before")
    @classmethod
    def _rates(cls, value: object) -> object:
        return parse_rates(value) if isinstance(value, str) else value

    @field_validator("shipping_countries", mode="before")
    @classmethod
    def _countries(cls, value: object) -> object:
        return parse_countries(value) if isinstance(value, str) else value

    @field_validator("public_url", "stripe_api_base", "stripe_dashboard_url", mode="after")
    @classmethod
    def _without_trailing_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @field_validator("shop_name")
    @classmethod
    def _on_one_line(cls, value: str) -> str:
        if not value.isprintable():
            raise ValueError("a name on one line, please; it stands in the subject of mails")
        return value

    @field_validator("default_currency")
    @classmethod
    def _is_a_currency(cls, value: str) -> str:
        if not is_currency(value.upper()):
            raise ValueError("the three letters of a currency belong here, such as sgd")
        return value

    @field_validator("default_language")
    @classmethod
    def _is_spoken(cls, value: str) -> str:
        if value not in LANGUAGES:
            raise ValueError(f"one of {', '.join(LANGUAGES)} belongs here")
        return value

    @field_validator("public_url", "stripe_api_base", "stripe_js_url", "stripe_dashboard_url")
    @classmethod
    def _is_web_address(cls, value: str, info: ValidationInfo) -> str:
        match = WEB_ADDRESS.fullmatch(value) if value else None
        if value and match is None:
            raise ValueError("an address that begins with http:// or https:// belongs here")
        if match and match["path"] and info.field_name == "public_url":
            raise ValueError("the shop lives at the root of its host: leave the path away")
        return value

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, value: SecretStr) -> SecretStr:
        if _scheme(value) not in DATABASE_SCHEMES:
            raise ValueError("an address like postgresql://user:password@host/database belongs here")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_smtp(cls, value: SecretStr) -> SecretStr:
        if _scheme(value) not in SMTP_SCHEMES or not urlsplit(value.get_secret_value()).hostname:
            raise ValueError("an address like smtp+starttls://user:password@host:587 belongs here")
        return value

    @field_validator("mail_from")
    @classmethod
    def _is_sender(cls, value: str) -> str:
        name, address = parseaddr(value)
        try:
            Address(name, addr_spec=address)
        except (ValueError, HeaderParseError, IndexError):
            address = ""
        if not value.isprintable() or not address.rpartition("@")[2]:
            raise ValueError("a sender like Bookshop <orders@books.example> belongs here")
        return value

    @field_validator("shopkeeper_password")
    @classmethod
    def _is_long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < SHORTEST_PASSWORD:
            raise ValueError("twelve characters at least, so that nobody guesses it")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        self.public_url = self.public_url or f"http://localhost:{self.port}"
        self.stripe_dashboard_url = self.stripe_dashboard_url or (
            "https://dashboard.stripe.com" if self.live else "https://dashboard.stripe.com/test"
        )
        return self

    @cached_property
    def live(self) -> bool:
        """Whether real money moves: decided by the secret key, as at Stripe."""
        match = KEY.fullmatch(self.stripe_secret_key.get_secret_value())
        return bool(match and match["mode"] == "live")


def load(**overrides: object) -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: something is missing, a placeholder, or contradicts something else.
    """
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError([_sentence(dict(detail)) for detail in error.errors()]) from None
    if sentences := list(_refusals(settings)):
        raise SettingsError(sentences)
    return settings


def _sentence(detail: dict[str, object]) -> str:
    location = detail["loc"]
    name = str(location[0]).upper() if isinstance(location, tuple) and location else "The settings"
    if detail["type"] == "missing":
        return f"{name} is not set: put it into .env (sample.env shows how) or into the environment."
    return f"{name}: {str(detail['msg']).removeprefix('Value error, ')}."


def _scheme(url: SecretStr) -> str:
    """The scheme of an address whose parts can be read, or nothing."""
    try:
        parts = urlsplit(url.get_secret_value())
        is_whole = parts.port != 0
    except ValueError:
        return ""
    return parts.scheme if is_whole else ""


def _refusals(settings: Settings) -> list[str]:
    secret = settings.stripe_secret_key.get_secret_value()
    publishable = settings.stripe_publishable_key
    sentences = [
        *_key_refusals("STRIPE_SECRET_KEY", secret, kinds=("sk", "rk")),
        *_key_refusals("STRIPE_PUBLISHABLE_KEY", publishable, kinds=("pk",)),
    ]
    if not sentences and _mode(secret) != _mode(publishable):
        sentences.append(
            "STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY are of different modes: "
            "take both from the same page of Stripe's Dashboard, test with test or live with live."
        )
    for webhook_secret in settings.stripe_webhook_secret:
        value = webhook_secret.get_secret_value()
        if not SIGNING_SECRET.fullmatch(value) or PLACEHOLDER.search(value):
            sentences.append(
                "STRIPE_WEBHOOK_SECRET is not a signing secret: it begins with whsec_ and stands on the "
                "endpoint's page in Stripe's Dashboard (or is printed by `stripe listen`)."
            )
    sentences.extend(_shipping_refusals(settings))
    if settings.live and not sentences:
        sentences.extend(_live_refusals(settings))
    return sentences


def _key_refusals(name: str, value: str, *, kinds: tuple[str, ...]) -> list[str]:
    match = KEY.fullmatch(value)
    if PLACEHOLDER.search(value):
        return [f"{name} is still a placeholder: copy the key from dashboard.stripe.com/apikeys into .env."]
    if match is None or match["kind"] not in kinds:
        wanted = " or ".join(f"{kind}_test_… or {kind}_live_…" for kind in kinds)
        return [f"{name} does not look like {wanted}: copy it from dashboard.stripe.com/apikeys."]
    return []


def _mode(key: str) -> str:
    match = KEY.fullmatch(key)
    return match["mode"] if match else ""


def _shipping_refusals(settings: Settings) -> list[str]:
    rates = settings.shipping_rates
    if not rates or ELSEWHERE in rates:
        return []
    return [
        f"SHIPPING_COUNTRIES names {country}, and SHIPPING_RATES has no rate for it: add one, or one for *."
        for country in settings.shipping_countries
        if country not in rates
    ]


def _live_refusals(settings: Settings) -> list[str]:
    sentences = []
    if not settings.stripe_webhook_secret:
        sentences.append(
            "STRIPE_WEBHOOK_SECRET is missing beside a live key: add a webhook endpoint for "
            f"{settings.public_url}/stripe/webhook in Stripe's Dashboard and put its secret into .env."
        )
    if not settings.public_url.startswith("https://"):
        sentences.append(
            "PUBLIC_URL must begin with https:// beside a live key: browsers and Stripe need TLS."
        )
    return sentences
