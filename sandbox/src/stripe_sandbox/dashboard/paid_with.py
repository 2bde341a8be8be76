"""How a person names what was paid with: a brand or a method, and the last digits where there are any."""

from typing import Any, NamedTuple

from stripe_sandbox.methods import BY_TYPE, WALLETS


class PaidWith(NamedTuple):
    """`brand` is a card's brand, as Stripe writes it, or another method's label; both may be empty."""

    brand: str
    last4: str


def paid_with(described: dict[str, Any]) -> PaidWith:
    """From a PaymentMethod or a charge's `payment_method_details`; empty when there is neither."""
    kind = described.get("type", "")
    details = described.get(kind) or {}
    if kind == "card":
        wallet = (details.get("wallet") or {}).get("type", "")
        return PaidWith(WALLETS.get(wallet) or str(details["brand"]), str(details["last4"]))
    return PaidWith(BY_TYPE[kind].label if kind in BY_TYPE else kind, details.get("last4") or "")
