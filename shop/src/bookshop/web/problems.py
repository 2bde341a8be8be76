"""Errors in the format of whoever asked: a page for people, a JSON problem (RFC 9457) for scripts."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match
from starlette.types import ExceptionHandler

from bookshop.errors import BadRequestError, BookshopError, NotFoundError
from bookshop.languages import mark
from bookshop.web.pages import ErrorPage
from bookshop.web.reader import SCRIPT_PATHS, reader_of
from bookshop.web.templating import render

log = structlog.get_logger()

# For what Starlette refuses by itself: its own titles are in English, and short of words.
TITLES = {405: mark("That cannot be done at this address")}


def handlers() -> Mapping[Any, ExceptionHandler]:
    """What answers an exception that a door lets out."""
    return {
        BookshopError: _known,
        HTTPException: _by_status,
        sa.exc.OperationalError: _without_database,
        sa.exc.TimeoutError: _without_database,
        Exception: _unforeseen,
    }


def problem(
    request: Request,
    status: int,
    title: str,
    detail: str,
    *,
    kind: str = BookshopError.kind,
    **more: object,
) -> JSONResponse:
    """A JSON problem; `kind` is a path that scripts tell it by, `more` what they need to go on."""
    body = {
        "type": kind,
        "title": title,
        "detail": detail,
        "status": status,
        "request_id": request_id(request),
    }
    return JSONResponse(
        body | more,
        status_code=status,
        media_type="application/problem+json",
        headers={"Cache-Control": "no-store", "Content-Language": reader_of(request).language.tag},
    )


def request_id(request: Request) -> str:
    """The id under which the logs tell this request's story."""
    return str(request.scope.get("request_id", ""))


def wants_page(request: Request) -> bool:
    """Whether a person's browser asked for a document."""
    if request.url.path.startswith(SCRIPT_PATHS):
        return False
    accept = request.headers.get("accept", "")
    return "text/html" in accept or (request.method in {"GET", "HEAD"} and "application/json" not in accept)


def answer(
    request: Request,
    status: int,
    title: str,
    detail: str,
    *,
    kind: str = BookshopError.kind,
    links: tuple[tuple[str, str], ...] = (),
) -> Response:
    """The error as a page, with more ways out as (words, URL), or as a problem; in the reader's language."""
    words = reader_of(request).gettext
    title, detail = words(title), words(detail)
    if wants_page(request):
        page = ErrorPage(
            status=status, title=title, detail=detail, request_id=request_id(request), links=links
        )
        return render(request, page, status=status, headers={"Cache-Control": "no-store"})
    return problem(request, status, title, detail, kind=kind)


async def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, BookshopError)  # noqa: S101  the table above promises it
    if error.status >= 500:
        log.warning("refused", status=error.status, error=type(error).__name__)
    return answer(request, error.status, error.title, error.detail, kind=error.kind)


async def _by_status(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  the table above promises it
    if error.status_code == NotFoundError.status:
        return answer(request, error.status_code, NotFoundError.title, NotFoundError.detail)
    title = TITLES.get(error.status_code, BadRequestError.title)
    response = answer(request, error.status_code, title, mark("Nothing has been changed."))
    response.headers.update(error.headers or {})
    if error.status_code == 405:
        response.headers["Allow"] = _allowed(request)
    return response


def _allowed(request: Request) -> str:
    """What an address takes; Starlette knows one route of it only, and several may share an address."""
    matching = [route for route in request.app.routes if route.matches(request.scope)[0] != Match.NONE]
    return ", ".join(
        sorted({method for route in matching for method in getattr(route, "methods", None) or ()})
    )


async def _without_database(request: Request, error: Exception) -> Response:
    """The database is away, starting, or busy beyond patience: not now, and nothing half done."""
    log.warning("refused for want of the database", error=type(error).__name__, why=_first_line(error))
    return answer(request, 503, BookshopError.title, BookshopError.detail)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


async def _unforeseen(request: Request, error: Exception) -> Response:
    log.error("unforeseen error", exc_info=error)
    return answer(request, BookshopError.status, BookshopError.title, BookshopError.detail)
