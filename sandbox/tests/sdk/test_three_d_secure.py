"""Authentication as a page and a server meet it."""

from typing import Any

import httpx
import pytest
import stripe

from stripe_calls import challenge_of, confirm


@pytest.fixture
def intent(client: stripe.StripeClient) -> stripe.PaymentIntent:
    return client.v1.payment_intents.create(
        {"amount": 2300, "currency": "sgd", "metadata": {"order_id": "1"}}
    )


def test_authentication_in_the_page_passes(
    page: httpx.Client, client: stripe.StripeClient, intent: stripe.PaymentIntent
) -> None:
    """requires_action, a challenge, and after it the money moves."""
    asked = confirm(page, intent, "4000002760003184")
    assert asked.json()["status"] == "requires_action"
    assert asked.json()["next_action"]["use_stripe_sdk"]["type"] == "stripe_3ds2_fingerprint"
    source = challenge_of(asked)
    state = page.post("/v1/3ds2/authenticate", data={"source": source}).json()
    assert (state["state"], state["ares"]["transStatus"]) == ("challenge_required", "C")
    assert state["ares"]["acsURL"].endswith(f"/3ds2/challenge/{source}")
    page.post(f"/3ds2/challenge/{source}/authorize").raise_for_status()
    assert page.post("/v1/3ds2/challenge_complete", data={"source": source}).json()["state"] == "succeeded"
    paid = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert paid.status == "succeeded"
    assert isinstance(paid.latest_charge, stripe.Charge)
    assert paid.latest_charge.payment_method_details
    assert paid.latest_charge.payment_method_details.card
    assert paid.latest_charge.payment_method_details.card.three_d_secure
    assert paid.latest_charge.payment_method_details.card.three_d_secure.result == "authenticated"


def test_authentication_failed_can_be_tried_again(
    page: httpx.Client, client: stripe.StripeClient, intent: stripe.PaymentIntent
) -> None:
    """No charge is made, the intent says why, and a late answer to an old challenge changes nothing."""
    first = challenge_of(confirm(page, intent, "4000002760003184"))
    page.post(f"/3ds2/challenge/{first}/fail").raise_for_status()
    failed = client.v1.payment_intents.retrieve(intent.id)
    assert (failed.status, failed.payment_method, failed.latest_charge) == (
        "requires_payment_method",
        None,
        None,
    )
    assert failed.last_payment_error
    assert failed.last_payment_error.code == "payment_intent_authentication_failure"
    second = challenge_of(confirm(page, intent, "4000002760003184"))
    page.post(f"/3ds2/challenge/{first}/authorize")
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_action"
    page.post(f"/3ds2/challenge/{second}/authorize").raise_for_status()
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    types = [event.type for event in client.v1.events.list({"limit": 50}).data]
    assert types.count("payment_intent.payment_failed") == 1
    assert "charge.failed" not in types


def test_a_frictionless_bank_asks_nothing(
    page: httpx.Client, client: stripe.StripeClient, intent: stripe.PaymentIntent
) -> None:
    """The page asks the bank, the bank says yes, and the intent has moved on."""
    source = challenge_of(confirm(page, intent, "4000000032200000"))
    state = page.post("/v1/3ds2/authenticate", data={"source": source}).json()
    assert (state["state"], state["ares"]["transStatus"]) == ("succeeded", "Y")
    paid = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert paid.status == "succeeded"
    assert isinstance(paid.latest_charge, stripe.Charge)
    details = paid.latest_charge.to_dict()["payment_method_details"]["card"]["three_d_secure"]
    assert (details["result"], details["authentication_flow"]) == ("authenticated", "frictionless")


def test_a_card_set_up_once_is_not_asked_again(page: httpx.Client, client: stripe.StripeClient) -> None:
    """Saved with authentication, the card pays off session without it; on session it asks again."""
    customer = client.v1.customers.create({})
    first: Any = {
        "amount": 2300,
        "currency": "sgd",
        "customer": customer.id,
        "setup_future_usage": "off_session",
    }
    source = challenge_of(confirm(page, client.v1.payment_intents.create(first), "4000002500003155"))
    page.post(f"/3ds2/challenge/{source}/authorize").raise_for_status()
    saved = client.v1.payment_methods.list({"customer": customer.id}).data[0]
    later: Any = {
        "amount": 900,
        "currency": "sgd",
        "customer": customer.id,
        "payment_method": saved.id,
        "confirm": True,
        "off_session": True,
    }
    assert client.v1.payment_intents.create(later).status == "succeeded"
    present: Any = {**later, "off_session": False, "return_url": "https://shop.example/orders/2"}
    assert client.v1.payment_intents.create(present).status == "requires_action"


def test_declined_after_authentication(
    page: httpx.Client, client: stripe.StripeClient, intent: stripe.PaymentIntent
) -> None:
    """The bank's customer was real, their money was not there."""
    source = challenge_of(confirm(page, intent, "4000008260003178"))
    page.post(f"/3ds2/challenge/{source}/authorize").raise_for_status()
    declined = client.v1.payment_intents.retrieve(intent.id)
    assert declined.status == "requires_payment_method"
    assert declined.last_payment_error
    assert declined.last_payment_error.decline_code == "insufficient_funds"


def test_server_confirmation_redirects_to_the_bank(client: stripe.StripeClient) -> None:
    """Without Stripe.js the next action is a page of the bank's; off session it is a decline."""
    params: Any = {
        "amount": 2300,
        "currency": "sgd",
        "confirm": True,
        "payment_method": "pm_card_authenticationRequired",
        "return_url": "https://shop.example/orders/1",
    }
    asked = client.v1.payment_intents.create(params)
    assert asked.next_action
    assert asked.next_action.redirect_to_url
    assert asked.next_action.redirect_to_url.return_url == "https://shop.example/orders/1"
    assert "/3d_secure_2/hosted?source=src_" in str(asked.next_action.redirect_to_url.url)
    with pytest.raises(stripe.CardError) as alone:
        client.v1.payment_intents.create({**params, "off_session": True})
    assert alone.value.code == "authentication_required"


def test_manual_confirmation_waits_for_the_server(page: httpx.Client, client: stripe.StripeClient) -> None:
    """The page cannot confirm; after the challenge the server confirms once more and is not asked again."""
    params: Any = {
        "amount": 2300,
        "currency": "sgd",
        "confirmation_method": "manual",
        "confirm": True,
        "use_stripe_sdk": True,
        "payment_method": "pm_card_authenticationRequired",
    }
    intent = client.v1.payment_intents.create(params)
    assert "manual" in confirm(page, intent, "4242424242424242").json()["error"]["message"]
    assert intent.next_action
    source = intent.next_action.to_dict()["use_stripe_sdk"]["three_d_secure_2_source"]
    page.post(f"/3ds2/challenge/{source}/authorize").raise_for_status()
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_confirmation"
    again: Any = {"use_stripe_sdk": True}
    assert client.v1.payment_intents.confirm(intent.id, again).status == "succeeded"
