from starlette.routing import BaseRoute

from stripe_sandbox.sandbox import Sandbox


def routes(_: Sandbox) -> list[BaseRoute]:
    """The dashboard's pages."""
    return []
