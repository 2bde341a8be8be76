"""What an account's owner chooses in Stripe's Dashboard: Radar's controls and rules, help with disputes.

Sources: https://docs.stripe.com/radar/risk-settings, https://docs.stripe.com/radar/rules,
https://docs.stripe.com/disputes/prevention, https://docs.stripe.com/disputes/smart-disputes.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any

from stripe_sandbox.store import Store

_KIND, _ID = "setting", "account"


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """One choice a field, as a new account has them.

    block_highest_risk         Radar's default rule
    block_failed_cvc           refuse a payment whose security code the bank found wrong
    block_failed_postal_code   the same for the postal code
    dynamic_risk_thresholds    let Radar choose what is too risky
    adaptive_3d_secure         let Radar ask for authentication
    review_elevated_risk       open a review for a person to close
    dispute_resolution         Visa RDR and Ethoca: pay the customer back before a dispute
    dispute_deflection         show the bank at once why there is nothing to dispute
    smart_disputes             let Stripe answer the disputes that it can
    """

    block_highest_risk: bool = True
    block_failed_cvc: bool = False
    block_failed_postal_code: bool = False
    dynamic_risk_thresholds: bool = False
    adaptive_3d_secure: bool = False
    review_elevated_risk: bool = False
    dispute_resolution: bool = False
    dispute_deflection: bool = False
    smart_disputes: bool = False


def load(store: Store) -> AccountSettings:
    """What was chosen last; a choice that this version does not know is left out."""
    kept = store.get(_KIND, _ID) or {}
    known = {field.name for field in fields(AccountSettings)}
    return AccountSettings(**{name: value for name, value in kept.items() if name in known})


def save(store: Store, settings: AccountSettings) -> None:
    record: dict[str, Any] = {"id": _ID} | asdict(settings)
    store.save(_KIND, record)
