"""State in memory and in a file."""

from pathlib import Path

from stripe_sandbox.store import Store


def test_a_file_gives_back_what_was_committed(tmp_path: Path) -> None:
    """Order, changes and removals survive; what was not committed does not."""
    path = tmp_path / "state.db"
    store = Store(path)
    for name in ("a", "b", "c"):
        store.save("customer", {"id": name, "email": None})
    store.commit()
    store.save("customer", {"id": "a", "email": "a@example.com"})
    store.remove("customer", "b")
    store.commit()
    store.save("customer", {"id": "late", "email": None})
    again = Store(path)
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
    assert Store(path).count("event") == 0
