"""PaymentIntents through the official SDK: every move of their life, and every refusal."""

from typing import Any

import pytest
import stripe

OUTSIDE: Any = {"return_url": "https://shop.example/orders/1"}


def intent(client: stripe.StripeClient, **params: Any) -> stripe.PaymentIntent:
    return client.v1.payment_intents.create({"amount": 2300, "currency": "sgd", **params})


def test_a_new_intent_waits_for_a_method_and_takes_cards(client: stripe.StripeClient) -> None:
    """What a shop's server gets back for amount and currency alone."""
    created = intent(client, metadata={"order_id": "6735"}, receipt_email="ada@example.com")
    assert created.status == "requires_payment_method"
    assert created.id.startswith("pi_3")
    assert len(created.id) == 27
    assert created.client_secret
    assert created.client_secret.startswith(f"{created.id}_secret_")
    assert created.metadata.to_dict() == {"order_id": "6735"}
    assert created.automatic_payment_methods
    assert created.automatic_payment_methods.to_dict() == {"enabled": True, "allow_redirects": "always"}
    assert created.payment_method_types[0] == "card"
    assert created.capture_method == "automatic_async"
    assert client.v1.payment_intents.retrieve(created.id) == created


def test_a_good_card_pays(client: stripe.StripeClient) -> None:
    """Confirming with a test token charges the whole amount at once."""
    paid = client.v1.payment_intents.confirm(
        intent(client).id, {"payment_method": "pm_card_visa", "expand": ["latest_charge"], **OUTSIDE}
    )
    charge = paid.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert (paid.status, paid.amount_received, charge.amount_captured) == ("succeeded", 2300, 2300)
    assert charge.payment_method_details
    assert charge.payment_method_details.card
    assert charge.payment_method_details.card.last4 == "4242"
    assert charge.balance_transaction is None, "asynchronous capture fills it later"


def test_creating_and_confirming_in_one_call(client: stripe.StripeClient) -> None:
    """`confirm=true` does both, and needs to know where to redirect to."""
    with pytest.raises(stripe.InvalidRequestError, match="return_url"):
        intent(client, confirm=True, payment_method="pm_card_visa")
    assert intent(client, confirm=True, payment_method="pm_card_visa", **OUTSIDE).status == "succeeded"
    only_in_page: Any = {"enabled": True, "allow_redirects": "never"}
    paid = intent(client, confirm=True, payment_method="pm_card_visa", automatic_payment_methods=only_in_page)
    assert paid.status == "succeeded"
    assert len(client.v1.payment_intents.list().data) == 2, "a refused request leaves no intent behind"


@pytest.mark.parametrize(
    ("token", "code", "decline_code", "message"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline", "Your card was declined."),
        (
            "pm_card_visa_chargeDeclinedInsufficientFunds",
            "card_declined",
            "insufficient_funds",
            "Your card has insufficient funds.",
        ),
        ("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card", "Your card was declined."),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None, "Your card has expired."),
        (
            "pm_card_chargeDeclinedIncorrectCvc",
            "incorrect_cvc",
            None,
            "Your card's security code is incorrect.",
        ),
        (
            "pm_card_chargeDeclinedProcessingError",
            "processing_error",
            None,
            "An error occurred while processing your card. Try again in a little bit.",
        ),
    ],
)
def test_a_declined_card_leaves_the_intent_ready_for_another(
    client: stripe.StripeClient, token: str, code: str, decline_code: str | None, message: str
) -> None:
    """A decline is a 402 that carries charge, method and intent; the same intent then takes a good card."""
    created = intent(client)
    with pytest.raises(stripe.CardError) as refused:
        client.v1.payment_intents.confirm(created.id, {"payment_method": token, **OUTSIDE})
    error = refused.value.error
    assert error
    assert (refused.value.http_status, error.code, error.decline_code) == (402, code, decline_code)
    assert error.message == message
    assert error.charge
    assert error.payment_intent
    assert error.payment_intent.id == created.id
    failed = client.v1.payment_intents.retrieve(created.id, {"expand": ["latest_charge"]})
    assert (failed.status, failed.payment_method) == ("requires_payment_method", None)
    assert failed.last_payment_error
    assert failed.last_payment_error.code == code
    assert failed.last_payment_error.payment_method
    assert isinstance(failed.latest_charge, stripe.Charge)
    assert (failed.latest_charge.status, failed.latest_charge.failure_code) == ("failed", code)
    paid = client.v1.payment_intents.confirm(created.id, {"payment_method": "pm_card_visa", **OUTSIDE})
    assert (paid.status, paid.last_payment_error) == ("succeeded", None)


def test_capture_in_part_and_cancel_a_hold(client: stripe.StripeClient) -> None:
    """Manual capture: money is held first; what is not captured is let go without a refund."""
    manual: Any = {"capture_method": "manual", "confirm": True, "payment_method": "pm_card_visa", **OUTSIDE}
    held = intent(client, **manual)
    for wrong_amount in (0, 2301):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            client.v1.payment_intents.capture(held.id, {"amount_to_capture": wrong_amount})
        assert refused.value.param == "amount_to_capture"
    assert (held.status, held.amount_capturable, held.amount_received) == ("requires_capture", 2300, 0)
    taken = client.v1.payment_intents.capture(
        held.id, {"amount_to_capture": 2000, "expand": ["latest_charge"]}
    )
    assert (taken.status, taken.amount_received, taken.amount_capturable) == ("succeeded", 2000, 0)
    assert isinstance(taken.latest_charge, stripe.Charge)
    assert (taken.latest_charge.amount_captured, taken.latest_charge.amount_refunded) == (2000, 0)
    with pytest.raises(stripe.InvalidRequestError, match="could not be captured") as wrong:
        client.v1.payment_intents.capture(held.id)
    assert wrong.value.code == "payment_intent_unexpected_state"
    released = client.v1.payment_intents.cancel(
        intent(client, **manual).id, {"cancellation_reason": "abandoned", "expand": ["latest_charge"]}
    )
    assert (released.status, released.cancellation_reason) == ("canceled", "abandoned")
    assert isinstance(released.latest_charge, stripe.Charge)
    assert (released.latest_charge.amount_captured, released.latest_charge.refunded) == (0, False)


def test_finished_intents_refuse_to_move(client: stripe.StripeClient) -> None:
    """Succeeded and canceled are final, whatever is asked; the error carries the intent."""
    paid = intent(client, confirm=True, payment_method="pm_card_visa", **OUTSIDE)
    gone = client.v1.payment_intents.cancel(intent(client).id)
    with pytest.raises(stripe.InvalidRequestError, match="already succeeded") as twice:
        client.v1.payment_intents.confirm(paid.id, {"payment_method": "pm_card_visa", **OUTSIDE})
    assert twice.value.error
    assert twice.value.error.payment_intent
    assert twice.value.error.payment_intent.status == "succeeded"
    for refused in (
        lambda: client.v1.payment_intents.cancel(paid.id),
        lambda: client.v1.payment_intents.cancel(gone.id),
        lambda: client.v1.payment_intents.update(paid.id, {"amount": 100}),
        lambda: client.v1.payment_intents.confirm(gone.id, {"payment_method": "pm_card_visa", **OUTSIDE}),
    ):
        with pytest.raises(stripe.InvalidRequestError) as wrong:
            refused()
        assert wrong.value.code == "payment_intent_unexpected_state"
    noted = client.v1.payment_intents.update(paid.id, {"metadata": {"note": "kept"}})
    assert noted.metadata.to_dict() == {"note": "kept"}


def test_update_changes_amount_method_and_metadata(client: stripe.StripeClient) -> None:
    """An update merges metadata, clears with an empty string, and a named method awaits confirmation."""
    created = intent(client, metadata={"order_id": "1", "note": "x"})
    assert client.v1.payment_intents.update(created.id, {"amount": 2500}).amount == 2500
    merged = client.v1.payment_intents.update(created.id, {"metadata": {"note": "", "gift": "yes"}})
    assert merged.metadata.to_dict() == {"order_id": "1", "gift": "yes"}
    assert client.v1.payment_intents.update(created.id, {"metadata": ""}).metadata.to_dict() == {}
    ready = client.v1.payment_intents.update(created.id, {"payment_method": "pm_card_visa"})
    assert ready.status == "requires_confirmation"
    assert client.v1.payment_intents.confirm(created.id, OUTSIDE).status == "succeeded"


def test_confirming_without_a_method_is_refused(client: stripe.StripeClient) -> None:
    """Stripe says what is missing, as an illegal move of the intent."""
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method") as refused:
        client.v1.payment_intents.confirm(intent(client).id, OUTSIDE)
    assert refused.value.code == "payment_intent_unexpected_state"


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"amount": 2300}, "parameter_missing", "currency"),
        ({"currency": "sgd"}, "parameter_missing", "amount"),
        ({"amount": "ten", "currency": "sgd"}, "parameter_invalid_integer", "amount"),
        ({"amount": 0, "currency": "sgd"}, "parameter_invalid_integer", "amount"),
        ({"amount": 10, "currency": "sgd"}, "amount_too_small", "amount"),
        ({"amount": 100_000_000, "currency": "sgd"}, "amount_too_large", "amount"),
        ({"amount": 2300, "currency": "xyz"}, None, "currency"),
        ({"amount": 2300, "currency": ""}, "parameter_invalid_empty", "currency"),
        ({"amount": 2300, "currency": "sgd", "colour": "red"}, "parameter_unknown", "colour"),
        (
            {"amount": 2300, "currency": "sgd", "shipping": {"name": "A"}},
            "parameter_missing",
            "shipping[address]",
        ),
        ({"amount": 2300, "currency": "sgd", "capture_method": "later"}, None, "capture_method"),
        ({"amount": 2300, "currency": "sgd", "confirm": "maybe"}, None, "confirm"),
        ({"amount": 2300, "currency": "sgd", "customer": "cus_none"}, "resource_missing", "customer"),
        ({"amount": 2300, "currency": "sgd", "receipt_email": "nobody"}, "email_invalid", "receipt_email"),
        ({"amount": 2300, "currency": "sgd", "statement_descriptor": "BOOKS"}, None, "statement_descriptor"),
        ({"amount": 2300, "currency": "sgd", "off_session": True}, None, "off_session"),
        (
            {"amount": 2300, "currency": "sgd", "payment_method_types": ["card"]},
            "payment_method_types_no_longer_supported",
            "payment_method_types",
        ),
        (
            {
                "amount": 2300,
                "currency": "sgd",
                "allowed_payment_method_types": ["card"],
                "excluded_payment_method_types": ["alipay"],
            },
            "parameters_exclusive",
            None,
        ),
        ({"amount": 1234, "currency": "kwd"}, "parameter_invalid_integer", "amount"),
    ],
)
def test_what_cannot_be_an_intent_is_refused(
    client: stripe.StripeClient, params: Any, code: str | None, param: str | None
) -> None:
    """Each wrong parameter gets Stripe's code and its own name back, and nothing is created."""
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.create(params)
    assert (refused.value.http_status, refused.value.code, refused.value.param) == (400, code, param)
    assert client.v1.payment_intents.list().data == []


def test_method_types_follow_the_request(client: stripe.StripeClient) -> None:
    """Allowed methods that do not fit are dropped silently; none left is an error."""
    chosen = intent(client, allowed_payment_method_types=["card", "eps"])
    assert (chosen.payment_method_types, chosen.automatic_payment_methods) == (["card"], None)
    with pytest.raises(stripe.InvalidRequestError, match="No valid payment method types"):
        intent(client, allowed_payment_method_types=["eps"])


def test_older_versions_may_send_payment_method_types(client: stripe.StripeClient) -> None:
    """The parameter is refused from 2026-09-30.endive on, and honoured before."""
    older: Any = {"stripe_version": "2025-06-30.basil"}
    params: Any = {"amount": 2300, "currency": "sgd", "payment_method_types": ["card"]}
    created = client.v1.payment_intents.create(params, older)
    assert (created.payment_method_types, created.automatic_payment_methods) == (["card"], None)
    oldest: Any = {"stripe_version": "2022-08-01"}
    paid = client.v1.payment_intents.confirm(created.id, {"payment_method": "pm_card_visa"}, oldest)
    assert paid["charges"]["data"][0]["paid"] is True
    intent_params: Any = {"amount": 2300, "currency": "sgd", "allowed_payment_method_types": ["card"]}
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        client.v1.payment_intents.create(intent_params, older)
    assert unknown.value.code == "parameter_unknown"


def test_a_wrong_or_missing_intent_is_a_404(client: stripe.StripeClient) -> None:
    """The id of nothing is answered as Stripe does."""
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent: 'pi_none'") as missing:
        client.v1.payment_intents.retrieve("pi_none")
    assert (missing.value.http_status, missing.value.code, missing.value.param) == (
        404,
        "resource_missing",
        "intent",
    )


def test_what_is_not_imitated_says_so(client: stripe.StripeClient) -> None:
    """No silent success for invoices, Connect or unknown endpoints."""
    for attempt in (
        client.v1.invoices.list,
        lambda: intent(client, application_fee_amount=10),
        client.v1.subscriptions.list,
        client.v1.topups.list,
    ):
        with pytest.raises(stripe.InvalidRequestError, match="imitate"):
            attempt()
