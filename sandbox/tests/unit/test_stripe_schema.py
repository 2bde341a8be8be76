"""The judge of the other tests must itself refuse what is wrong."""

import stripe_schema


def test_the_judge_refuses_broken_answers() -> None:
    """With Stripe's document or without it, an object without an id and an error without a message fail."""
    assert stripe_schema.problems({"object": "customer"})
    assert stripe_schema.problems({"object": "list", "data": []})
    assert stripe_schema.problems({"error": {"type": "api_error"}})
    assert stripe_schema.problems(
        {"object": "list", "data": [{"object": "refund"}], "has_more": False, "url": "/"}
    )
