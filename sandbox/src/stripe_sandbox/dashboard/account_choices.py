"""What an account's owner would choose in Stripe's own Dashboard, as switches with words."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from stripe_sandbox.account_settings import AccountSettings

_WORDS = {
    "block_highest_risk": "Block payments of the highest risk",
    "block_failed_cvc": "Block a wrong security code",
    "block_failed_postal_code": "Block a wrong postal code",
    "dynamic_risk_thresholds": "Let Radar choose what is too risky",
    "adaptive_3d_secure": "Let Radar ask for authentication",
    "review_elevated_risk": "Review payments of elevated risk",
    "dispute_resolution": "Pay back before a dispute",
    "dispute_deflection": "Show the bank why there is nothing to dispute",
    "smart_disputes": "Let Stripe answer disputes",
}


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """One switch; `usual` is what a new account has."""

    name: str
    word: str
    on: bool
    usual: bool


def choices(settings: AccountSettings) -> list[AccountChoice]:
    """Every setting; one that has no words yet goes by its name."""
    return [
        AccountChoice(
            field.name,
            _WORDS.get(field.name, field.name.replace("_", " ").capitalize()),
            getattr(settings, field.name),
            field.default is True,
        )
        for field in fields(AccountSettings)
    ]


def chosen(typed: Mapping[str, str]) -> AccountSettings:
    """From a form's ticked boxes; one that is not sent is off."""
    return AccountSettings(**{field.name: field.name in typed for field in fields(AccountSettings)})
