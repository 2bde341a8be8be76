"""Everything that a shop's page loads from Stripe: Stripe.js, the frames it opens, the 3-D Secure pages."""

from starlette.routing import BaseRoute

from stripe_sandbox.browser import challenge, frames, stripe_js
from stripe_sandbox.sandbox import Sandbox


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """The routes under the same paths as on js.stripe.com, and those of the challenge pages."""
    return [*stripe_js.routes(sandbox), *frames.routes(), *challenge.routes(sandbox)]
