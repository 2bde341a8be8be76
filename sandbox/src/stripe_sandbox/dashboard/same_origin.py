"""Tells forms of this dashboard's own pages from those of other sites."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

Door = Callable[[Request], Awaitable[Response]]


def own_pages_only(door: Door) -> Door:
    """A door that changes something, shut to pages of other sites in a browser on this machine."""

    async def guarded(request: Request) -> Response:
        if sent_by_another_site(request):
            return PlainTextResponse("This form was sent from another site.", 403)
        return await door(request)

    return guarded


def sent_by_another_site(request: Request) -> bool:
    """Whether a browser sent this request for a page of another origin.

    Browsers send `Sec-Fetch-Site` to trustworthy addresses (https, localhost) and `Origin` with every POST;
    a program that sends neither has no reader's cookies or trust to abuse.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site != "same-origin"
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")
