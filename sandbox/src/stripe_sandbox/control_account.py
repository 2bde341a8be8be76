"""`/_sandbox/account` and `/_sandbox/refunds`: what the account's owner chose, what becomes of refunds."""

from dataclasses import asdict, replace
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stripe_sandbox.control_doors import Strict, json_answer, read, switch
from stripe_sandbox.errors import StripeError
from stripe_sandbox.resources import refund_courses
from stripe_sandbox.sandbox import Sandbox


class _AccountBody(Strict):
    block_highest_risk: bool | None = None
    block_failed_cvc: bool | None = None
    block_failed_postal_code: bool | None = None
    dynamic_risk_thresholds: bool | None = None
    adaptive_3d_secure: bool | None = None
    review_elevated_risk: bool | None = None
    dispute_resolution: bool | None = None
    dispute_deflection: bool | None = None
    smart_disputes: bool | None = None


class _RefundsBody(Strict):
    outcome: Literal["insufficient_balance", "asks_customer", "fails"] | None = None
    failure_reason: Literal[
        "declined", "expired_or_canceled_card", "insufficient_funds", "lost_or_stolen_card", "unknown"
    ] = "declined"


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    doors = _Doors(sandbox)
    return [
        Route("/_sandbox/account", doors.account),
        switch("/_sandbox/account", doors.choose, "PUT"),
        Route("/_sandbox/refunds", doors.refunds),
        switch("/_sandbox/refunds", doors.set_refunds, "PUT"),
        switch("/_sandbox/refunds/release", doors.release_refunds, "POST"),
        switch("/_sandbox/refunds/{id}/cancel", doors.cancel_refund, "POST"),
    ]


class _Doors:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def account(self, _: Request) -> Response:
        return json_answer(asdict(self._sandbox.settings))

    async def choose(self, request: Request) -> Response:
        body = await read(request, _AccountBody)
        if isinstance(body, Response):
            return body
        self._sandbox.choose(replace(self._sandbox.settings, **body.model_dump(exclude_none=True)))
        return await self.account(request)

    async def refunds(self, _: Request) -> Response:
        control = self._sandbox.control
        return json_answer(
            {
                "outcome": control.refunds,
                "failure_reason": control.refund_failure,
                "waiting": len(refund_courses.waiting(self._sandbox)),
            }
        )

    async def set_refunds(self, request: Request) -> Response:
        body = await read(request, _RefundsBody)
        if isinstance(body, Response):
            return body
        self._sandbox.control.refunds = body.outcome
        self._sandbox.control.refund_failure = body.failure_reason
        return await self.refunds(request)

    async def release_refunds(self, _: Request) -> Response:
        return json_answer({"released": refund_courses.release(self._sandbox)})

    async def cancel_refund(self, request: Request) -> Response:
        refund = self._sandbox.store.get("refund", request.path_params["id"])
        if refund is None:
            return json_answer({"errors": [f"No such refund: {request.path_params['id']}"]}, 404)
        try:
            refund_courses.cancel_by_hand(self._sandbox, refund)
        except StripeError as error:
            return json_answer({"errors": [error.message]}, 400)
        return json_answer(refund)
