"""Long lists in pages: newest first, and a link to what is older."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import dropwhile, islice
from typing import Generic, Protocol, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request

ROWS = 50


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


Row = TypeVar("Row", bound=_Identified)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows; `older` and `newest` are the queries of the next and the first page, else empty."""

    rows: tuple[Row, ...]
    older: str
    newest: str

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def cut(identifiers: Iterable[str], request: Request, row: Callable[[str], Row]) -> Page[Row]:
    """The rows after the one that `?after=id` names, the first without it; only those shown are made."""
    after = request.query_params.get("after", "")
    if after:
        identifiers = islice(dropwhile(after.__ne__, identifiers), 1, None)
    found = list(islice(identifiers, ROWS + 1))
    kept = found[:ROWS]
    query = {name: value for name, value in request.query_params.items() if name != "after" and value}
    return Page(
        tuple(row(identifier) for identifier in kept),
        older=f"?{urlencode(query | {'after': kept[-1]})}" if len(found) > ROWS else "",
        newest=f"?{urlencode(query)}" if after else "",
    )
