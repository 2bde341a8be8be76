"""What is asked of Stripe about refunds: to make one, to find one again, to tell of those it knows."""

from typing import Any

import stripe

from bookshop.money import Money
from bookshop.payment_facts import Kind, payment_of
from bookshop.refunds import Refund, RefundSnapshot, RefundState
from bookshop.snapshots import as_uuid
from bookshop.stripe_calls import StripeConnection, ask

# Marks a refund as asked for by this shop.
REFUND_METADATA = "bookshop_refund"

# Codes for a charge of which a bank has taken the money back.
DISPUTED = frozenset({"charge_disputed", "refund_disputed_payment"})


class RefundRefusedError(Exception):
    """Stripe will not make this refund. `is_overtaken`: so much is no longer left of the payment."""

    def __init__(self, reason: str, *, is_overtaken: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_overtaken = is_overtaken


async def carry_out(stripe_api: StripeConnection, refund: Refund) -> RefundSnapshot:
    """Let Stripe make the refund, or get the same one back.

    Raises:
        KeySpentError: (a PaymentsUnavailableError) Stripe failed, perhaps for ever under this key.
        PaymentsUnavailableError: no usable answer; calling again is safe.
        RefundRefusedError: Stripe will not make it, now or later.
    """

    async def create() -> stripe.Refund:
        try:
            return await stripe_api.client.v1.refunds.create_async(
                {
                    "payment_intent": refund.payment_intent_id,
                    "amount": refund.amount,
                    "metadata": {REFUND_METADATA: str(refund.id)},
                },
                {"idempotency_key": refund.idempotency_key},
            )
        except stripe.InvalidRequestError as error:
            raise _refusal(error) from error

    return snapshot((await ask(stripe_api, "refunding", create)).to_dict())


async def look_up(stripe_api: StripeConnection, refund: Refund) -> RefundSnapshot | None:
    """The refund that Stripe has made for this row, if it has.

    Raises:
        PaymentsUnavailableError: no usable answer.
    """
    made = await all_of(stripe_api, refund.payment_intent_id)
    return next((seen for seen in made if seen.reference == refund.id), None)


async def all_of(stripe_api: StripeConnection, payment_intent_id: str) -> list[RefundSnapshot]:
    """Every refund of a payment, whoever made it, newest first.

    Raises:
        PaymentsUnavailableError: no usable answer.
    """
    calls = stripe_api.client.v1.refunds
    page = await ask(
        stripe_api,
        "listing refunds of",
        lambda: calls.list_async({"payment_intent": payment_intent_id, "limit": 100}),
    )
    made = list(page.data)
    while page.has_more:
        page = await ask(stripe_api, "listing refunds of", page.next_page_async)
        made += page.data
    return [snapshot(refund.to_dict()) for refund in made]


def snapshot(refund: dict[str, Any]) -> RefundSnapshot:
    """A refund in Stripe's JSON as our value."""
    return RefundSnapshot(
        id=refund["id"],
        payment_intent_id=payment_of(refund),
        money=Money(refund["amount"], refund["currency"]),
        state=_state(refund["status"]),
        reference=as_uuid((refund.get("metadata") or {}).get(REFUND_METADATA)),
        failure=refund.get("failure_reason"),
    )


REFUND = Kind("refund", lambda stripe_api: stripe_api.client.v1.refunds, snapshot)


def _state(status: str | None) -> RefundState:
    """Stripe may leave the status out, or invent one; neither is the end of a refund."""
    try:
        return RefundState(status or "")
    except ValueError:
        return RefundState.PENDING


def _refusal(error: stripe.InvalidRequestError) -> RefundRefusedError:
    if error.code in DISPUTED:
        return RefundRefusedError("the customer's bank has taken the money back")
    is_overtaken = error.code == "charge_already_refunded" or error.param == "amount"
    return RefundRefusedError(error.user_message or error.code or "refused", is_overtaken=is_overtaken)
