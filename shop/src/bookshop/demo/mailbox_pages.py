"""The mailbox in a browser, and as JSON for tests."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from pydantic import BaseModel, Field, ValidationError, field_validator
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bookshop.demo.mailbox import ANSWER, Mail, Mailbox, Misbehaviour

HERE = Path(__file__).parent
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "frame-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# A mail is a stranger's HTML: it may have its own styles and inlined pictures, and nothing else.
MAIL_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"

templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class MisbehaviourRequest(BaseModel):
    """`answer` null: the mail is kept, but the sender never hears so."""

    answer: str | None = None
    count: int = Field(default=1, ge=0, le=1000)

    @field_validator("answer")
    @classmethod
    def _is_a_reply(cls, value: str | None) -> str | None:
        if value is not None and not ANSWER.fullmatch(value):
            raise ValueError("an SMTP reply begins with its code, such as 451 4.3.0 Try again later")
        return value


def create_app(mailbox: Mailbox) -> Starlette:
    """`GET /` and `/mails/{id}` for people; `GET /messages[?to=address]`, `PUT /misbehaviour` for tests."""

    async def index(_request: Request) -> Response:
        return _page("mailbox.html", mails=mailbox.mails())

    async def show(request: Request) -> Response:
        return _page("mail.html", mail=_find(mailbox, request))

    async def show_html(request: Request) -> Response:
        return HTMLResponse(_find(mailbox, request).html, headers={"Content-Security-Policy": MAIL_POLICY})

    async def show_raw(request: Request) -> Response:
        raw = mailbox.raw(request.path_params["id"])
        if raw is None:
            raise HTTPException(404, "There is no such mail.")
        return Response(raw, media_type="text/plain; charset=utf-8")

    async def messages(request: Request) -> Response:
        mails = mailbox.mails(request.query_params.get("to"))
        return JSONResponse([mail.as_json() for mail in mails])

    async def misbehave(request: Request) -> Response:
        try:
            wish = MisbehaviourRequest.model_validate_json(await request.body())
        except ValidationError as error:
            return JSONResponse({"detail": error.errors()[0]["msg"]}, status_code=422)
        mailbox.misbehaviour = Misbehaviour(answer=wish.answer, count=wish.count)
        return JSONResponse(wish.model_dump())

    routes = [
        Route("/", index),
        Route("/mails/{id}", show),
        Route("/mails/{id}/html", show_html),
        Route("/mails/{id}/raw", show_raw),
        Route("/messages", messages),
        Route("/misbehaviour", misbehave, methods=["PUT"]),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]
    return Starlette(routes=routes)


def _page(template: str, **words: object) -> Response:
    html = templates.get_template(template).render(words)
    return HTMLResponse(html, headers={"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-store"})


def _find(mailbox: Mailbox, request: Request) -> Mail:
    mail = mailbox.mail(request.path_params["id"])
    if mail is None:
        raise HTTPException(404, "There is no such mail.")
    return mail
