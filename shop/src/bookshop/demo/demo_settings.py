"""Where the demo puts its parts, and whether it needs a stand-in for Stripe."""

import json
import os
import secrets
import shlex
from functools import cached_property
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bookshop import settings as shop_settings
from bookshop.errors import SettingsError

# What a made-up password is put together from: short words that nobody misspells.
WORDS = (
    *("amber", "birch", "cedar", "cobalt", "coral", "delta", "ember", "fable"),
    *("garnet", "harbor", "indigo", "juniper", "lantern", "maple", "nectar", "opal"),
)


class DemoSettings(BaseSettings):
    """Read from the environment and `.env`, like the shop's; the variable has the same name in capitals."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    shop_name: str = "Bookshop"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    public_url: str = ""
    sandbox_port: int = Field(default=12111, ge=1, le=65535)
    mailbox_port: int = Field(default=8025, ge=1, le=65535)
    smtp_port: int = Field(default=1025, ge=1, le=65535)
    smtp_url: SecretStr | None = None
    data_dir: Path = Path("var")
    database_url: SecretStr | None = None
    shopkeeper_password: SecretStr | None = None
    stripe_secret_key: SecretStr | None = None
    stripe_publishable_key: str | None = None
    stripe_webhook_secret: SecretStr | None = None
    abuse_limits: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        self.data_dir = self.data_dir.resolve()
        self.public_url = (self.public_url or f"http://localhost:{self.port}").rstrip("/")
        return self

    @property
    def has_stripe_keys(self) -> bool:
        """One key alone counts too: it is then the shop's settings that ask for the other."""
        return bool(self.stripe_secret_key or self.stripe_publishable_key)

    @property
    def has_mail_server(self) -> bool:
        return self.smtp_url is not None

    @property
    def sandbox_host(self) -> str:
        """It listens where the shop listens, so that a browser that reaches one reaches the other."""
        return self.host

    @property
    def sandbox_url(self) -> str:
        """What the sandbox calls itself: the host of the shop's PUBLIC_URL with a port of its own."""
        return f"http://{urlsplit(self.public_url).hostname}:{self.sandbox_port}"

    @cached_property
    def kept(self) -> dict[str, str]:
        """Secrets that are made up at the first start and kept, readable by their owner only."""
        path = self.data_dir / "secrets.json"
        try:
            known: dict[str, str] = json.loads(path.read_text())
        except FileNotFoundError:
            known = {}
        kept = _made_up() | known
        if kept != known:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_privately(path, json.dumps(kept, indent=2))
        return kept

    @property
    def password(self) -> str:
        """The shopkeeper's."""
        if self.shopkeeper_password:
            return self.shopkeeper_password.get_secret_value()
        return self.kept["shopkeeper_password"]

    def write_environment(self, database_url: str) -> None:
        """Keep what the programs are given, so that a shell can give it to `bookshop catalog load` too."""
        lines = [f"{name}={shlex.quote(value)}" for name, value in self.environment(database_url).items()]
        _write_privately(self.data_dir / "demo.env", "\n".join([*lines, ""]))

    def environment(self, database_url: str) -> dict[str, str]:
        """What the started programs find in their environment beside ours."""
        environment = {
            "DATABASE_URL": database_url,
            "SHOPKEEPER_PASSWORD": self.password,
            "DATA_DIR": str(self.data_dir),
            "PORT": str(self.port),
            "MAILBOX_PORT": str(self.mailbox_port),
            "SMTP_PORT": str(self.smtp_port),
            "LOG_FORMAT": os.environ.get("LOG_FORMAT", "console"),
            "PYTHONUNBUFFERED": "1",
        }
        if not self.has_mail_server:
            environment["SMTP_URL"] = f"smtp://127.0.0.1:{self.smtp_port}"
        if not self.has_stripe_keys:
            environment |= {
                # Whoever tries the shop out here has one address, and pays often.
                "ABUSE_LIMITS": self.abuse_limits or "off",
                "STRIPE_SECRET_KEY": self.kept["stripe_secret_key"],
                "STRIPE_PUBLISHABLE_KEY": self.kept["stripe_publishable_key"],
                "STRIPE_WEBHOOK_SECRET": self.kept["stripe_webhook_secret"],
                "STRIPE_API_BASE": f"http://127.0.0.1:{self.sandbox_port}",
                "STRIPE_JS_URL": f"{self.sandbox_url}/endive/stripe.js",
                "STRIPE_DASHBOARD_URL": f"{self.sandbox_url}/dashboard",
            }
        return environment


def load() -> DemoSettings:
    """The demo's settings; with real keys the shop's are checked too, before anything starts.

    Raises:
        SettingsError: a number that is no port, a placeholder, keys that do not belong together.
    """
    try:
        settings = DemoSettings()
    except ValidationError as error:
        raise SettingsError([_sentence(dict(detail)) for detail in error.errors()]) from None
    if settings.has_stripe_keys:
        shop_settings.load(database_url="postgresql:///checked-later")
    return settings


def _write_privately(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


def _made_up() -> dict[str, str]:
    return {
        "stripe_secret_key": f"sk_test_{secrets.token_hex(16)}",
        "stripe_publishable_key": f"pk_test_{secrets.token_hex(16)}",
        "stripe_webhook_secret": f"whsec_{secrets.token_hex(16)}",
        "shopkeeper_password": "-".join(secrets.choice(WORDS) for _ in range(4)),
    }


def _sentence(detail: dict[str, Any]) -> str:
    name = str(detail["loc"][0]).upper() if detail["loc"] else "The settings"
    return f"{name}: {detail['msg']}."
