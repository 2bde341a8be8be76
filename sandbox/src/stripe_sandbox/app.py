"""Wires the sandbox's parts into one ASGI application."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from stripe_sandbox import browser, control_pages, dashboard, trimming
from stripe_sandbox.api import Api
from stripe_sandbox.resources import charges, dispute_courses, holds, method_payments, refund_courses
from stripe_sandbox.sandbox import Sandbox

_log = logging.getLogger(__name__)


def create_app(sandbox: Sandbox) -> Starlette:
    """The whole sandbox: Stripe's API, what browsers load, the dashboard, the switches for tests.

    Starting it takes up unfinished work of an earlier run; stopping it closes the state file.
    """

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        sandbox.webhooks.start()
        charges.settle_unsettled(sandbox)
        refund_courses.take_up(sandbox)
        method_payments.take_up(sandbox)
        dispute_courses.take_up(sandbox)
        holds.take_up(sandbox)
        chores = [asyncio.create_task(_spare_the_collector()), asyncio.create_task(_keep_small(sandbox))]
        yield
        for chore in chores:
            chore.cancel()
        await sandbox.webhooks.stop()
        sandbox.close()

    routes = [*control_pages.routes(sandbox), *browser.routes(sandbox), *dashboard.routes(sandbox)]
    return Starlette(
        routes=[Mount("/v1", _whole_path(Api(sandbox))), *routes],
        exception_handlers={500: _broken},
        lifespan=lifespan,
    )


async def _broken(request: Request, error: Exception) -> Response:
    """A fault of the sandbox's own pages: its trace goes to standard error, for the server logs nothing."""
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return PlainTextResponse("The sandbox failed; its output says where. This is a fault of its own.", 500)


async def _keep_small(sandbox: Sandbox) -> None:
    while True:
        trimming.trim(sandbox)
        await asyncio.sleep(trimming.SECONDS_BETWEEN)


async def _spare_the_collector() -> None:
    """Take what is kept out of the garbage collector's sight, once a second.

    Objects of a sandbox live until the end and hold no cycles, yet a full collection walks them all: at
    100,000 intents it stopped the sandbox for 400 ms, with this for 15.
    """
    while True:
        await asyncio.sleep(1)
        gc.collect(1)
        gc.freeze()


def _whole_path(api: ASGIApp) -> ASGIApp:
    """Only requests reach the API's application; Starlette mounts may also carry websockets."""

    async def only_http(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await api(scope, receive, send)

    return only_http
