"""What the dashboard remembers of many payments, against a plain walk through everything."""

from hypothesis import given
from hypothesis import strategies as st

from stripe_sandbox.dashboard.belonging import Belonging
from stripe_sandbox.dashboard.event_index import EventIndex
from stripe_sandbox.sandbox import Sandbox

PAYMENTS = st.sampled_from(["pi_1", "pi_2", "pi_3"])


def happen(sandbox: Sandbox, number: int, payment: str) -> None:
    about = {"id": payment, "object": "payment_intent"}
    sandbox.store.save(
        "event",
        {
            "id": f"evt_{number}",
            "type": "payment_intent.created",
            "data": {"object": about},
            "request": {"id": None},
        },
    )


@given(st.lists(st.one_of(PAYMENTS, st.sampled_from(["trim", "ask", "reset", "again"])), max_size=40))
def test_events_of_a_payment_and_their_places(steps: list[str]) -> None:
    """However events come, are told again, trimmed or forgotten: the same as counting them one by one."""
    sandbox = Sandbox("http://sandbox")
    belonging, index = Belonging(sandbox), EventIndex(sandbox)
    for number, step in enumerate(steps):
        oldest = next(sandbox.store.oldest_first("event"), None)
        if step == "trim" and oldest:
            sandbox.store.remove("event", oldest["id"])
        elif step == "again" and oldest:
            sandbox.store.save("event", oldest)
        elif step == "reset":
            sandbox.store.clear()
        elif step == "ask":
            belonging.of("event", "pi_1")
        elif step.startswith("pi_"):
            happen(sandbox, number, step)
    kept = list(sandbox.store.oldest_first("event"))
    for payment in ("pi_1", "pi_2", "pi_3"):
        wanted = [
            (place, event["id"])
            for place, event in enumerate(kept)
            if event["data"]["object"]["id"] == payment
        ]
        found = belonging.of("event", payment)
        assert [(belonging.event_position(event["id"]), event["id"]) for event in found] == wanted
    assert [identifier for identifier, _ in index.newest_first()] == [event["id"] for event in kept][::-1]
