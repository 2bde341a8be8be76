"""Tells forms of this dashboard's own pages from those of other sites."""

from urllib.parse import urlsplit

from starlette.requests import Request


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
