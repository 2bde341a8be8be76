"""How an order's payment is named to its customer."""

from typing import Any

import pytest

import factories
from bookshop.web.payment_words import failure_sentence, method_name
from bookshop.web.reader import Reader

VISA = {"payment_method": "card", "card_brand": "visa", "card_last4": "4242"}
GRABPAY = {"payment_method": "grabpay"}


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({}, None),
        (VISA, "Visa •••• 4242"),
        (VISA | {"wallet": "google_pay"}, "Google Pay (Visa •••• 4242)"),
        (VISA | {"card_brand": "new_network"}, "Card •••• 4242"),
        ({"payment_method": "card", "wallet": "apple_pay"}, "Apple Pay (Card)"),
        (VISA | {"wallet": "unheard_of"}, "Visa •••• 4242"),
        (GRABPAY, "GrabPay"),
        ({"payment_method": "new_method"}, "New method"),
    ],
)
def test_how_it_was_paid(facts: dict[str, Any], name: str | None) -> None:
    """Card, wallet around a card, or a method by its own name; what is new at Stripe has a name too."""
    assert method_name(factories.order(**facts), Reader().gettext) == name


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({}, None),
        (VISA | {"payment_failure_code": "card_declined"}, "Your card was declined."),
        (
            VISA | {"payment_failure_code": "odd_code", "payment_failure": "Your card is too old."},
            "Your card is too old.",
        ),
        (
            VISA | {"payment_failure_code": "payment_intent_authentication_failure"},
            "Your bank could not confirm that it was you.",
        ),
        (
            GRABPAY | {"payment_failure_code": "payment_intent_payment_attempt_failed"},
            "GrabPay did not approve the payment.",
        ),
        ({"payment_failure_code": "unknown"}, "The payment was not completed."),
    ],
)
def test_why_it_failed(facts: dict[str, Any], sentence: str | None) -> None:
    """One sentence for the customer, whoever refused; Stripe's own only where we have none."""
    assert failure_sentence(factories.order(**facts), Reader().gettext) == sentence
