"""What Stripe said about one PaymentIntent at one moment, read from its JSON into values of ours.

Shapes: docs.stripe.com/api/payment_intents/object. Names of methods, wallets, actions and errors stay
Stripe's words; who shows them to people words them.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from bookshop.money import Money

# Marks a PaymentIntent as ours on a Stripe account that several applications may share.
ORDER_METADATA = "bookshop_order"

# PaymentIntent statuses that Stripe never leaves again.
FINAL = frozenset({"succeeded", "canceled"})

# PaymentIntent statuses of money that has come or can no longer be called back.
TAKEN = frozenset({"succeeded", "processing"})

# PaymentIntent statuses in which it may be updated (docs.stripe.com/payments/paymentintents/lifecycle).
CHANGEABLE = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})

# Where a next action says until when it can be done; Stripe spells it differently by method.
EXPIRIES = ("expires_at", "expires_after")

# Stripe's reason for ending a PaymentIntent that nobody paid (docs.stripe.com/api/payment_intents/cancel).
ABANDONED: Final = "abandoned"

# The only reason behind a decline that customers are told (docs.stripe.com/declines/codes).
TOLD = frozenset({"insufficient_funds"})


@dataclass(frozen=True, slots=True)
class Method:
    """How it is paid: `type` in Stripe's word ("card"), for cards `brand` ("visa") and last four digits.

    A card that came out of a wallet carries the wallet's name ("google_pay").
    """

    type: str
    brand: str | None = None
    last4: str | None = None
    wallet: str | None = None


@dataclass(frozen=True, slots=True)
class NextAction:
    """What Stripe waits for ("paynow_display_qr_code"), and until when if Stripe says so."""

    type: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the last attempt failed: Stripe's `code`, and a sentence for customers where Stripe has one.

    A decline whose reason customers are told has that reason for its code.
    """

    code: str
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Fee:
    """What Stripe kept of a payment, in the currency that it settles in, by the balance transaction's id."""

    transaction_id: str
    money: Money


@dataclass(frozen=True, slots=True)
class PaymentSnapshot:
    """What Stripe said about one PaymentIntent at one moment. `status` is Stripe's word.

    `total` is what it asks for, `received` what it has brought: nothing before it succeeded.
    `method` is that of the payment, or of the present or the last attempt; None where nothing was tried or
    the source does not tell (an event names a PaymentMethod by its id alone). `cancellation_reason` is what
    Stripe was told. `fee` is None until Stripe tells it, minutes after the payment.
    """

    id: str
    status: str
    total: Money
    received: Money
    order_id: str | None
    method: Method | None = None
    next_action: NextAction | None = None
    failure: Failure | None = None
    client_secret: str | None = None
    cancellation_reason: str | None = None
    fee: Fee | None = None

    @property
    def is_final(self) -> bool:
        """Whether Stripe will never change this status again."""
        return self.status in FINAL

    @property
    def is_new(self) -> bool:
        """Whether nobody has tried to pay it yet."""
        return self.status == "requires_payment_method" and self.failure is None

    @property
    def can_change(self) -> bool:
        """Whether it may still be made to ask for another amount."""
        return self.status in CHANGEABLE


def as_uuid(reference: str | None) -> uuid.UUID | None:
    """An id of ours in metadata; None for anything else that stands there."""
    try:
        return uuid.UUID(reference) if reference else None
    except ValueError:
        return None


def snapshot(intent: dict[str, Any]) -> PaymentSnapshot:
    """A PaymentIntent in Stripe's JSON (from an answer or an event) as our value."""
    currency = intent["currency"]
    return PaymentSnapshot(
        id=intent["id"],
        status=intent["status"],
        total=Money(intent["amount"], currency),
        received=Money(intent.get("amount_received") or 0, currency),
        order_id=(intent.get("metadata") or {}).get(ORDER_METADATA),
        method=_method(intent),
        next_action=_next_action(intent.get("next_action")),
        failure=_failure(intent.get("last_payment_error")),
        client_secret=intent.get("client_secret"),
        cancellation_reason=intent.get("cancellation_reason"),
        fee=_fee(intent.get("latest_charge")),
    )


def _fee(charge: Any) -> Fee | None:
    transaction = charge.get("balance_transaction") if isinstance(charge, dict) else None
    if not isinstance(transaction, dict):
        return None
    return Fee(transaction["id"], Money(transaction["fee"], transaction["currency"]))


def _method(intent: dict[str, Any]) -> Method | None:
    """That of the charge that took the money, else of the attempt under way, else of the one that failed."""
    charge = intent.get("latest_charge")
    if isinstance(charge, dict) and charge["status"] != "failed" and charge["payment_method_details"]:
        return _described(charge["payment_method_details"])
    attempted = intent.get("payment_method")
    if isinstance(attempted, dict):
        return _described(attempted)
    failed = (intent.get("last_payment_error") or {}).get("payment_method")
    return _described(failed) if isinstance(failed, dict) and attempted is None else None


def _described(method: dict[str, Any]) -> Method:
    card = method.get("card") or {}
    wallet = card.get("wallet") or {}
    return Method(
        type=method["type"], brand=card.get("brand"), last4=card.get("last4"), wallet=wallet.get("type")
    )


def _next_action(action: dict[str, Any] | None) -> NextAction | None:
    if not action:
        return None
    details = action.get(action["type"]) or {}
    places = (details, details.get("qr_code") or {})
    moment = next((place[name] for place in places for name in EXPIRIES if place.get(name)), None)
    return NextAction(action["type"], datetime.fromtimestamp(moment, UTC) if moment else None)


def _failure(error: dict[str, Any] | None) -> Failure | None:
    if error is None:
        return None
    # Only a card error's message is written for customers (docs.stripe.com/api/errors).
    message = error.get("message") if error["type"] == "card_error" else None
    reason = error.get("decline_code")
    return Failure(code=reason if reason in TOLD else error.get("code") or "unknown", message=message)
