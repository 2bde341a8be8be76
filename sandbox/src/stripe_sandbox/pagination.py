"""Lists: newest first, cut by `limit` and a cursor. Source: https://docs.stripe.com/api/pagination."""

from collections.abc import Callable, Iterable
from itertools import islice, takewhile
from typing import Any

from stripe_sandbox import errors
from stripe_sandbox.call import Call
from stripe_sandbox.store import StripeObject

_DEFAULT_LIMIT = 10
_HIGHEST_LIMIT = 100


def page(
    call: Call,
    kind: str,
    wanted: Callable[[StripeObject], bool] = lambda _: True,
    *,
    by: tuple[str, ...] = (),
) -> StripeObject:
    """A list object of one kind, filtered by `wanted` and by the request's `created`.

    `by` are the parameters that must equal the fields of their names, the most telling first.

    Raises:
        StripeError: a limit outside 1 to 100, both cursors at once, or a cursor that names nothing.
    """
    params = call.params
    limit = limit_of(call)
    after, before = params.get("starting_after"), params.get("ending_before")
    if after and before:
        raise errors.exclusive_parameters("starting_after", "ending_before")
    if after or before:
        call.find(kind, after or before, "starting_after" if after else "ending_before")
    in_time = created_filter(params.get("created"))
    equal = {name: params[name] for name in by if name in params}
    found = list(
        islice(
            (
                item
                for item in _walk(call, kind, equal)
                if not item.get("deleted")
                and in_time(item["created"])
                and all(item[name] == value for name, value in equal.items())
                and wanted(item)
            ),
            limit + 1,
        )
    )
    data = found[:limit][::-1] if before else found[:limit]
    return {"object": "list", "data": data, "has_more": len(found) > limit, "url": call.path}


def limit_of(call: Call) -> int:
    """How many the request wants on a page.

    Raises:
        StripeError: fewer than 1 or more than 100.
    """
    limit: int = call.params.get("limit", _DEFAULT_LIMIT)
    if not 1 <= limit <= _HIGHEST_LIMIT:
        raise errors.invalid_parameter(
            f"This value must be between 1 and {_HIGHEST_LIMIT} (it currently is '{limit}').",
            "limit",
            "parameter_invalid_integer",
        )
    return limit


def created_filter(created: int | dict[str, int] | None) -> Callable[[int], bool]:
    """The test that `created=…` or `created[gte]=…` puts to unix seconds."""
    if created is None:
        return lambda _: True
    if isinstance(created, int):
        return lambda seconds: seconds == created
    bounds = created
    return lambda seconds: (
        seconds > bounds.get("gt", seconds - 1)
        and seconds >= bounds.get("gte", seconds)
        and seconds < bounds.get("lt", seconds + 1)
        and seconds <= bounds.get("lte", seconds)
    )


def _walk(call: Call, kind: str, equal: dict[str, Any]) -> Iterable[StripeObject]:
    """Everything that may be on the page, in the order in which it is found, and as little else as can be."""
    store, params = call.sandbox.store, call.params
    after, before = params.get("starting_after"), params.get("ending_before")
    if before:
        # The page that ends just above the cursor: walk up from it.
        return store.oldest_first(kind, before)
    if equal and not after:
        return store.related(kind, *next(iter(equal.items())))
    newest_first = store.newest_first(kind, after)
    if not store.in_order_of_time(kind):
        return newest_first
    earliest = _earliest(params.get("created"))
    return takewhile(lambda item: item.get("created", earliest) >= earliest, newest_first)


def _earliest(created: int | dict[str, int] | None) -> int:
    """The unix seconds before which nothing is wanted."""
    if created is None or isinstance(created, int):
        return created or 0
    return max(created.get("gte", 0), created.get("gt", 0))
