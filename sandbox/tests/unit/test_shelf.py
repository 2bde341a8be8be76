"""What is found on a shelf, against a plain walk through all that stands on it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stripe_sandbox.shelf import Shelf

IDS = st.sampled_from(["a", "b", "c", "d", "e"])
NAMES = st.sampled_from(["x", "y", None])
STEPS = st.one_of(
    st.tuples(st.just("put"), IDS, NAMES, st.integers(0, 3)),
    st.tuples(st.just("remove"), IDS),
    st.tuples(st.just("ask")),
)


def as_they_stand(shelf: Shelf) -> None:
    """Every way to ask, beside its own definition."""
    everything = list(shelf.oldest_first())
    assert list(shelf.newest_first()) == everything[::-1]
    for place, value in enumerate(everything):
        assert list(shelf.newest_first(value["id"])) == everything[:place][::-1]
        assert list(shelf.oldest_first(value["id"])) == everything[place + 1 :]
    for name in ("x", "y"):
        assert list(shelf.related("name", name)) == [value for value in everything if value["name"] == name]
    times = [value["created"] for value in everything]
    assert not shelf.in_order_of_time or times == sorted(times)


@given(st.lists(STEPS, max_size=30))
def test_a_shelf_keeps_its_order(steps: list[tuple[Any, ...]]) -> None:
    """However objects are put, changed in place, renamed and removed, whenever it is asked."""
    shelf, kept = Shelf(), dict[str, dict[str, Any]]()
    for step in steps:
        if step[0] == "put":
            _, identifier, name, created = step
            value = kept.setdefault(identifier, {"id": identifier, "created": created})
            value["name"] = name
            shelf.put(value)
        elif step[0] == "remove":
            kept.pop(step[1], None)
            shelf.remove(step[1])
        else:
            as_they_stand(shelf)
        assert list(shelf.oldest_first()) == list(kept.values())
    as_they_stand(shelf)


def test_time_in_order_is_noticed() -> None:
    """And a clock that was set back, too."""
    shelf = Shelf()
    for created in (1, 1, 2):
        shelf.put({"id": str(len(shelf.objects)), "created": created})
    assert shelf.in_order_of_time
    shelf.put({"id": "earlier", "created": 1})
    assert not shelf.in_order_of_time
