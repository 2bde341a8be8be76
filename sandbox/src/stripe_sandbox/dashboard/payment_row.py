"""A payment as one line: how much, how it stands, what for, with what, whose."""

from dataclasses import dataclass

from stripe_sandbox.dashboard.paid_with import paid_with
from stripe_sandbox.dashboard.rendering import money
from stripe_sandbox.dashboard.states import State, state_of
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """`brand`, `last4` and `email` are empty while nobody gave them."""

    id: str
    amount: str
    state: State
    description: str
    brand: str
    last4: str
    email: str
    created: int


def payment_row(sandbox: Sandbox, intent: StripeObject) -> PaymentRow:
    """One payment's line."""
    store = sandbox.store
    charge = store.get("charge", intent["latest_charge"] or "")
    method = method_of(sandbox, intent, charge)
    customer = store.get("customer", intent["customer"] or "") or {}
    brand, last4 = paid_with(method)
    return PaymentRow(
        id=intent["id"],
        amount=money(intent["amount"], intent["currency"]),
        state=state_of(intent, charge),
        description=intent["description"] or "",
        brand=brand,
        last4=last4,
        email=email_of(intent, method, customer),
        created=intent["created"],
    )


def method_of(sandbox: Sandbox, intent: StripeObject, charge: StripeObject | None) -> StripeObject:
    """The PaymentMethod now on the intent, else the one that was last tried; empty when there was none."""
    failed = (intent["last_payment_error"] or {}).get("payment_method")
    identifier = intent["payment_method"] or (failed or {}).get("id") or (charge or {}).get("payment_method")
    return sandbox.store.get("payment_method", identifier or "") or failed or {}


def email_of(intent: StripeObject, method: StripeObject, customer: StripeObject) -> str:
    """Where the receipt goes, else what the payer or the customer gave; empty when nobody gave any."""
    billing = method.get("billing_details") or {}
    return intent["receipt_email"] or billing.get("email") or customer.get("email") or ""
