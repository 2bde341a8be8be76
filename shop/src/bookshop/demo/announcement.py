"""What the terminal says: where things are, what to try, where data is kept, how to stop."""

import shlex
from pathlib import Path

from bookshop.demo.demo_settings import DemoSettings

# From Stripe's list of test cards: docs.stripe.com/testing.
CARDS = (
    ("4242 4242 4242 4242", "pays"),
    ("4000 0027 6000 3184", "asks for 3-D Secure first"),
    ("4000 0000 0000 9995", "is declined: not enough money"),
)


def announcement(settings: DemoSettings) -> str:
    """Lines for the terminal, at most 79 columns unless an address is long."""
    places = [("Shop", settings.public_url, "")]
    if not settings.has_stripe_keys:
        places.append(("Stripe sandbox", f"{settings.sandbox_url}/dashboard", "payments, events, webhooks"))
    if not settings.has_mail_server:
        places.append(("Mailbox", f"http://localhost:{settings.mailbox_port}", "every mail that is sent"))
    places.append(("Shopkeeper", f"{settings.public_url}/shopkeeper", f"password {settings.password}"))
    width = max(len(address) for _, address, _ in places)
    lines = [f"  {name:<16}{address:<{width}}   {words}".rstrip() for name, address, words in places]
    return "\n".join(
        ["", "The shop is open.", "", *lines, "", *_about_stripe(settings), "", *_about_data(settings)]
    )


def _about_stripe(settings: DemoSettings) -> list[str]:
    if settings.has_stripe_keys:
        lines = ["Your keys are set: payments go to Stripe, no sandbox was started."]
        if not settings.stripe_webhook_secret:
            lines += [
                "STRIPE_WEBHOOK_SECRET is not set, so webhooks are refused; orders settle all the same.",
                f"To get one: stripe listen --forward-to {settings.public_url}/stripe/webhook",
            ]
        return lines
    return [
        "Cards to try, with any date to come and any CVC:",
        *(f"  {number}   {words}" for number, words in CARDS),
    ]


def _about_data(settings: DemoSettings) -> list[str]:
    kept = _short(settings.data_dir)
    return [
        f"Data is kept in {kept}, logs in {kept}/log; the next start goes on from there.",
        f"Other commands find this shop after: set -a; . {shlex.quote(kept)}/demo.env; set +a",
        "Ctrl-C stops everything.",
    ]


def _short(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
