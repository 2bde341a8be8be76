"""What is read out of a PaymentIntent: its method, what it waits for, why its last attempt failed."""

from datetime import UTC, datetime
from typing import Any

import pytest

import factories
from bookshop.snapshots import Failure, Method, NextAction, snapshot

VISA = {"type": "card", "card": {"brand": "visa", "last4": "4242", "wallet": None}}
GOOGLE_PAY = {"type": "card", "card": {"brand": "visa", "last4": "4242", "wallet": {"type": "google_pay"}}}
GRABPAY = {"type": "grabpay", "grabpay": {}}
REFUSED = {"type": "invalid_request_error", "code": "payment_intent_payment_attempt_failed"}


def charge(details: dict[str, Any] | None, status: str = "succeeded") -> dict[str, Any]:
    return {"id": "ch_1", "status": status, "payment_method_details": details}


@pytest.mark.parametrize(
    ("facts", "method"),
    [
        ({"status": "requires_payment_method"}, None),
        ({"status": "requires_action", "payment_method": GRABPAY}, Method("grabpay")),
        ({"latest_charge": charge(VISA), "payment_method": VISA}, Method("card", "visa", "4242")),
        ({"latest_charge": charge(GOOGLE_PAY)}, Method("card", "visa", "4242", "google_pay")),
        (
            {"status": "requires_action", "latest_charge": charge(VISA, "failed"), "payment_method": GRABPAY},
            Method("grabpay"),
        ),
        (
            {
                "status": "requires_payment_method",
                "latest_charge": charge(GRABPAY, "failed"),
                "payment_method": None,
                "last_payment_error": REFUSED | {"payment_method": GRABPAY},
            },
            Method("grabpay"),
        ),
        ({"latest_charge": "ch_1", "payment_method": "pm_1"}, None),
        ({"latest_charge": charge(None), "payment_method": GRABPAY}, Method("grabpay")),
    ],
    ids=["untried", "under way", "paid", "wallet", "second try", "failed", "event", "no details"],
)
def test_the_method_is_that_of_the_present_attempt(facts: dict[str, Any], method: Method | None) -> None:
    """The charge that took money knows best; a failed one is only asked when nothing came after it."""
    assert snapshot(factories.intent("order", **facts)).method == method


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (None, None),
        ({"type": "redirect_to_url", "redirect_to_url": {"url": "x"}}, NextAction("redirect_to_url")),
        (
            {"type": "paynow_display_qr_code", "paynow_display_qr_code": {"data": "x"}},
            NextAction("paynow_display_qr_code"),
        ),
        (
            {"type": "pix_display_qr_code", "pix_display_qr_code": {"expires_at": 1_790_000_000}},
            NextAction("pix_display_qr_code", datetime.fromtimestamp(1_790_000_000, UTC)),
        ),
        (
            {"type": "swish_x", "swish_x": {"qr_code": {"expires_at": 1_790_000_000}}},
            NextAction("swish_x", datetime.fromtimestamp(1_790_000_000, UTC)),
        ),
    ],
)
def test_what_stripe_waits_for(action: dict[str, Any] | None, expected: NextAction | None) -> None:
    """The action's type, and its end wherever the method writes it."""
    intent = factories.intent("order", status="requires_action", next_action=action)
    assert snapshot(intent).next_action == expected


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (None, None),
        (
            {"type": "card_error", "code": "card_declined", "message": "Your card was declined."},
            Failure("card_declined", "Your card was declined."),
        ),
        (
            {"type": "card_error", "code": "card_declined", "decline_code": "lost_card", "message": "No."},
            Failure("card_declined", "No."),
        ),
        (
            {"type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds"},
            Failure("insufficient_funds"),
        ),
        (REFUSED | {"message": "You can provide payment_method_data."}, Failure(REFUSED["code"])),
        ({"type": "api_error", "message": "An internal trace."}, Failure("unknown")),
    ],
)
def test_only_a_card_errors_message_is_kept(error: dict[str, Any] | None, failure: Failure | None) -> None:
    """Stripe writes a card error's message for customers and every other message for developers."""
    assert snapshot(factories.intent("order", last_payment_error=error)).failure == failure
