"""State in memory and in a file."""

import shutil
from pathlib import Path

import pytest

from stripe_sandbox.store import StateFileError, Store


def test_a_file_gives_back_what_was_committed(tmp_path: Path) -> None:
    """Order, changes and removals survive; what was not committed does not."""
    path = tmp_path / "running" / "state.db"
    store = Store(path)
    for name in ("a", "b", "c"):
        store.save("customer", {"id": name, "email": None})
    store.commit()
    store.save("customer", {"id": "a", "email": "a@example.com"})
    store.remove("customer", "b")
    store.commit()
    store.save("customer", {"id": "late", "email": None})
    # What a kill at this moment would leave on the disk.
    shutil.copytree(path.parent, tmp_path / "killed")
    again = Store(tmp_path / "killed" / path.name)
    assert [found["id"] for found in again.newest_first("customer")] == ["c", "a"]
    assert again.get("customer", "a") == {"id": "a", "email": "a@example.com"}
    again.close()
    store.close()


def test_clearing_forgets_the_file_too(tmp_path: Path) -> None:
    """A reset leaves nothing to come back."""
    path = tmp_path / "state.db"
    store = Store(path)
    store.save("event", {"id": "evt_1"})
    store.commit()
    store.clear()
    store.close()
    again = Store(path)
    assert again.count("event") == 0
    again.close()


def test_a_file_belongs_to_one_sandbox(tmp_path: Path) -> None:
    """Two would overwrite each other, so the second is told; afterwards the file is free again."""
    path = tmp_path / "state.db"
    first = Store(path)
    with pytest.raises(StateFileError, match="another sandbox uses it"):
        Store(path)
    first.close()
    Store(path).close()


def test_what_is_no_state_file_is_left_alone(tmp_path: Path) -> None:
    """A mistyped path must not cost anybody a file."""
    path = tmp_path / "thesis.txt"
    path.write_text("forty thousand words " * 400)
    with pytest.raises(StateFileError, match="not a database"):
        Store(path)
    assert path.read_text().startswith("forty thousand words")


def test_a_watch_tells_what_changed_since_it_was_last_asked() -> None:
    """All that there is at first, then each saved or removed id once, of the kinds asked for."""
    store = Store()
    store.save("charge", {"id": "ch_1"})
    watch = store.watch("charge", "refund")
    assert watch.take() == {"charge": ["ch_1"], "refund": []}
    for identifier in ("ch_2", "ch_1", "ch_2"):
        store.save("charge", {"id": identifier})
    store.save("event", {"id": "evt_1"})
    assert watch.take() == {"charge": ["ch_2", "ch_1"], "refund": []}
    store.remove("charge", "ch_2")
    assert watch.take()["charge"] == ["ch_2"]
    store.clear()
    assert watch.take()["charge"] == ["ch_1"]
    assert watch.take() == {"charge": [], "refund": []}


def test_changes_grow_with_whatever_changes() -> None:
    """Who remembers the number can tell whether anything was saved, removed or forgotten since."""
    store = Store()
    numbers = [store.changes]
    store.save("charge", {"id": "ch_1"})
    numbers.append(store.changes)
    store.remove("charge", "ch_1")
    numbers.append(store.changes)
    store.clear()
    numbers.append(store.changes)
    assert numbers == sorted(set(numbers))
