"""What Stripe lists: PaymentIntents and events of a time, and what time it is there.

Everything here is read page by page; Stripe lists the newest first.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from stripe import ListObject

from bookshop.database import now
from bookshop.snapshots import ORDER_METADATA, PaymentSnapshot, snapshot
from bookshop.stripe_calls import StripeConnection, ask

# As many as Stripe gives at once (docs.stripe.com/api/pagination).
PAGE = 100

# As many types of events as Stripe takes in one question (docs.stripe.com/api/events/list).
MOST_TYPES = 20

# Search knows new objects after a minute, or an hour when Stripe has trouble (docs.stripe.com/search).
SEARCHABLE_AFTER = timedelta(hours=2)

# Our clock may be that much ahead of Stripe's without anybody having noticed.
CLOCKS_APART = timedelta(minutes=5)


async def find_intent(
    stripe_api: StripeConnection, order_id: str, *, since: datetime
) -> PaymentSnapshot | None:
    """The PaymentIntent that was made for this order at `since` or later, if there is one.

    Raises:
        PaymentsUnavailableError: no usable answer.
    """
    intents = stripe_api.client.v1.payment_intents
    if since < now() - SEARCHABLE_AFTER:
        query = f"metadata['{ORDER_METADATA}']:'{order_id}'"
        found = await ask(stripe_api, "looking for", lambda: intents.search_async({"query": query}))
        return snapshot(found.data[0].to_dict()) if found.data else None
    from_then = int((since - CLOCKS_APART).timestamp())
    listed = _items(stripe_api, lambda: intents.list_async({"created": {"gte": from_then}, "limit": PAGE}))
    async for intent in listed:
        if (intent["metadata"] or {}).get(ORDER_METADATA) == order_id:
            return snapshot(intent)
    return None


async def events(
    stripe_api: StripeConnection, types: list[str], *, since: datetime, until: datetime
) -> list[dict[str, Any]]:
    """The events of these types from `since` until before `until`, in Stripe's JSON, newest first.

    Raises:
        PaymentsUnavailableError: no usable answer.
    """
    listed = stripe_api.client.v1.events
    begin, end = int(since.timestamp()), int(until.timestamp())
    found = []
    for few in (types[start : start + MOST_TYPES] for start in range(0, len(types), MOST_TYPES)):
        page = _items(
            stripe_api,
            lambda few=few: listed.list_async(  # type: ignore[misc]
                {"types": few, "created": {"gte": begin, "lt": end}, "limit": PAGE}
            ),
        )
        found += [event async for event in page]
    return found


async def objects(
    stripe_api: StripeConnection, kind: str, *, since: datetime, until: datetime
) -> AsyncIterator[dict[str, Any]]:
    """The `payment_intents`, `refunds` or `disputes` made since `since` and before `until`, newest first.

    Raises:
        PaymentsUnavailableError: no usable answer.
    """
    service = getattr(stripe_api.client.v1, kind)
    bounds = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
    async for found in _items(stripe_api, lambda: service.list_async({"created": bounds, "limit": PAGE})):
        yield found


async def moment(stripe_api: StripeConnection) -> datetime:
    """What time it is at Stripe, to the second, by the `Date` of an answer.

    Raises:
        PaymentsUnavailableError: no usable answer.
    """
    intents = stripe_api.client.v1.payment_intents
    answer = await ask(stripe_api, "asking the time of", lambda: intents.list_async({"limit": 1}))
    headers = answer.last_response.headers if answer.last_response else {}
    return parsedate_to_datetime(headers["date"]).astimezone(UTC) if "date" in headers else now()


async def _items(
    stripe_api: StripeConnection, first: Callable[[], Awaitable[ListObject[Any]]]
) -> AsyncIterator[dict[str, Any]]:
    page = await ask(stripe_api, "listing", first)
    while True:
        for item in page.data:
            yield item.to_dict()
        if not page.has_more:
            return
        page = await ask(stripe_api, "listing", page.next_page_async)
