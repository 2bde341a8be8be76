"""Everything that a shop's page loads from Stripe: Stripe.js, its frames, the banks' and wallets' pages."""

from starlette.routing import BaseRoute

from stripe_sandbox.browser import challenge, frames, stripe_js, test_payments
from stripe_sandbox.sandbox import Sandbox


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """The routes under the same paths as on js.stripe.com, and the banks' and wallets' pages."""
    return [
        *stripe_js.routes(sandbox),
        *frames.routes(),
        *challenge.routes(sandbox),
        *test_payments.routes(sandbox),
    ]
