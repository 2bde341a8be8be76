"""`/_sandbox/`: what tests use to see and to disturb. `GET /_sandbox/` gives this text.

GET  /_sandbox/health        200 {"status": "ok"} once the sandbox answers
POST /_sandbox/reset         forget every object, delivery, fault and the clock's offset; endpoints given at
                             the start stay
GET  /_sandbox/faults        the faults still waiting
POST /_sandbox/faults        add one: {"method": "POST", "path": "/v1/payment_intents*", "times": 1,
                             "stage": "before" | "inside" | "after", "status": 429, "error": {...},
                             "headers": {...}, "drop": false, "latency_ms": 0}; see control.py for the stages.
                             Without status and drop it only delays: before acting, or with the stage "after"
                             when all is done and kept. times 0 means every time.
DELETE /_sandbox/faults      remove all; /_sandbox/faults/{id} removes one
DELETE /_sandbox/idempotency_keys   forget them all, as Stripe may a day later, without moving the clock
GET  /_sandbox/clock         {"now": unix seconds, "offset": seconds}
PUT  /_sandbox/clock         {"offset": seconds}: moves `created`, signatures and the age of idempotency keys;
                             what falls due meanwhile (expiries, debits, refunds, retries) happens at once
GET  /_sandbox/payments      {"hold": the switch below, "held": how many payments it holds}
PUT  /_sandbox/payments      {"hold": "requires_action" | "processing" | null}: customers who say yes on a
                             test payment page come back while the intent is still in that state
POST /_sandbox/payments/release   let the held ones succeed, and hold no more
GET  /_sandbox/refunds       {"outcome", "failure_reason": the switches below, "waiting": how many wait}
PUT  /_sandbox/refunds       {"outcome": "insufficient_balance" (cards wait, others fail) | "asks_customer" |
                             "fails" | null, "failure_reason": "declined"}: what becomes of refunds to come
POST /_sandbox/refunds/release   the balance is filled up, asked customers have answered: let refunds go on
POST /_sandbox/refunds/{id}/cancel   what Stripe's Dashboard can: cancel a card's refund for half an hour
GET  /_sandbox/account       what the account's owner has chosen in Stripe's Dashboard
PUT  /_sandbox/account       {"block_highest_risk": true, "block_failed_cvc": false,
                             "block_failed_postal_code": false, "dynamic_risk_thresholds": false,
                             "adaptive_3d_secure": false, "review_elevated_risk": false,
                             "dispute_resolution": false, "dispute_deflection": false,
                             "smart_disputes": false}: choose anew; what is left out stays
GET  /_sandbox/webhooks      the switches below and how many deliveries are held
PUT  /_sandbox/webhooks      {"hold": true, "lose": 2 (-1: all), "copies": 3, "retry_seconds": [0.1, 0.5],
                             "retries": "quick" (usual) | "test" | "live" for Stripe's own schedules,
                             "delay_seconds": [2, 10]}: each goes out late, between so many seconds
POST /_sandbox/webhooks/release   {"order": "as_sent" | "reversed" | "shuffled"}: let held ones go
GET  /_sandbox/deliveries    newest first; filter with ?event=, ?endpoint=, ?status=
POST /_sandbox/events/{id}/resend   deliver an event again, {"endpoint": "we_..."} for one endpoint only
GET  /_sandbox/requests      the last API requests, newest first
"""

from dataclasses import asdict
from typing import Any, Literal

from pydantic import Field, NonNegativeFloat
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from stripe_sandbox import control_account
from stripe_sandbox.control import Fault
from stripe_sandbox.control_doors import Strict, json_answer, read, switch
from stripe_sandbox.resources import method_payments
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.webhook_messages import wants
from stripe_sandbox.webhooks import RETRIES

_MOST_LISTED = 1000


class _FaultBody(Strict):
    method: str = "*"
    path: str = "*"
    times: int = Field(default=1, ge=0)
    stage: str = Field(default="before", pattern="^(before|inside|after)$")
    status: int | None = Field(default=None, ge=400, le=599)
    error: dict[str, Any] | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    drop: bool = False
    latency_ms: float = Field(default=0, ge=0)


class _ClockBody(Strict):
    offset: int


class _PaymentsBody(Strict):
    hold: Literal["requires_action", "processing"] | None = None


class _WebhooksBody(Strict):
    hold: bool | None = None
    lose: int | None = Field(default=None, ge=-1)
    copies: int | None = Field(default=None, ge=1, le=10)
    retry_seconds: list[float] | None = None
    delay_seconds: tuple[NonNegativeFloat, NonNegativeFloat] | None = None
    retries: Literal["quick", "test", "live"] | None = None


class _ReleaseBody(Strict):
    order: str = Field(default="as_sent", pattern="^(as_sent|reversed|shuffled)$")


class _ResendBody(Strict):
    endpoint: str | None = None


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """The doors listed above."""
    doors = _Doors(sandbox)
    return [
        Route("/_sandbox/", _manual),
        Route("/_sandbox/health", doors.health),
        switch("/_sandbox/reset", doors.reset, "POST"),
        Route("/_sandbox/faults", doors.faults),
        switch("/_sandbox/faults", doors.add_fault, "POST"),
        switch("/_sandbox/faults", doors.remove_faults, "DELETE"),
        switch("/_sandbox/faults/{id}", doors.remove_fault, "DELETE"),
        switch("/_sandbox/idempotency_keys", doors.forget_keys, "DELETE"),
        Route("/_sandbox/clock", doors.clock),
        switch("/_sandbox/clock", doors.set_clock, "PUT"),
        Route("/_sandbox/payments", doors.payments),
        switch("/_sandbox/payments", doors.hold_payments, "PUT"),
        switch("/_sandbox/payments/release", doors.release_payments, "POST"),
        Route("/_sandbox/webhooks", doors.webhooks),
        switch("/_sandbox/webhooks", doors.set_webhooks, "PUT"),
        switch("/_sandbox/webhooks/release", doors.release, "POST"),
        Route("/_sandbox/deliveries", doors.deliveries),
        switch("/_sandbox/events/{id}/resend", doors.resend, "POST"),
        Route("/_sandbox/requests", doors.requests),
        *control_account.routes(sandbox),
    ]


async def _manual(_: Request) -> Response:
    return PlainTextResponse(__doc__)


class _Doors:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def health(self, _: Request) -> Response:
        return json_answer({"status": "ok"})

    async def reset(self, _: Request) -> Response:
        self._sandbox.reset()
        return json_answer({"reset": True})

    async def faults(self, _: Request) -> Response:
        return json_answer({"faults": [asdict(fault) for fault in self._sandbox.control.faults]})

    async def add_fault(self, request: Request) -> Response:
        body = await read(request, _FaultBody)
        if isinstance(body, Response):
            return body
        fault = Fault(**body.model_dump())
        self._sandbox.control.faults.append(fault)
        return json_answer(asdict(fault))

    async def remove_faults(self, _: Request) -> Response:
        self._sandbox.control.faults.clear()
        return json_answer({"faults": []})

    async def remove_fault(self, request: Request) -> Response:
        self._sandbox.control.remove(request.path_params["id"])
        return await self.faults(request)

    async def forget_keys(self, _: Request) -> Response:
        return json_answer({"forgotten": self._sandbox.idempotency_keys.forget()})

    async def clock(self, _: Request) -> Response:
        return json_answer({"now": self._sandbox.now(), "offset": self._sandbox.clock_offset})

    async def set_clock(self, request: Request) -> Response:
        body = await read(request, _ClockBody)
        if isinstance(body, Response):
            return body
        self._sandbox.move_clock(body.offset)
        return await self.clock(request)

    async def payments(self, _: Request) -> Response:
        held = method_payments.held(self._sandbox)
        return json_answer({"hold": self._sandbox.control.hold_payments, "held": len(held)})

    async def hold_payments(self, request: Request) -> Response:
        body = await read(request, _PaymentsBody)
        if isinstance(body, Response):
            return body
        self._sandbox.control.hold_payments = body.hold
        return await self.payments(request)

    async def release_payments(self, _: Request) -> Response:
        return json_answer({"released": method_payments.release_held(self._sandbox)})

    async def webhooks(self, _: Request) -> Response:
        webhooks = self._sandbox.webhooks
        return json_answer(
            {
                "hold": webhooks.held,
                "held": len(webhooks.waiting),
                "lose": webhooks.lose,
                "copies": webhooks.copies,
                "retry_seconds": webhooks.retry_seconds,
                "delay_seconds": webhooks.delay_seconds,
            }
        )

    async def set_webhooks(self, request: Request) -> Response:
        body = await read(request, _WebhooksBody)
        if isinstance(body, Response):
            return body
        webhooks = self._sandbox.webhooks
        if body.hold is not None:
            webhooks.held = body.hold
        if body.lose is not None:
            webhooks.lose = body.lose
        if body.copies is not None:
            webhooks.copies = body.copies
        if body.retries is not None:
            webhooks.retry_seconds = RETRIES[body.retries]
        if body.retry_seconds is not None:
            webhooks.retry_seconds = tuple(body.retry_seconds)
        if body.delay_seconds is not None:
            webhooks.delay_seconds = body.delay_seconds
        return await self.webhooks(request)

    async def release(self, request: Request) -> Response:
        body = await read(request, _ReleaseBody)
        if isinstance(body, Response):
            return body
        return json_answer({"released": self._sandbox.webhooks.release(body.order)})

    async def deliveries(self, request: Request) -> Response:
        wanted = {
            name: request.query_params[name]
            for name in ("event", "endpoint", "status")
            if name in request.query_params
        }
        found = [
            delivery
            for delivery in self._sandbox.store.newest_first("delivery")
            if all(delivery[name] == value for name, value in wanted.items())
        ]
        return json_answer({"deliveries": found[:_MOST_LISTED]})

    async def resend(self, request: Request) -> Response:
        body = await read(request, _ResendBody)
        if isinstance(body, Response):
            return body
        store = self._sandbox.store
        event = store.get("event", request.path_params["id"])
        if event is None:
            return json_answer({"errors": [f"No such event: {request.path_params['id']}"]}, 404)
        planned = [
            self._sandbox.webhooks.deliver(event, endpoint)
            for endpoint in list(store.oldest_first("webhook_endpoint"))
            if (body.endpoint == endpoint["id"] if body.endpoint else wants(endpoint, event["type"]))
        ]
        store.commit()
        return json_answer({"deliveries": planned})

    async def requests(self, _: Request) -> Response:
        return json_answer({"requests": [asdict(request) for request in reversed(self._sandbox.requests)]})
