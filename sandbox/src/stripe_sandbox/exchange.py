"""One exchange over HTTP: what came in, what goes back, and the headers that every answer carries.

Headers: https://docs.stripe.com/api/errors, https://docs.stripe.com/api/idempotent_requests.
"""

from email.utils import formatdate
from typing import NamedTuple

import orjson
from starlette.types import Send

from stripe_sandbox import versions
from stripe_sandbox.authentication import Key
from stripe_sandbox.control import Fault
from stripe_sandbox.errors import StripeError
from stripe_sandbox.idempotency import Stored
from stripe_sandbox.publishable import publishable_view
from stripe_sandbox.sandbox import Sandbox


class Answer(NamedTuple):
    """What goes back: a status, JSON, and headers beyond the usual ones."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Incoming(NamedTuple):
    """A request as it came, its body whole, with the id that it got."""

    method: str
    path: str
    query: str
    headers: dict[bytes, bytes]
    body: bytes
    request_id: str

    def header(self, name: bytes) -> str | None:
        value = self.headers.get(name)
        return value.decode("latin-1") if value is not None else None


def usual_headers(sandbox: Sandbox, incoming: Incoming, version: str) -> tuple[tuple[bytes, bytes], ...]:
    """What every answer carries, errors too; the date is by the sandbox's clock, which a test may move."""
    return (
        (b"date", formatdate(sandbox.now(), usegmt=True).encode()),
        (b"request-id", incoming.request_id.encode()),
        (b"stripe-version", version.encode()),
    )


def replayed(stored: Stored, key: str) -> Answer:
    """The first answer to an idempotency key, again."""
    headers = (
        (b"idempotency-key", key.encode("latin-1")),
        (b"idempotent-replayed", b"true"),
        (b"original-request", stored.request_id.encode()),
    )
    return Answer(stored.status, stored.body, headers)


def error_answer(sandbox: Sandbox, incoming: Incoming, error: StripeError, key: Key | None) -> Answer:
    """An error in Stripe's envelope, no more of the intent in it than the key may see."""
    fields = error.fields()
    if key and key.publishable:
        for name in ("payment_intent", "setup_intent"):
            if name in fields:
                fields[name] = publishable_view(fields[name])
    fields["request_log_url"] = f"{sandbox.public_url}/dashboard/requests/{incoming.request_id}"
    headers = [(b"stripe-should-retry", b"true")] if error.status == 409 else []
    headers += [(name.encode(), text.encode()) for name, text in error.headers.items()]
    version = incoming.header(b"stripe-version")
    if version and versions.is_version(version):
        fields = {
            name: versions.render(item, version, sandbox.store) if isinstance(item, dict) else item
            for name, item in fields.items()
        }
    return Answer(error.status, orjson.dumps({"error": fields}), tuple(headers))


def fault_answer(sandbox: Sandbox, fault: Fault, incoming: Incoming) -> Answer:
    """What a test asked to see instead of the truth."""
    if fault.error:
        return Answer(fault.status or 500, orjson.dumps({"error": fault.error}), _fault_headers(fault))
    if fault.status == 429:
        error = StripeError("Request rate limit exceeded.", status=429, code="rate_limit")
    else:
        message = "A fault asked for through the sandbox's control API."
        error = StripeError(message, status=fault.status or 500, type="api_error")
    answer = error_answer(sandbox, incoming, error, None)
    return answer._replace(headers=(*answer.headers, *_fault_headers(fault)))


def _fault_headers(fault: Fault) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.lower().encode(), text.encode()) for name, text in fault.headers.items())


async def send_answer(send: Send, answer: Answer) -> None:
    """Write an answer out, open to pages of any origin."""
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(answer.body)).encode()),
        *_CORS,
        *answer.headers,
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


_CORS = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Request-Id, Stripe-Should-Retry, Stripe-Version"),
    (b"cache-control", b"no-cache, no-store"),
)
PREFLIGHT = (
    (b"access-control-allow-methods", b"GET, HEAD, POST, DELETE, OPTIONS"),
    (
        b"access-control-allow-headers",
        (
            b"Authorization, Content-Type, Idempotency-Key, Stripe-Account, Stripe-Version, "
            b"X-Stripe-Client-User-Agent"
        ),
    ),
    (b"access-control-max-age", b"300"),
)
