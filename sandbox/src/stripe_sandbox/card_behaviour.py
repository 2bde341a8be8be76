"""What a test card can do: how it pays, what its bank wants, checks and disputes. The cards: card_rows.py."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from stripe_sandbox.declines import Decline
from stripe_sandbox.dispute_kinds import DisputeKind


class Authentication(StrEnum):
    """What the card's bank, or Stripe before it, wants to know of the customer."""

    NOT_ENROLLED = "not_enrolled"
    NOT_SUPPORTED = "not_supported"
    SUPPORTED = "supported"
    LOOKUP_ERROR = "lookup_error"
    REQUIRED = "required"
    REQUIRED_UNLESS_SET_UP = "required_unless_set_up"
    REQUIRED_ON_SESSION = "required_on_session"
    REQUIRED_LOOKUP_FAILS = "required_lookup_fails"
    REQUIRED_IF_ADAPTIVE = "required_if_adaptive"
    FRICTIONLESS = "frictionless"


@dataclass(frozen=True, slots=True)
class Card:
    """One row. `decline` strikes when money is asked for, after any authentication.

    captcha             a page's customer must first prove to be human
    adapts_to_threshold refused while the account lets Radar choose its risk thresholds
    refund              how refunds go: `succeeded`, `pending` first, or `failed` after a success
    disputes            what follows a captured payment; several share its amount
    warned              its bank reports the payment as fraud, before any dispute
    """

    number: str
    brand: str
    does: str
    tokens: tuple[str, ...] = ()
    funding: str = "credit"
    country: str = "US"
    networks: tuple[str, ...] = ()
    decline: Decline | None = None
    attachable: bool = True
    authentication: Authentication = Authentication.NOT_ENROLLED
    captcha: bool = False
    cvc_check: str = "pass"
    postal_code_check: str = "pass"
    line1_check: str = "pass"
    risk_level: str = "normal"
    adapts_to_threshold: bool = False
    refund: str = "succeeded"
    bypasses_pending: bool = False
    disputes: tuple[DisputeKind, ...] = ()
    warned: bool = False

    @property
    def last4(self) -> str:
        return self.number[-4:]

    @property
    def fingerprint(self) -> str:
        """The same for the same number, so that a shop can recognise a card without knowing it."""
        return hashlib.blake2b(self.number.encode(), digest_size=8).hexdigest()
