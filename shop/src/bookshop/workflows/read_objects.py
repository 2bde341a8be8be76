"""Payments, refunds and disputes themselves, gone through for a time whose events Stripe lists no more."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from bookshop import listings
from bookshop.payments import VerifiedEvent
from bookshop.snapshots import FINAL, ORDER_METADATA
from bookshop.stripe_calls import RejectedError
from bookshop.wiring import Shop
from bookshop.workflows import rounds
from bookshop.workflows.settle_payment import Cause
from bookshop.workflows.take_event import IGNORED, STORIES

log = structlog.get_logger()

# What is listed, and the story that an event of its latest state would have.
KINDS = {
    "payment_intents": "payment_intent.succeeded",
    "refunds": "refund.updated",
    "disputes": "charge.dispute.updated",
}


async def read_objects(shop: Shop, *, since: datetime, until: datetime) -> Counter[tuple[str, str]]:
    """Let every payment that is over, every refund and every dispute made in this time have its story again.

    (kind, outcome) of each. Open payments are left to the walk over open orders. Nothing is recorded as an
    event, and what is as it should be stays so, because stories are safe to repeat.

    Raises:
        PaymentsUnavailableError: Stripe gave no usable answer; what was done stays so.
    """
    told: Counter[tuple[str, str]] = Counter()
    for kind, event_type in KINDS.items():
        async for batch in _batches(listings.objects(shop.stripe, kind, since=since, until=until)):
            wanted = [found for found in batch if kind != "payment_intents" or _is_over_and_ours(found)]
            words = await rounds.abreast(wanted, partial(_again, shop, event_type))
            told.update((f"{kind} gone through", word) for word in words)
    return told


async def _again(shop: Shop, event_type: str, found: dict[str, Any]) -> str:
    told = {"data": {"object": found}}
    seen = VerifiedEvent(found["id"], event_type, found["created"], shop.settings.live, told)
    try:
        effect = await STORIES[event_type](shop, seen, Cause.RECONCILER)
    except RejectedError as error:
        log.error("stripe tells nothing about an object", object=found["id"], reason=str(error))  # noqa: TRY400
        return rounds.REJECTED
    if effect is None:
        return IGNORED
    async with shop.sessions.begin() as session:
        return await effect(session)


def _is_over_and_ours(intent: dict[str, Any]) -> bool:
    return intent["status"] in FINAL and ORDER_METADATA in (intent["metadata"] or {})


async def _batches(found: AsyncIterator[dict[str, Any]]) -> AsyncIterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    async for one in found:
        batch.append(one)
        if len(batch) == listings.PAGE:
            yield batch
            batch = []
    yield batch
