"""Stripe's lists, read whole: page after page, several windows of time at once, asked again on a stumble."""

import asyncio
import json
import random
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import aiohttp

# Stripe's own limit on a page, and the version whose shapes are read here.
PAGE = 100
VERSION = "2026-10-28.endive"

SECONDS = 30
TRIES = 8
LONGEST_PAUSE = 10.0

# Answers that another try may change.
PASSING = frozenset({409, 429, 500, 502, 503, 504})

Found = list[dict[str, Any]]


class StripeSilentError(Exception):
    """Stripe gave no usable answer; the message says which."""


@dataclass(frozen=True, slots=True)
class StripeAccount:
    """Where Stripe's API is, and the key to read with. `first_pause` is in seconds, before the second try."""

    api_base: str
    secret_key: str
    first_pause: float = 0.5


async def read_list(
    http: aiohttp.ClientSession,
    account: StripeAccount,
    path: str,
    *,
    bounds: Sequence[int | None],
    take: Callable[[Found], Coroutine[Any, Any, None]],
    query: Sequence[tuple[str, str]] = (),
) -> None:
    """Give every object of a list to `take`, a page at a time and in no order.

    `bounds` (unix seconds, None for no end) cut the list into windows that are read side by side, so that not
    each page waits for the one before it. No more than a page of each is in memory.

    Raises:
        StripeSilentError: a page could not be had.
    """
    turn = asyncio.Lock()

    async def read_window(start: int | None, end: int | None) -> None:
        asked = [*query, ("limit", str(PAGE))]
        asked += [("created[gte]", str(start))] if start is not None else []
        asked += [("created[lt]", str(end))] if end is not None else []
        after: list[tuple[str, str]] = []
        while True:
            page = await _page(http, account, path, [*asked, *after])
            async with turn:
                await take(page["data"])
            if not page["has_more"]:
                return
            after = [("starting_after", page["data"][-1]["id"])]

    try:
        async with asyncio.TaskGroup() as windows:
            for start, end in pairwise(bounds):
                windows.create_task(read_window(start, end))
    except* StripeSilentError as silent:
        raise silent.exceptions[0] from None


async def _page(
    http: aiohttp.ClientSession, account: StripeAccount, path: str, query: list[tuple[str, str]]
) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {account.secret_key}", "Stripe-Version": VERSION}
    said = ""
    for attempt in range(TRIES):
        if attempt:
            pause = min(account.first_pause * 2 ** (attempt - 1), LONGEST_PAUSE)
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311  to spread out, not to hide
        try:
            async with http.get(account.api_base + path, params=query, headers=headers) as answer:
                body = await answer.read()
                if answer.status == 200:
                    page: dict[str, Any] = json.loads(body)
                    return page
                said = f"HTTP {answer.status}"
                if answer.status not in PASSING:
                    raise StripeSilentError(f"GET {path}: {said}, {_words(body)}")
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            said = f"{type(error).__name__} {error}".strip()
    raise StripeSilentError(f"GET {path}: {said}, {TRIES} times")


def _words(body: bytes) -> str:
    """Stripe's own sentence about what is wrong, if there is one."""
    try:
        return str(json.loads(body)["error"]["message"])
    except (ValueError, LookupError, TypeError):
        return "no reason given"
