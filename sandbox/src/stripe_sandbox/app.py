"""Wires the sandbox's parts into one ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from stripe_sandbox import browser, control_pages, dashboard
from stripe_sandbox.api import Api
from stripe_sandbox.resources import charges, refunds
from stripe_sandbox.sandbox import Sandbox


def create_app(sandbox: Sandbox) -> Starlette:
    """The whole sandbox: Stripe's API, what browsers load, the dashboard, the switches for tests.

    Starting it takes up unfinished work of an earlier run; stopping it closes the state file.
    """

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        sandbox.webhooks.start()
        charges.settle_unsettled(sandbox)
        refunds.finish_unfinished(sandbox)
        yield
        await sandbox.webhooks.stop()
        sandbox.close()

    routes = [*control_pages.routes(sandbox), *browser.routes(sandbox), *dashboard.routes(sandbox)]
    return Starlette(routes=[Mount("/v1", _whole_path(Api(sandbox))), *routes], lifespan=lifespan)


def _whole_path(api: ASGIApp) -> ASGIApp:
    """Only requests reach the API's application; Starlette mounts may also carry websockets."""

    async def only_http(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await api(scope, receive, send)

    return only_http
