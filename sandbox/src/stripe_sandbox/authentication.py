"""API keys: where they may stand in a request, what they look like, what each kind may do.

Source: https://docs.stripe.com/api/authentication, https://docs.stripe.com/keys.
"""

import re
from base64 import b64decode
from dataclasses import dataclass
from functools import lru_cache

from stripe_sandbox.errors import StripeError

_TEST_KEY = re.compile(r"(?P<kind>sk|rk|pk)_test_[A-Za-z0-9_]{3,}")
_LIVE_KEY = re.compile(r"(sk|rk|pk)_live_[A-Za-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Key:
    """A well-formed test key; the sandbox has one account, so any such key opens it."""

    text: str
    publishable: bool


def key_of(authorization: str | None, parameter: str | None) -> Key:
    """Read the key from `Authorization` (Bearer, or Basic with the key as user) or from the `key` parameter.

    Raises:
        StripeError: 401 when there is none, or it is not a test key.
    """
    text = _bearer_or_basic(authorization) if authorization else parameter
    if not text:
        raise StripeError(
            "You did not provide an API key. You need to provide your API key in the Authorization header, "
            "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            status=401,
            before_execution=True,
        )
    return _parse(text)


def require_secret(key: Key) -> None:
    """Refuse a publishable key where Stripe wants a secret one (403, seen in SDK users' reports)."""
    if key.publishable:
        raise StripeError(
            "This API call cannot be made with a publishable API key. Please use a secret API key.",
            status=403,
            code="secret_key_required",
            before_execution=True,
        )


def _bearer_or_basic(authorization: str) -> str | None:
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    if scheme.lower() == "basic":
        try:
            return b64decode(credentials, validate=True).decode().partition(":")[0]
        except ValueError:
            return None
    return None


@lru_cache(maxsize=256)
def _parse(text: str) -> Key:
    if _LIVE_KEY.fullmatch(text):
        raise _invalid(text, "A live key has no business in a sandbox: use sk_test_… or pk_test_….")
    match = _TEST_KEY.fullmatch(text)
    if match is None:
        raise _invalid(text, "")
    return Key(text, publishable=match["kind"] == "pk")


def _invalid(text: str, hint: str) -> StripeError:
    shown = f"{text[:8]}{'*' * max(len(text) - 12, 4)}{text[-4:]}" if len(text) > 12 else "*" * len(text)
    return StripeError(
        f"Invalid API Key provided: {shown}{'. ' if hint else ''}{hint}", status=401, before_execution=True
    )
