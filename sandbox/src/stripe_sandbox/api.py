"""The door to `/v1`: from a request to Stripe's JSON. A plain ASGI application, since this is the hot path.

In order: key, route, body, faults asked for by a test, idempotency, parameters, the resource's function,
`expand`, the API version's shape, the file (if any), the answer.
"""

import asyncio
import logging
import time

import orjson
from starlette.types import Receive, Scope, Send

from stripe_sandbox import authentication, connections, errors, form_encoding, versions
from stripe_sandbox.call import Call
from stripe_sandbox.control import Strike
from stripe_sandbox.errors import StripeError
from stripe_sandbox.exchange import (
    PREFLIGHT,
    Answer,
    Incoming,
    error_answer,
    fault_answer,
    replayed,
    send_answer,
    usual_headers,
)
from stripe_sandbox.expansion import expand
from stripe_sandbox.idempotency import Stored
from stripe_sandbox.ids import alphanumeric
from stripe_sandbox.publishable import publishable_view
from stripe_sandbox.request_log import KEPT_BYTES, LoggedRequest, cut, masked
from stripe_sandbox.routes import Route, find_route
from stripe_sandbox.sandbox import Sandbox

_log = logging.getLogger(__name__)

_LARGEST_BODY = 1_000_000


class Api:
    """ASGI application answering everything under `/v1`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        if scope["method"] == "OPTIONS":
            await send_answer(send, Answer(200, b"", PREFLIGHT))
            return
        incoming = Incoming(
            scope["method"],
            scope["path"],
            scope["query_string"].decode("latin-1"),
            dict(scope["headers"]),
            await _body(receive) if scope["method"] == "POST" else b"",
            f"req_{alphanumeric(14)}",
        )
        answer = await self._answer(incoming)
        milliseconds = round((time.perf_counter() - started) * 1000, 2)
        self._sandbox.requests.append(_logged(self._sandbox, incoming, answer, milliseconds))
        if answer is None:
            connections.close(scope["client"])
        else:
            await send_answer(send, answer)

    async def _answer(self, incoming: Incoming) -> Answer | None:
        """The answer, or None when the connection is to be closed without one."""
        try:
            return await self._handle(incoming)
        except StripeError as error:
            answer = error_answer(self._sandbox, incoming, error, None)
        except Exception:  # noqa: BLE001  the last door: logged and answered
            _log.exception("%s %s %s", incoming.request_id, incoming.method, incoming.path)
            broken = StripeError(
                "An unknown error occurred in stripe-sandbox; its log says more.",
                status=500,
                type="api_error",
            )
            answer = error_answer(self._sandbox, incoming, broken, None)
        version = incoming.header(b"stripe-version") or self._sandbox.account.api_version
        return answer._replace(headers=(*answer.headers, *usual_headers(self._sandbox, incoming, version)))

    async def _handle(self, incoming: Incoming) -> Answer | None:
        form = form_encoding.decode(_encoded_parameters(incoming))
        parameter = form.get("key")
        key = authentication.key_of(
            incoming.header(b"authorization"), parameter if isinstance(parameter, str) else None
        )
        for header in ("Stripe-Account", "Stripe-Context"):
            if incoming.header(header.lower().encode()) not in (None, "", self._sandbox.account.id):
                raise errors.not_imitated(f"Connect: other accounts ({header})")
        route, identifier = find_route(incoming.method, incoming.path)
        if not route.publishable:
            authentication.require_secret(key)
        call = Call(
            self._sandbox,
            key,
            _version(incoming, self._sandbox),
            incoming.path,
            identifier,
            form,
            incoming.request_id,
            incoming.header(b"idempotency-key") if incoming.method == "POST" else None,
        )
        strike = self._sandbox.control.take(incoming.method, incoming.path)
        fault = strike.fault
        if fault and fault.stage == "before":
            await asyncio.sleep(strike.wait)
            answer = fault_answer(self._sandbox, fault, incoming)
        else:
            answer = await self._once(route, call, incoming, strike)
            if strike.late:
                await asyncio.sleep(strike.late)
        if fault and fault.drop:
            return None
        return answer._replace(
            headers=(*answer.headers, *usual_headers(self._sandbox, incoming, call.version))
        )

    async def _once(self, route: Route, call: Call, incoming: Incoming, strike: Strike) -> Answer:
        """Run the endpoint, or repeat what it answered to the same idempotency key."""
        fault = strike.fault
        keys, key = self._sandbox.idempotency_keys, call.idempotency_key
        if key:
            stored = keys.begin(key, incoming.path, incoming.body)
            if stored:
                return replayed(stored, key)
        try:
            if strike.wait:
                await asyncio.sleep(strike.wait)
            route.check(call)
            answer = (
                fault_answer(self._sandbox, fault, incoming)
                if fault and fault.stage == "inside"
                else self._run(route, call, incoming)
            )
            if fault and fault.stage == "after" and not fault.drop:
                answer = fault_answer(self._sandbox, fault, incoming)
        except BaseException:
            if key:
                keys.abandon(key)
            raise
        if key:
            keys.finish(
                key, incoming.path, incoming.body, Stored(answer.status, answer.body, incoming.request_id)
            )
            answer = answer._replace(headers=(*answer.headers, (b"idempotency-key", key.encode("latin-1"))))
        self._sandbox.store.commit()
        return answer

    def _run(self, route: Route, call: Call, incoming: Incoming) -> Answer:
        try:
            value = route.run(call)
            paths = call.params.get("expand")
            if paths:
                value = expand(self._sandbox, value, paths)
        except StripeError as error:
            if error.before_execution:
                raise
            return error_answer(self._sandbox, incoming, error, call.key)
        if call.key.publishable:
            value = publishable_view(value)
        return Answer(200, orjson.dumps(versions.render(value, call.version, self._sandbox.store)))


def _logged(
    sandbox: Sandbox, incoming: Incoming, answer: Answer | None, milliseconds: float
) -> LoggedRequest:
    parameters = cut(incoming.body) if incoming.method == "POST" else incoming.query[:KEPT_BYTES]
    credentials = f"{incoming.header(b'authorization')}&{parameters}"
    return LoggedRequest(
        id=incoming.request_id,
        created=sandbox.now(),
        method=incoming.method,
        path=incoming.path,
        status=answer.status if answer else 0,
        idempotency_key=incoming.header(b"idempotency-key"),
        milliseconds=milliseconds,
        version=incoming.header(b"stripe-version") or sandbox.account.api_version,
        parameters=masked(parameters),
        answer=cut(answer.body) if answer else "",
        from_page="Bearer pk_" in credentials or "&key=pk_" in credentials,
        replayed=bool(answer and (b"idempotent-replayed", b"true") in answer.headers),
        events_before=sandbox.store.count("event"),
    )


def _encoded_parameters(incoming: Incoming) -> str:
    if incoming.method != "POST":
        return incoming.query
    if (incoming.header(b"content-type") or "").startswith("application/json"):
        raise StripeError(
            "Invalid request (check that your POST content type is application/x-www-form-urlencoded).",
            before_execution=True,
        )
    return incoming.body.decode(errors="replace")


def _version(incoming: Incoming, sandbox: Sandbox) -> str:
    version = incoming.header(b"stripe-version") or sandbox.account.api_version
    if not versions.is_version(version):
        raise StripeError(
            f"Invalid Stripe API version: {version}. Versions look like {versions.PINNED}.",
            before_execution=True,
        )
    return version


async def _body(receive: Receive) -> bytes:
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        chunk = message.get("body", b"")
        chunks.append(chunk)
        size += len(chunk)
        if not message.get("more_body") or size > _LARGEST_BODY:
            break
    return b"".join(chunks)
