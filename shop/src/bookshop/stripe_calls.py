"""The connection to Stripe's API, and the frame in which every call to it stands.

The SDK tries a call three times when the connection fails or Stripe answers 409 or 5xx. What it leaves to us
stands here: waiting out a rate limit, for as long as whoever waits for us can bear, and knowing a failure
that Stripe will repeat for ever under the same idempotency key.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import aiohttp
import stripe
import structlog
from stripe import StripeClient

from bookshop import telemetry
from bookshop.errors import PaymentsUnavailableError
from bookshop.settings import Settings

# Seconds for a whole call and for reaching Stripe's host. The customer is waiting and the SDK tries three
# times, so a Stripe that says nothing costs at most some 17 seconds.
CALL_TIMEOUT = 5
CONNECT_TIMEOUT = 1

# Seconds that a call may wait in all, between its tries, for Stripe to have room for it: a customer in front
# of a button turns away sooner than a worker that nobody waits for.
CUSTOMERS_PATIENCE = 4.0
WORKERS_PATIENCE = 30.0

# Seconds before the first try of our own; each further one waits twice as long.
FIRST_PAUSE = 0.5

# Stripe may forget an idempotency key after a day (docs.stripe.com/api/idempotent_requests).
KEYS_ARE_KEPT = timedelta(hours=23)

# Stripe's code for an id that it does not know (docs.stripe.com/error-codes).
MISSING = frozenset({"resource_missing"})

CONFLICT = 409
FIRST_SERVER_ERROR = 500

log = structlog.get_logger()

T = TypeVar("T")


class KeySpentError(PaymentsUnavailableError):
    """Stripe repeats a failure for as long as it knows the idempotency key.

    It may have acted all the same: whoever wants to try under another key has to look first
    (docs.stripe.com/api/idempotent_requests: results are kept whether they succeeded or failed, 500s too).
    """


class RejectedError(PaymentsUnavailableError):
    """Stripe answered, and will not do this: the same call again gets the same answer."""


class RefusedError(Exception):
    """Stripe refused the call with one of the codes that its caller expected."""


class _Http(stripe.AIOHTTPClient):
    """The SDK's own, which lets an answer that breaks off in the middle escape as aiohttp's error."""

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """One request; a broken answer is a lost one, which the SDK asks for again under the same key.

        Raises:
            stripe.APIConnectionError: no whole answer.
        """
        try:
            return await super().request_async(method, url, headers, post_data)
        except (aiohttp.ClientError, TimeoutError) as error:
            self._handle_request_error(error)


@dataclass(frozen=True, slots=True)
class StripeConnection:
    """The SDK's client for one event loop, and the HTTP session that has to be closed with it.

    `patience` is how many seconds a call may wait for Stripe to have room for it.
    """

    client: StripeClient
    http: stripe.AIOHTTPClient
    patience: float

    async def close(self) -> None:
        """Give back the connections to Stripe."""
        await self.http.close_async()  # type: ignore[no-untyped-call]


def connect(settings: Settings, *, patience: float) -> StripeConnection:
    """A connection to Stripe's API at `stripe_api_base`.

    aiohttp because it costs a ninth of httpx's CPU time a call; retries because a `StripeClient` does none
    unless told. A call without an idempotency key gets one from the SDK, stable across its own retries.
    """
    http = _Http(timeout=aiohttp.ClientTimeout(total=CALL_TIMEOUT, sock_connect=CONNECT_TIMEOUT))
    client = StripeClient(
        settings.stripe_secret_key.get_secret_value(),
        base_addresses={"api": settings.stripe_api_base},
        max_network_retries=2,
        http_client=http,
    )
    return StripeConnection(client, http, patience)


async def ask(
    stripe_api: StripeConnection,
    doing: str,
    call: Callable[[], Awaitable[T]],
    *,
    expected: frozenset[str] = frozenset(),
) -> T:
    """What Stripe answers to `call`, which is made again when Stripe had no room for it or failed.

    `doing` names the call in logs and metrics.

    Raises:
        RefusedError: Stripe refused it with one of the codes in `expected`.
        KeySpentError: Stripe failed, and repeats that under this idempotency key.
        RejectedError: Stripe refused it otherwise.
        PaymentsUnavailableError: no usable answer; the same call again is safe. The two above are such, too.
    """
    waited, pause = 0.0, FIRST_PAUSE
    while True:
        try:
            return await call()
        except stripe.StripeError as error:
            if isinstance(error, stripe.InvalidRequestError) and error.code in expected:
                raise RefusedError(error.code) from error
            wait = _told_to_wait(error) or pause * random.uniform(0.5, 1.5)  # noqa: S311  spreads callers
            is_passing = _had_no_room(error) or (_failed(error) and not _is_replayed(error))
            if not is_passing or waited + wait > stripe_api.patience:
                raise unavailable(error, doing) from error
        await asyncio.sleep(wait)
        waited, pause = waited + wait, pause * 2


def unavailable(error: stripe.StripeError, doing: str) -> PaymentsUnavailableError:
    """What a failed call to Stripe becomes for its callers, logged and counted."""
    telemetry.stripe_failures.labels(doing).inc()
    log.warning(
        "stripe call failed",
        doing=doing,
        error=type(error).__name__,
        code=error.code,
        http_status=error.http_status,
        stripe_request_id=error.request_id,
    )
    return _kind(error)(f"{doing} a PaymentIntent failed: {type(error).__name__}")


def _kind(error: stripe.StripeError) -> type[PaymentsUnavailableError]:
    if isinstance(error, stripe.IdempotencyError) or (_failed(error) and _is_replayed(error)):
        return KeySpentError
    return RejectedError if isinstance(error, stripe.InvalidRequestError) else PaymentsUnavailableError


def _had_no_room(error: stripe.StripeError) -> bool:
    """Whether Stripe turned the call away unread: too many of them, or another one at the same object or key.

    docs.stripe.com/rate-limits, docs.stripe.com/error-low-level: 429, and 409 for a key that is in use.
    """
    return isinstance(error, stripe.RateLimitError) or error.http_status == CONFLICT


def _failed(error: stripe.StripeError) -> bool:
    return (error.http_status or 0) >= FIRST_SERVER_ERROR


def _is_replayed(error: stripe.StripeError) -> bool:
    """Whether Stripe repeated what it once answered to the idempotency key.

    A failure that is none is no reason for another key: another press may be under way with this one, and
    there would be two of what was asked for.
    """
    return (error.headers or {}).get("idempotent-replayed") == "true"


def _told_to_wait(error: stripe.StripeError) -> float:
    """Seconds after which Stripe wants to hear of us again; 0 where it does not say."""
    text = (error.headers or {}).get("retry-after", "")
    return float(text) if text.isdecimal() else 0.0
