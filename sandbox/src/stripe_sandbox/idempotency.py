"""Idempotency keys: the first answer to a key is the answer to it, for a day.

Source: https://docs.stripe.com/api/idempotent_requests and the errors page. That a key in use answers with
`invalid_request_error` and `idempotency_key_in_use` is from users' reports.
"""

import hashlib
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from stripe_sandbox.errors import StripeError

if TYPE_CHECKING:
    from stripe_sandbox.sandbox import Sandbox

_KEPT_SECONDS = 24 * 60 * 60
_LONGEST = 255
_KIND = "idempotency_key"


class Stored(NamedTuple):
    """The first answer, byte for byte, and the request that got it."""

    status: int
    body: bytes
    request_id: str


class IdempotencyKeys:
    """Remembers finished answers in the store and running requests in memory."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox
        self._running: set[str] = set()

    def begin(self, key: str, path: str, body: bytes) -> Stored | None:
        """Give the stored answer, or mark the key as running.

        Raises:
            StripeError: 409 while the first request runs; 400 when path or parameters differ from the
                first's; 400 for a key of more than 255 characters.
        """
        if len(key) > _LONGEST:
            raise StripeError(
                f"Idempotency keys may have up to {_LONGEST} characters; yours has {len(key)}.",
                before_execution=True,
            )
        if key in self._running:
            raise StripeError(
                "There is currently another in-progress request using this Idempotent Key (that probably "
                "means you submitted twice, and the other request is still going through): "
                f"{key}. Please try again later.",
                status=409,
                code="idempotency_key_in_use",
                before_execution=True,
            )
        self._forget_old()
        record = self._sandbox.store.get(_KIND, key)
        if record is None:
            self._running.add(key)
            return None
        if record["path"] != path:
            raise _mismatch(
                "Keys for idempotent requests can only be used for the same endpoint they were first used "
                f"for ('{path}' vs '{record['path']}')",
                key,
            )
        if record["parameters"] != _digest(body):
            raise _mismatch(
                "Keys for idempotent requests can only be used with the same parameters they were first used "
                "with",
                key,
            )
        return Stored(record["status"], record["body"].encode(), record["request"])

    def finish(self, key: str, path: str, body: bytes, stored: Stored) -> None:
        """Keep the answer; the caller commits it together with what the request did."""
        self._running.discard(key)
        record = {
            "id": key,
            "path": path,
            "parameters": _digest(body),
            "status": stored.status,
            "body": stored.body.decode(),
            "request": stored.request_id,
            "created": self._sandbox.now(),
        }
        self._sandbox.store.save(_KIND, record)

    def abandon(self, key: str) -> None:
        """The endpoint never began: the key is as new."""
        self._running.discard(key)

    def clear(self) -> None:
        self._running.clear()

    def forget(self) -> int:
        """Drop every finished answer, as Stripe may from 24 hours on, and say how many there were."""
        store = self._sandbox.store
        kept = [record["id"] for record in store.oldest_first(_KIND)]
        for key in kept:
            store.remove(_KIND, key)
        store.commit()
        return len(kept)

    def _forget_old(self) -> None:
        store, oldest_kept = self._sandbox.store, self._sandbox.now() - _KEPT_SECONDS
        old = takewhile(lambda record: record["created"] < oldest_kept, store.oldest_first(_KIND))
        for key in [record["id"] for record in old]:
            store.remove(_KIND, key)


def _digest(body: bytes) -> str:
    """The same for the same parameters in any order."""
    return hashlib.blake2b(b"&".join(sorted(body.split(b"&"))), digest_size=16).hexdigest()


def _mismatch(reason: str, key: str) -> StripeError:
    return StripeError(
        f"{reason}. Try using a key other than '{key}' if you meant to execute a different request.",
        type="idempotency_error",
        before_execution=True,
    )
