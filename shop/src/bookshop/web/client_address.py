"""Whose request it is: the network address behind the proxies that the settings name.

Granian's own wrapper reads X-Forwarded-For from its right end, for as long as each sender is a trusted proxy,
and puts what it finds in the place of the connection's address. Its port is then 0.
"""

from typing import Any

import structlog
from granian.utils.proxies import wrap_asgi_with_proxy_headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from bookshop.network import is_public, subject_of
from bookshop.settings import Settings

log = structlog.get_logger()

UNNAMED_PROXY = (
    "Requests come through a proxy that TRUSTED_PROXIES does not name. Nobody is limited by address, because "
    "everybody would be counted as one: put the proxy's address there."
)


class ClientAddress:
    """Gives each request its sender's address, as far as the proxies on the way are trusted."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.behind_proxies: Any = wrap_asgi_with_proxy_headers(app, list(settings.trusted_proxies))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        await self.behind_proxies(scope, receive, send)


def counted_as(request: Request) -> str | None:
    """Who is counted for this request; None where nobody can be told from anybody else."""
    if request.client is None:
        return None
    host, port = request.client
    is_forwarded = port == 0
    if not is_forwarded and "x-forwarded-for" in request.headers and not is_public(host):
        log.warning(UNNAMED_PROXY, proxy=host)
        return None
    return subject_of(host)
