"""Reviews: payments that Radar lets through and puts before a person.

https://docs.stripe.com/api/radar/reviews. One opens when the account reviews elevated risk
(account_settings.py), and closes by approval or with its payment.
"""

from stripe_sandbox.call import Call
from stripe_sandbox.errors import StripeError
from stripe_sandbox.events import STRIPE_ITSELF, Cause, emit
from stripe_sandbox.ids import plain_id
from stripe_sandbox.pagination import page
from stripe_sandbox.resources import payment_methods, radar
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject


def retrieve(call: Call) -> StripeObject:
    return call.find("review")


def list_all(call: Call) -> StripeObject:
    """The open ones: Stripe lists no others."""
    return page(call, "review", lambda review: bool(review["open"]))


def approve(call: Call) -> StripeObject:
    review = call.find("review")
    if not review["open"]:
        raise StripeError(f"This review has already been closed: {review['id']}")
    _close(call.sandbox, review, "approved", call.cause)
    return review


def open_if_risky(sandbox: Sandbox, intent: StripeObject | None, charge: StripeObject, cause: Cause) -> None:
    """Open a review of an authorised payment by card, when the account wants one; the caller saves both.

    A charge made directly has no intent.
    """
    card, _ = payment_methods.card_behind(sandbox, charge["payment_method"])
    if not radar.wants_review(sandbox.settings, card):
        return
    review: StripeObject = {
        "id": plain_id("prv"),
        "object": "review",
        "billing_zip": charge["billing_details"]["address"]["postal_code"],
        "charge": charge["id"],
        "closed_reason": None,
        "created": sandbox.now(),
        "ip_address": None,
        "ip_address_location": None,
        "livemode": False,
        "open": True,
        "opened_reason": "rule",
        "reason": "rule",
        "session": None,
    }
    charge["review"] = review["id"]
    if intent is not None:
        review["payment_intent"] = intent["id"]
        intent["review"] = review["id"]
    sandbox.store.save("review", review)
    emit(sandbox, "review.opened", review, cause)


def close_of(sandbox: Sandbox, payment: StripeObject, reason: str, cause: Cause = STRIPE_ITSELF) -> None:
    """The charge or intent ended in a way that leaves nothing to review."""
    review = sandbox.store.get("review", payment["review"]) if payment["review"] else None
    if review is not None and review["open"]:
        _close(sandbox, review, reason, cause)


def _close(sandbox: Sandbox, review: StripeObject, reason: str, cause: Cause) -> None:
    review |= {"open": False, "closed_reason": reason, "reason": reason}
    sandbox.store.save("review", review)
    emit(sandbox, "review.closed", review, cause)
