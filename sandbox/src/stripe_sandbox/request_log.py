"""The latest API requests, for a person to look at. Keys, card numbers, IBANs and security codes stay out."""

import re
from dataclasses import dataclass

import orjson

from stripe_sandbox.cards import passes_luhn

KEPT_REQUESTS = 500
KEPT_BYTES = 8192

_HIDDEN = "***"
_SECRET_PARAMETER = re.compile(
    r"(?P<name>(?:^|&)(?:key|[^&=]*(?:\[|%5B)(?:number|cvc|iban)(?:\]|%5D))=)[^&]*", re.IGNORECASE
)
_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d(?:(?:%20|[ +-])?\d){11,18}(?![0-9A-Za-z])")


@dataclass(slots=True)
class LoggedRequest:
    """One API request. `status` is 0 when the connection was closed without an answer, as a test had asked.

    `parameters` is the query or the form body, still encoded, `answer` the JSON sent back, both cut at
    `KEPT_BYTES`. `from_page` tells a publishable key, which pages use, from a secret one. `replayed` is an
    answer repeated for its idempotency key. `events_before` is how many events there were when it had ended.
    `by_hand` is what a person did on the dashboard, written as the request that would have done it.
    """

    id: str
    created: int
    method: str
    path: str
    status: int
    idempotency_key: str | None
    milliseconds: float
    version: str
    parameters: str
    answer: str
    from_page: bool
    replayed: bool
    events_before: int
    by_hand: bool = False

    @property
    def failed(self) -> bool:
        return not 200 <= self.status < 400

    @property
    def problem(self) -> str:
        """What the answer's error says; empty for a success, and where the answer was too long to keep."""
        try:
            return str(orjson.loads(self.answer)["error"]["message"])
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return ""

    @property
    def searchable(self) -> str:
        return f"{self.method} {self.path} {self.id} {self.status} {self.idempotency_key or ''}".casefold()


def masked(parameters: str) -> str:
    """Form-encoded parameters without keys, security codes, IBANs and whatever could be a card's number."""
    hidden = _SECRET_PARAMETER.sub(rf"\g<name>{_HIDDEN}", parameters)
    return _LONG_NUMBER.sub(_without_card_number, hidden)


def cut(text: bytes) -> str:
    """The beginning that is kept of a body."""
    return text[:KEPT_BYTES].decode(errors="replace") + ("…" if len(text) > KEPT_BYTES else "")


def _without_card_number(match: re.Match[str]) -> str:
    digits = re.sub(r"%20|\D", "", match[0])
    return _HIDDEN if passes_luhn(digits) else match[0]
