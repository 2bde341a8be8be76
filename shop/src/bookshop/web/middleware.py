"""What happens around every request: its id and journal line, protecting headers, forged posts refused."""

import secrets
import time
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bookshop import telemetry
from bookshop.errors import BookshopError, ForgedRequestError
from bookshop.settings import Settings
from bookshop.web.problems import answer

log = structlog.get_logger()

QUIET = ("/health/", "/metrics", "/static/")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SIGNED_BY_STRIPE = "/stripe/webhook"


class RequestJournal:
    """Gives each request an id for its answer and every log line; one line and one measure at its end."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; whatever breaks further in becomes a plain 500 here at the latest."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope["request_id"] = identity = f"req_{secrets.token_hex(8)}"
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=identity)
        started = time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = identity
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        except Exception:
            log.exception("unforeseen error")
            if status:
                raise
            status = BookshopError.status
            response = answer(Request(scope), status, BookshopError.title, BookshopError.detail)
            await response(scope, receive, send_with_id)
        finally:
            _note(scope, status, time.perf_counter() - started)


class SecurityHeaders:
    """Tells browsers what our pages may load, and that nobody may frame them."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.headers = {
            "Content-Security-Policy": content_security_policy(settings),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=*",
            "X-Frame-Options": "DENY",
        }
        if settings.public_url.startswith("https://"):
            self.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers to its answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class SameOriginPosts:
    """Refuses state-changing requests that a browser sends for another site's page.

    Browsers say where a request comes from (`Sec-Fetch-Site`, `Origin`) and pages cannot forge that; programs
    without these headers carry no customer's cookies and are let through.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.origin = origin(settings.public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on unless it is forged."""
        if scope["type"] == "http" and self._is_forged(scope):
            error = ForgedRequestError
            await answer(Request(scope), error.status, error.title, error.detail)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _is_forged(self, scope: Scope) -> bool:
        if scope["method"] in {"GET", "HEAD", "OPTIONS"} or scope["path"] == SIGNED_BY_STRIPE:
            return False
        headers = Headers(scope=scope)
        if site := headers.get("sec-fetch-site"):
            return site not in {"same-origin", "none"}
        source = headers.get("origin")
        return source is not None and source not in {
            self.origin,
            f"{scope['scheme']}://{headers.get('host')}",
        }


def content_security_policy(settings: Settings) -> str:
    """Scripts and frames from us and Stripe only (docs.stripe.com/security/guide); no inline anything."""
    js = origin(settings.stripe_js_url)
    api = origin(settings.stripe_api_base)
    frames, scripts, images, calls = [js], [js], ["'self'", "data:"], [api]
    if js == "https://js.stripe.com":
        scripts += ["https://*.js.stripe.com"]
        frames += ["https://*.js.stripe.com", "https://hooks.stripe.com"]
        images += ["https://*.stripe.com"]
    elif js != api:
        # A Stripe.js that comes from another host speaks to that host, under the name that browsers know.
        calls += [js]
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' {' '.join(scripts)}",
            f"frame-src {' '.join(frames)}",
            f"connect-src 'self' {' '.join(calls)}",
            "style-src 'self'",
            f"img-src {' '.join(images)}",
            "font-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    )


def origin(url: str) -> str:
    """Scheme, host and port of an address, as browsers write it: in lower case, without the usual port."""
    parts = urlsplit(url)
    usual = {"https": ":443", "http": ":80"}[parts.scheme]
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(usual)}"


def _note(scope: Scope, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", "(none)")
    # A caller may invent methods; each would be a row in our memory for ever.
    method = scope["method"] if scope["method"] in METHODS else "other"
    telemetry.requests.labels(method, route, status).observe(seconds)
    if not scope["path"].startswith(QUIET) or status >= 500:
        log.info(
            "request",
            method=scope["method"],
            path=_without_token(scope),
            status=status,
            milliseconds=round(seconds * 1000, 1),
        )


def _without_token(scope: Scope) -> str:
    """The path for the log: an order's token opens the order, so it stays out."""
    token = scope.get("path_params", {}).get("token")
    path: str = scope["path"]
    return path.replace(token, "{token}") if token else path
