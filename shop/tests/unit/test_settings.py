"""Settings: a shop with unusable ones does not start, says why, and never shows a secret."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import factories
from bookshop import settings as shop_settings
from bookshop.errors import SettingsError

LIVE = {
    "stripe_secret_key": "sk_live_51QmProofOfTheShop00",
    "stripe_publishable_key": "pk_live_51QmProofOfTheShop00",
    "public_url": "https://books.shop",
}


@pytest.fixture(autouse=True)
def nothing_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No .env and no variables of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in shop_settings.Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def load(**changes: Any) -> shop_settings.Settings:
    values = {
        "database_url": "postgresql://shop:hunter2hunter2@localhost/shop",
        "stripe_secret_key": factories.SECRET_KEY,
        "stripe_publishable_key": factories.PUBLISHABLE_KEY,
        "stripe_webhook_secret": factories.WEBHOOK_SECRET,
    }
    return shop_settings.load(**(values | changes))


def refusal(**changes: Any) -> str:
    with pytest.raises(SettingsError) as refused:
        load(**changes)
    return str(refused.value)


def test_ordinary_settings_are_taken() -> None:
    """Two keys of one mode, a database and a signing secret make a shop in test mode."""
    settings = load(port=8123)
    assert not settings.live
    assert settings.public_url == "http://localhost:8123"
    assert settings.stripe_dashboard_url == "https://dashboard.stripe.com/test"


def test_env_file_and_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A line of .env sets, a variable of the environment overrides, an empty one counts as not set."""
    lines = ["SHOP_NAME=From file", "HOST=10.0.0.1", "PORT=", f"STRIPE_SECRET_KEY={factories.SECRET_KEY}"]
    (tmp_path / ".env").write_text("\n".join(lines))
    monkeypatch.setenv("SHOP_NAME", "From environment")
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "")
    settings = shop_settings.load(
        database_url="postgresql://localhost/shop", stripe_publishable_key=factories.PUBLISHABLE_KEY
    )
    assert (settings.shop_name, settings.host, settings.port) == ("From environment", "10.0.0.1", 8000)
    assert settings.stripe_webhook_secret == ()


def test_missing_settings_are_named() -> None:
    """Each missing setting has its sentence, in the name that one types."""
    with pytest.raises(SettingsError) as refused:
        shop_settings.load()
    assert {sentence.split()[0] for sentence in refused.value.sentences} == {
        "DATABASE_URL",
        "STRIPE_SECRET_KEY",
        "STRIPE_PUBLISHABLE_KEY",
    }
    assert "sample.env" in str(refused.value)


@pytest.mark.parametrize(
    "value",
    ["sk_test_...", "sk_test_…", "sk_test_xxxxxxxxxxxxxxxx", "<your key>", "your_secret_key", "changeme"],
)
def test_placeholders_are_refused(value: str) -> None:
    """What sample files and tutorials write is not sent to Stripe as a key."""
    assert "STRIPE_SECRET_KEY" in refusal(stripe_secret_key=value)
    assert "STRIPE_PUBLISHABLE_KEY" in refusal(stripe_publishable_key=value.replace("sk_", "pk_"))


@given(st.text(alphabet=st.sampled_from("YOURyourXxXx0Ab"), min_size=60, max_size=100))
def test_a_real_key_is_no_placeholder_by_chance(tail: str) -> None:
    """Random letters may spell "your" or "xxxx"; whoever holds such a key could do nothing about it."""
    if "xxxxxxxx" in tail.lower() or "yourkey" in tail.lower():
        return
    assert factories.settings(stripe_secret_key=f"sk_test_{tail}")
    assert shop_settings.load(
        database_url="postgresql://localhost/shop",
        stripe_secret_key=f"sk_test_{tail}",
        stripe_publishable_key=f"pk_test_{tail}",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"stripe_secret_key": factories.PUBLISHABLE_KEY},
        {"stripe_publishable_key": factories.SECRET_KEY},
        {"stripe_secret_key": "sk_test_short"},
        {"stripe_secret_key": f"{factories.SECRET_KEY} and more"},
        {"stripe_publishable_key": "rk_test_51QmProofOfTheShop00"},
    ],
)
def test_wrong_kinds_of_keys_are_refused(changes: dict[str, str]) -> None:
    """A secret key where a publishable one belongs would be sent to every browser."""
    assert "does not look like" in refusal(**changes)


def test_a_restricted_key_is_taken() -> None:
    """rk_ keys are what Stripe advises for servers."""
    assert load(stripe_secret_key="rk_test_51QmProofOfTheShop00")


@pytest.mark.parametrize("live", ["stripe_secret_key", "stripe_publishable_key"])
def test_live_and_test_keys_do_not_mix(live: str) -> None:
    """One live key beside a test key is refused whichever it is."""
    assert "different modes" in refusal(**{live: LIVE[live]})


def test_live_wants_tls_and_a_signing_secret() -> None:
    """With real money both protections are there or the shop does not start."""
    assert load(**LIVE).live
    assert load(**LIVE).stripe_dashboard_url == "https://dashboard.stripe.com"
    assert "https" in refusal(**(LIVE | {"public_url": "http://books.shop"}))
    assert "https" in refusal(**(LIVE | {"public_url": ""}))
    assert "STRIPE_WEBHOOK_SECRET is missing" in refusal(**LIVE, stripe_webhook_secret="")


def test_two_signing_secrets_while_one_is_rotated() -> None:
    """Commas separate them; blanks around and between are nothing."""
    settings = load(stripe_webhook_secret=" whsec_0123456789abcdef , ,whsec_fedcba9876543210,")
    values = [secret.get_secret_value() for secret in settings.stripe_webhook_secret]
    assert values == ["whsec_0123456789abcdef", "whsec_fedcba9876543210"]


@pytest.mark.parametrize(
    "value", ["whsec_", "whsec_ ", "whsec_...", "secret", factories.SECRET_KEY, "whsec_1, x"]
)
def test_what_is_no_signing_secret_is_refused(value: str) -> None:
    """A bare prefix or another key would be a secret that strangers can guess."""
    assert "STRIPE_WEBHOOK_SECRET" in refusal(stripe_webhook_secret=value)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"database_url": "no url"}, "DATABASE_URL"),
        ({"default_currency": "SGD"}, "DEFAULT_CURRENCY"),
        ({"default_currency": "sgx"}, "DEFAULT_CURRENCY"),
        ({"default_language": "fr"}, "DEFAULT_LANGUAGE"),
        ({"default_language": "zh-CN"}, "DEFAULT_LANGUAGE"),
        ({"database_url": "mysql://root:hunter2hunter2@localhost/shop"}, "DATABASE_URL"),
        ({"public_url": "books.shop"}, "PUBLIC_URL"),
        ({"public_url": "https://books.shop/with/path"}, "PUBLIC_URL"),
        ({"stripe_api_base": "api.stripe.com"}, "STRIPE_API_BASE"),
        ({"stripe_js_url": "https://js.example; script-src *"}, "STRIPE_JS_URL"),
        ({"smtp_url": "localhost:25"}, "SMTP_URL"),
        ({"smtp_url": "smtp://user:hunter2hunter2@localhost:no"}, "SMTP_URL"),
        ({"smtp_url": "http://localhost"}, "SMTP_URL"),
        ({"mail_from": "Bookshop"}, "MAIL_FROM"),
        ({"mail_from": "Bookshop <orders@>"}, "MAIL_FROM"),
        ({"shop_name": "Book\r\nBcc: all@example.com"}, "SHOP_NAME"),
        ({"shopkeeper_password": "short"}, "SHOPKEEPER_PASSWORD"),
        ({"port": "eighty"}, "PORT"),
        ({"port": 0}, "PORT"),
        ({"web_workers": 0}, "WEB_WORKERS"),
        ({"log_level": "LOUD"}, "LOG_LEVEL"),
    ],
)
def test_impossible_values_are_told_at_start(changes: dict[str, Any], name: str) -> None:
    """What could only fail later, in front of a customer, is refused by name, without secrets."""
    words = refusal(**changes)
    assert words.startswith(name)
    assert "hunter2" not in words


def test_no_error_and_no_repr_shows_a_secret() -> None:
    """Whatever is wrong, neither the refusal nor a printed settings object holds a secret."""
    secret = "sk_test_51QmVerySecretIndeed"
    webhook_secret = "whsec_VerySecretIndeed1234"
    settings = load(
        stripe_secret_key=secret,
        stripe_webhook_secret=webhook_secret,
        shopkeeper_password="correct horse VerySecret",
        smtp_url="smtp://user:VerySecret@localhost",
    )
    shown = [repr(settings), str(settings), settings.model_dump_json()]
    shown += [
        refusal(stripe_secret_key=secret + "!"),
        refusal(stripe_secret_key=secret, stripe_publishable_key="pk_live_51QmProofOfTheShop00"),
        refusal(stripe_webhook_secret=webhook_secret.replace("whsec", "secret")),
        refusal(stripe_secret_key=secret, port="x"),
    ]
    assert [text for text in shown if "VerySecret" in text or "hunter2" in text] == []
