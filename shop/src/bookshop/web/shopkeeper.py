"""The shopkeeper's sign-in: one password from the settings, a signed cookie for half a day."""

import asyncio
import secrets

import structlog
from itsdangerous import BadSignature, TimestampSigner
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookshop import limits
from bookshop.database import now
from bookshop.errors import NotFoundError
from bookshop.settings import Settings
from bookshop.web import templating
from bookshop.web.bodies import read_form
from bookshop.web.client_address import counted_as
from bookshop.web.cookies import remember
from bookshop.web.pages import ShopkeeperPage
from bookshop.web.reader import reader_of
from bookshop.web.refusals import wait_sentence
from bookshop.wiring import Shop

log = structlog.get_logger()

COOKIE = "shopkeeper"
SIGNED_IN_SECONDS = 12 * 3600

# Seconds that a wrong password costs, so that guessing is slow.
WRONG_PASSWORD_PAUSE = 1.0


async def page(request: Request) -> Response:
    """The sign-in, or the way out for whoever is in."""
    settings = _settings(request)
    view = ShopkeeperPage(is_signed_in=is_signed_in(request), dashboard_url=settings.stripe_dashboard_url)
    return templating.render(request, view, headers={"Cache-Control": "no-store"})


async def sign_in_or_out(request: Request) -> Response:
    """Check the password and set the cookie, or take it back."""
    settings = _settings(request)
    form = await read_form(request)
    if form.get("action") == "sign-out":
        response = RedirectResponse("/shopkeeper", 303)
        response.delete_cookie(COOKIE)
        return response
    async with request.app.state.shop.sessions.begin() as session:
        wait = await limits.spend(session, settings, limits.SIGN_IN, counted_as(request), at=now())
    if wait:
        return _refusal(request, 429, wait_sentence(request, wait))
    if not secrets.compare_digest(form.get("password", "").encode(), _password(settings).encode()):
        log.warning("wrong shopkeeper password")
        await asyncio.sleep(WRONG_PASSWORD_PAUSE)
        return _refusal(request, 403, reader_of(request).gettext("That is not the password."))
    response = RedirectResponse("/shopkeeper", 303)
    remember(request, response, COOKIE, _signer(settings).sign(COOKIE).decode(), seconds=SIGNED_IN_SECONDS)
    return response


def is_signed_in(request: Request) -> bool:
    """Whether this browser carries a cookie that we signed within the last half day."""
    shop: Shop = request.app.state.shop
    if shop.settings.shopkeeper_password is None:
        return False
    try:
        _signer(shop.settings).unsign(request.cookies.get(COOKIE, ""), max_age=SIGNED_IN_SECONDS)
    except BadSignature:
        return False
    return True


def _refusal(request: Request, status: int, problem: str) -> Response:
    view = ShopkeeperPage(is_signed_in=False, problem=problem)
    return templating.render(request, view, status=status, headers={"Cache-Control": "no-store"})


def _settings(request: Request) -> Settings:
    shop: Shop = request.app.state.shop
    if shop.settings.shopkeeper_password is None:
        raise NotFoundError
    return shop.settings


def _password(settings: Settings) -> str:
    assert settings.shopkeeper_password is not None  # noqa: S101  _settings has looked
    return settings.shopkeeper_password.get_secret_value()


def _signer(settings: Settings) -> TimestampSigner:
    """A new password makes every cookie of the old one worthless."""
    return TimestampSigner(_password(settings), salt="shopkeeper cookie")
