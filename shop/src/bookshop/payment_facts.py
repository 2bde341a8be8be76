"""Refunds, disputes and fraud warnings: read from Stripe again, each with the payment that it is about.

The payment names the order, and knows what Stripe kept of it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from bookshop.snapshots import PaymentSnapshot
from bookshop.snapshots import snapshot as payment_snapshot
from bookshop.stripe_calls import MISSING, RefusedError, StripeConnection, ask

# The path of the payment's fee; Stripe sends all that lies on it.
WITH_PAYMENT = ["payment_intent.latest_charge.balance_transaction"]

Seen = TypeVar("Seen")


class Service(Protocol):
    """The SDK's calls about one kind of object."""

    def retrieve_async(self, object_id: str, params: Any, /) -> Awaitable[Any]:
        """The object of this id."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[Seen]):
    """One kind of fact: its name at Stripe, the SDK's calls about it, and its JSON as a value of ours."""

    name: str
    service: Callable[[StripeConnection], Service]
    snapshot: Callable[[dict[str, Any]], Seen]


async def read(
    stripe_api: StripeConnection, kind: Kind[Seen], object_id: str
) -> tuple[Seen, PaymentSnapshot | None] | None:
    """The fact as it is now, with its payment; None for an id that Stripe does not know.

    Raises:
        PaymentsUnavailableError: no usable answer.
    """
    service = kind.service(stripe_api)
    try:
        found = await ask(
            stripe_api,
            f"reading a {kind.name} of",
            lambda: service.retrieve_async(object_id, {"expand": WITH_PAYMENT}),
            expected=MISSING,
        )
    except RefusedError:
        return None
    told = found.to_dict()
    intent = told.get("payment_intent")
    return kind.snapshot(told), payment_snapshot(intent) if intent else None


def payment_of(told: dict[str, Any]) -> str:
    """The id of the fact's PaymentIntent, sent whole or not; empty for a charge that has none."""
    intent = told.get("payment_intent")
    return intent["id"] if isinstance(intent, dict) else intent or ""
