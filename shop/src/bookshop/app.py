"""The web application: everything wired once."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware

from bookshop import settings as shop_settings
from bookshop import telemetry
from bookshop.routes import routes
from bookshop.settings import Settings
from bookshop.web import problems
from bookshop.web.cart_count import CartCount
from bookshop.web.client_address import ClientAddress
from bookshop.web.middleware import RequestJournal, SameOriginPosts, SecurityHeaders
from bookshop.web.reader import Readers
from bookshop.web.templating import Site
from bookshop.wiring import open_shop
from bookshop.workflows.watch_clock import watching

log = structlog.get_logger()

WEBHOOKS_REFUSED = (
    "STRIPE_WEBHOOK_SECRET is not set: every webhook is refused, and only the order page and the reconciler "
    "settle orders. Add the endpoint in Stripe's Dashboard, or run `stripe listen --forward-to` it, and put "
    "the whsec_ secret that is shown into .env."
)


def create_app(settings: Settings | None = None) -> Starlette:
    """The shop as an ASGI application. Without settings (as the server's workers call it) they are loaded.

    Raises:
        SettingsError: the settings are unusable.
    """
    settings = settings or shop_settings.load()
    telemetry.configure(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with open_shop(settings) as shop, watching(shop):
            app.state.shop = shop
            if not settings.stripe_webhook_secret:
                log.warning(WEBHOOKS_REFUSED, endpoint=f"{settings.public_url}/stripe/webhook")
            # What is there by now stays: looking through it for garbage would halt every request for 70 ms.
            gc.collect()
            gc.freeze()
            yield

    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers=problems.handlers(),
        middleware=[
            Middleware(ClientAddress, settings=settings),
            # Whatever is answered is answered to somebody.
            Middleware(Readers, settings=settings),
            # Outside the journal: what the journal answers when something breaks is protected too.
            Middleware(SecurityHeaders, settings=settings),
            Middleware(RequestJournal),
            Middleware(SameOriginPosts, settings=settings),
            Middleware(CartCount),
        ],
    )
    # Starlette would send "/cart/" to "/cart" at whatever host the caller named in its Host header.
    app.router.redirect_slashes = False
    app.state.site = Site(shop_name=settings.shop_name, stripe_js_url=settings.stripe_js_url)
    return app
