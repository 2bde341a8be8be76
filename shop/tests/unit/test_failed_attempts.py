"""What an order keeps of a failed attempt, for the customer to read."""

from typing import Any

import pytest

from bookshop import payments


def intent(error: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "id": "pi_1",
        "status": "requires_payment_method",
        "amount": 2300,
        "currency": "sgd",
        "last_payment_error": error,
    }


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (None, None),
        ({"type": "card_error", "message": "Your card was declined."}, "Your card was declined."),
        (
            {
                "type": "invalid_request_error",
                "code": "payment_intent_authentication_failure",
                "message": "The provided PaymentMethod has failed authentication.",
            },
            "Your bank could not confirm that it was you.",
        ),
        ({"type": "api_error", "message": "An internal trace."}, "The payment was not completed."),
        ({"type": "card_error", "code": "card_declined"}, "The payment was not completed."),
    ],
)
def test_a_failure_is_told_in_words_for_customers(error: dict[str, Any] | None, words: str | None) -> None:
    """Stripe writes a card error's message for customers and every other message for developers."""
    assert payments.snapshot(intent(error)).failure == words
