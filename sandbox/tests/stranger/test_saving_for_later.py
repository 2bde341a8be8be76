"""SetupIntents, as a subscription or booking site tests them."""

from typing import Any

import httpx
import pytest
import stripe

from webhook_receiver import Receiver

OUTSIDE: Any = {"return_url": "https://shop.example/account"}
FORM = {
    "payment_method_data[type]": "card",
    "payment_method_data[card][exp_month]": "12",
    "payment_method_data[card][exp_year]": "40",
    "payment_method_data[card][cvc]": "123",
    "use_stripe_sdk": "true",
}


@pytest.fixture
def customer(client: stripe.StripeClient) -> stripe.Customer:
    return client.v1.customers.create({"email": "jenny@example.com"})


def confirmed(client: stripe.StripeClient, customer: stripe.Customer, **params: Any) -> stripe.SetupIntent:
    wanted: Any = {
        "customer": customer.id,
        "payment_method": "pm_card_visa",
        "confirm": True,
        **OUTSIDE,
        **params,
    }
    return client.v1.setup_intents.create(wanted)


def test_a_card_is_saved_and_charged_later(client: stripe.StripeClient, customer: stripe.Customer) -> None:
    """Create, confirm, find it attached, charge it off session, also where a bank wants a first agreement."""
    created = client.v1.setup_intents.create({"customer": customer.id, "metadata": {"from": "account page"}})
    assert (created.status, created.usage) == ("requires_payment_method", "off_session")
    done = client.v1.setup_intents.confirm(created.id, {"payment_method": "pm_card_visa", **OUTSIDE})
    assert done.status == "succeeded"
    saved = client.v1.customers.payment_methods.list(customer.id).data
    assert [method.id for method in saved] == [done.payment_method]
    charge: Any = {
        "amount": 1999,
        "currency": "usd",
        "customer": customer.id,
        "payment_method": done.payment_method,
        "off_session": True,
        "confirm": True,
    }
    assert client.v1.payment_intents.create(charge).status == "succeeded"


def test_a_bank_that_asks_is_asked_once(
    client: stripe.StripeClient, customer: stripe.Customer, sandbox: Any
) -> None:
    """3-D Secure while saving, on the bank's page; afterwards the card is charged without asking."""
    asked = confirmed(client, customer, payment_method="pm_card_authenticationRequiredOnSetup")
    assert asked.status == "requires_action"
    assert asked.next_action
    assert asked.next_action.redirect_to_url
    url = str(asked.next_action.redirect_to_url.url)
    page = httpx.get(url)
    assert "wants to save your card" in page.text
    source = httpx.URL(url).params["source"]
    back = httpx.post(f"{sandbox.address}/3d_secure_2/hosted/{source}/authorize").headers["location"]
    assert dict(httpx.URL(back).params) == {
        "setup_intent": asked.id,
        "setup_intent_client_secret": asked.client_secret,
        "redirect_status": "succeeded",
    }
    found = client.v1.setup_intents.retrieve(asked.id, {"expand": ["latest_attempt", "payment_method"]})
    assert found.status == "succeeded"
    assert isinstance(found.latest_attempt, stripe.SetupAttempt)
    assert isinstance(found.payment_method, stripe.PaymentMethod)
    three_d_secure = found.latest_attempt.payment_method_details.card
    assert three_d_secure
    assert three_d_secure.three_d_secure
    assert three_d_secure.three_d_secure.result == "authenticated"
    charge: Any = {
        "amount": 1999,
        "currency": "usd",
        "customer": customer.id,
        "payment_method": found.payment_method.id,
        "off_session": True,
        "confirm": True,
    }
    assert client.v1.payment_intents.create(charge).status == "succeeded"


def test_a_failed_authentication_leaves_nothing_saved(
    client: stripe.StripeClient, customer: stripe.Customer, page: httpx.Client, sandbox: Any
) -> None:
    """In the page: Stripe.js's calls, the customer fails, the intent waits for another method."""
    intent = client.v1.setup_intents.create({"customer": customer.id})
    form = {
        **FORM,
        "client_secret": str(intent.client_secret),
        "payment_method_data[card][number]": "4000002760003184",
    }
    asked = page.post(f"/v1/setup_intents/{intent.id}/confirm", data=form).json()
    assert asked["status"] == "requires_action"
    assert "customer" not in asked, "a page does not learn whose it is"
    source = asked["next_action"]["use_stripe_sdk"]["three_d_secure_2_source"]
    assert page.post("/v1/3ds2/authenticate", data={"source": source}).json()["state"] == "challenge_required"
    httpx.post(f"{sandbox.address}/3ds2/challenge/{source}/fail")
    found = client.v1.setup_intents.retrieve(intent.id)
    assert found.status == "requires_payment_method"
    assert found.last_setup_error
    assert found.last_setup_error.code == "setup_intent_authentication_failure"
    assert client.v1.customers.payment_methods.list(customer.id).data == []
    attempts = client.v1.setup_attempts.list({"setup_intent": intent.id}).data
    assert [attempt.status for attempt in attempts] == ["failed"]


def test_a_declined_card_is_told_with_its_intent(
    client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    """402 with `setup_intent`; another card then goes through on the same intent."""
    intent = client.v1.setup_intents.create({"customer": customer.id})
    with pytest.raises(stripe.CardError) as declined:
        client.v1.setup_intents.confirm(
            intent.id, {"payment_method": "pm_card_chargeDeclinedInsufficientFunds", **OUTSIDE}
        )
    assert declined.value.code == "card_declined"
    assert declined.value.error
    assert declined.value.error.setup_intent
    assert declined.value.error.setup_intent.status == "requires_payment_method"
    done = client.v1.setup_intents.confirm(intent.id, {"payment_method": "pm_card_mastercard", **OUTSIDE})
    assert (done.status, done.last_setup_error) == ("succeeded", None)


def test_cancel_list_and_refusals(client: stripe.StripeClient, customer: stripe.Customer) -> None:
    """A canceled one stays so; lists filter by customer and method; mistakes have Stripe's codes."""
    saved = confirmed(client, customer)
    left = client.v1.setup_intents.create({"customer": customer.id})
    gone = client.v1.setup_intents.cancel(left.id, {"cancellation_reason": "abandoned"})
    assert (gone.status, gone.cancellation_reason) == ("canceled", "abandoned")
    listed = client.v1.setup_intents.list({"customer": customer.id}).data
    assert [intent.id for intent in listed] == [left.id, saved.id]
    by_method = client.v1.setup_intents.list({"payment_method": str(saved.payment_method)}).data
    assert [intent.id for intent in by_method] == [saved.id]
    for act in (
        lambda: client.v1.setup_intents.confirm(left.id, {"payment_method": "pm_card_visa", **OUTSIDE}),
        lambda: client.v1.setup_intents.cancel(saved.id),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            act()
        assert refused.value.code == "setup_intent_unexpected_state"
    with pytest.raises(stripe.InvalidRequestError, match="return_url"):
        client.v1.setup_intents.create({"payment_method": "pm_card_visa", "confirm": True})
    with pytest.raises(stripe.InvalidRequestError, match="No such setup_intent: 'seti_none'"):
        client.v1.setup_intents.retrieve("seti_none")


def test_debits_need_the_mandate(client: stripe.StripeClient, customer: stripe.Customer) -> None:
    """SEPA: how the customer agreed is said and kept."""
    debit: Any = {"payment_method": "pm_sepaDebit_success_de"}
    with pytest.raises(stripe.InvalidRequestError, match="mandate_data"):
        confirmed(client, customer, **debit)
    agreed: Any = {"mandate_data": {"customer_acceptance": {"type": "offline"}}}
    done = confirmed(client, customer, **debit, **agreed)
    assert done.status == "succeeded"
    mandate = client.v1.mandates.retrieve(str(done.mandate))
    assert (mandate.type, mandate.payment_method) == ("multi_use", done.payment_method)


def test_its_events_come_in_order(
    client: stripe.StripeClient, customer: stripe.Customer, receiver: Receiver
) -> None:
    """What a webhook handler for saved cards waits for."""
    client.v1.webhook_endpoints.create(
        {
            "url": receiver.url,
            "enabled_events": ["setup_intent.created", "setup_intent.succeeded", "payment_method.attached"],
        }
    )
    done = confirmed(client, customer)
    receiver.wait_for(3)
    assert sorted(receiver.types) == [
        "payment_method.attached",
        "setup_intent.created",
        "setup_intent.succeeded",
    ]
    succeeded = receiver.wait_for_type("setup_intent.succeeded").event["data"]["object"]
    assert (succeeded["id"], succeeded["status"]) == (done.id, "succeeded")


def test_older_integrations_name_the_types(client_for: Any, sandbox: Any) -> None:
    """Before 2026-09-30 `payment_method_types` is sent; since then it is refused."""
    older = client_for(sandbox, stripe_version="2024-06-20")
    named: Any = {"payment_method_types": ["card"]}
    assert older.v1.setup_intents.create(named).payment_method_types == ["card"]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client_for(sandbox).v1.setup_intents.create(named)
    assert refused.value.code == "payment_method_types_no_longer_supported"
