"""The schedule of a chaos run, and the table of its faults in the documents."""

from pathlib import Path

import pytest

from chaos.faults import BY_NAME, KINDS, Schedule, named

ORDERS = 150
DOCUMENT = Path(__file__).parents[3] / "docs/reliability.md"


def kinds_in(schedule: Schedule) -> set[str]:
    orders = range(ORDERS)
    begun = {onset.kind for order in orders for onset in schedule.begins(order)}
    return begun.union(*(schedule.habits(order) for order in orders))


def test_a_seed_is_a_schedule() -> None:
    """The same seed brings the same faults to the same orders, another seed brings others."""
    once, again, other = (Schedule(seed, ORDERS, BY_NAME.keys()) for seed in (1, 1, 2))
    assert once.digest() == again.digest() != other.digest()


@pytest.mark.parametrize("seed", range(20))
def test_every_kind_is_in_every_run(seed: int) -> None:
    """Also a short run meets each of them, and no customer has two habits that exclude each other."""
    schedule = Schedule(seed, ORDERS, BY_NAME.keys())
    assert kinds_in(schedule) == BY_NAME.keys()
    for order in range(ORDERS):
        habits = schedule.habits(order)
        assert not any(BY_NAME[habit].unless & habits for habit in habits)


def test_what_has_not_come_about_begins_once_more() -> None:
    """Further customers follow the last one, with these kinds alone, and with the habits that those need."""
    schedule = Schedule(1, ORDERS, BY_NAME.keys())
    more = schedule.once_more(["called_off", "payments_held"])
    assert more.start == ORDERS
    assert schedule.once_more(["web_killed"]).start == more.stop
    assert {kind for order in more for kind in schedule.habits(order)} == {"called_off", "other_method"}
    assert all(
        [onset.kind for onset in schedule.begins(order)] == ["payments_held"]
        for order in more
        if "other_method" in schedule.habits(order)
    )


def test_faults_are_chosen_by_name() -> None:
    """What a command line says; a slip is refused, for a run without a fault proves nothing about it."""
    assert named("all") == BY_NAME.keys()
    assert named("web_killed, webhook_lost") == {"web_killed", "webhook_lost"}
    assert named("all,-web_killed") == BY_NAME.keys() - {"web_killed"}
    with pytest.raises(ValueError, match="web_kiled"):
        named("web_kiled")


def test_the_document_lists_every_kind() -> None:
    """docs/reliability.md says what goes wrong in a run, in the words of its account."""
    text = DOCUMENT.read_text(encoding="utf-8")
    missing = [row for kind in KINDS if (row := f"| `{kind.name}` | {kind.words} |") not in text]
    assert missing == []
