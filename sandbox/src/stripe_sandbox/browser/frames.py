"""The pages that Stripe.js opens in frames, their scripts, and the files they use."""

from jinja2 import Environment, PackageLoader
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from stripe_sandbox.browser.module_joining import join
from stripe_sandbox.browser.served_text import HTML, JAVASCRIPT, ServedText
from stripe_sandbox.browser.stripe_js import STATIC, TRAINS

ASSETS = "/sandbox-assets"

# Frames hold card data: they run and load nothing but their own. Any page may frame them, as at Stripe; fonts
# may come from the page's own hosts, since `elements({fonts})` names them.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; font-src http: https: data:; base-uri 'none'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": f"{CONTENT_SECURITY_POLICY}; form-action 'none'",
    "Referrer-Policy": "no-referrer",
}

TEMPLATES = Environment(
    loader=PackageLoader("stripe_sandbox.browser"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)

_PAGES = {
    "elements-inner-payment": ("payment_frame.html", "frame/payment_form.js"),
    "elements-inner-address": ("address_frame.html", "frame/address_form.js"),
    "elements-inner-express-checkout": ("express_frame.html", "frame/express_form.js"),
    "elements-inner-link-authentication": ("email_frame.html", "frame/email_form.js"),
    "three-ds-2-challenge": ("challenge_frame.html", "challenge/lightbox.js"),
    "google-pay": ("google_pay_frame.html", "modal/google_pay.js"),
    "link": ("link_frame.html", "modal/link.js"),
    "qr-code": ("qr_code_frame.html", "modal/qr_code.js"),
}


class _Assets(StaticFiles):
    """Style sheets and icons; browsers ask each time whether they have changed."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


def routes() -> list[BaseRoute]:
    """The framed pages of every train (.html and .js), and the assets."""
    found: list[BaseRoute] = [Mount(ASSETS, _Assets(directory=STATIC))]
    for name, (template, entry) in _PAGES.items():
        script = ServedText(join(STATIC / entry), JAVASCRIPT)
        html = TEMPLATES.get_template(template).render(assets=f"..{ASSETS}", script=f"{name}.js")
        page = ServedText(html, HTML, PAGE_HEADERS)
        for train in TRAINS:
            found.append(Route(f"/{train}/{name}.html", page.answer))
            found.append(Route(f"/{train}/{name}.js", script.answer))
    return found
