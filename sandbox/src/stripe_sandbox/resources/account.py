"""The account that the key belongs to. https://docs.stripe.com/api/accounts."""

from stripe_sandbox import errors
from stripe_sandbox.call import Call
from stripe_sandbox.store import StripeObject


def retrieve(call: Call) -> StripeObject:
    """What a shop asks to learn its country and currency; `--account-country` and `--account-name` set it."""
    account = call.sandbox.account
    if call.id not in ("", account.id):
        raise errors.not_imitated(f"Connect: other accounts ({call.id})")
    return {
        "id": account.id,
        "object": "account",
        "business_profile": {"mcc": None, "name": account.display_name, "url": None},
        "business_type": None,
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "country": account.country,
        "default_currency": account.default_currency,
        "details_submitted": True,
        "email": None,
        "metadata": {},
        "payouts_enabled": True,
        "settings": {"dashboard": {"display_name": account.display_name, "timezone": "Etc/UTC"}},
        "type": "standard",
    }
