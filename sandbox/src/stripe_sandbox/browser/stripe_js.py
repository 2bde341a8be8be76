"""Stripe.js under the paths of every release train, with the sandbox's own public address inside."""

from pathlib import Path

from starlette.routing import BaseRoute, Route

from stripe_sandbox.browser.module_joining import join
from stripe_sandbox.browser.served_text import JAVASCRIPT, ServedText
from stripe_sandbox.sandbox import Sandbox

STATIC = Path(__file__).parent / "static"

# "v3" is the unversioned script; the loader of npm's @stripe/stripe-js asks for the others by major version.
# Source: https://docs.stripe.com/sdks/stripejs-versioning
TRAINS = ("v3", "acacia", "basil", "clover", "dahlia", "endive")


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """`/endive/stripe.js` and its kin, `/v3` and `/v3/`."""
    source = join(STATIC / "stripe" / "stripe.js")
    found: list[BaseRoute] = []
    for train in TRAINS:
        script = ServedText(written_for(source, sandbox.public_url, train), JAVASCRIPT)
        found.append(Route(f"/{train}/stripe.js", script.answer))
        if train == "v3":
            found += [Route("/v3", script.answer), Route("/v3/", script.answer)]
    return found


def written_for(source: str, public_url: str, train: str) -> str:
    """The script as one train of one sandbox serves it."""
    return source.replace("{{public_url}}", public_url).replace("{{train}}", train)
