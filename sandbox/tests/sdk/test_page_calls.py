"""What Stripe.js does with a publishable key: sessions, confirmation, authentication, and no more."""

from typing import Any

import httpx
import pytest
import stripe

CARD = {
    "type": "card",
    "card[exp_month]": "12",
    "card[exp_year]": "40",
    "card[cvc]": "123",
    "billing_details[address][postal_code]": "048616",
    "billing_details[address][country]": "SG",
}
BOOKKEEPING = {
    "_stripe_version": "2026-10-28.endive",
    "payment_user_agent": "stripe.js/0; payment-element",
    "referrer": "https://shop.example",
    "guid": "NA",
    "muid": "NA",
    "sid": "NA",
    "time_on_page": "1200",
    "client_attribution_metadata[client_session_id]": "1",
    "expected_payment_method_type": "card",
}
WITHHELD = {"metadata", "customer", "latest_charge", "amount_received", "amount_capturable", "transfer_data"}


@pytest.fixture
def intent(client: stripe.StripeClient) -> stripe.PaymentIntent:
    return client.v1.payment_intents.create(
        {"amount": 2300, "currency": "sgd", "metadata": {"order_id": "1"}}
    )


def confirm(page: httpx.Client, intent: stripe.PaymentIntent, number: str, **more: str) -> httpx.Response:
    data = {
        f"payment_method_data[{key.replace('[', '][', 1)}" + ("" if "[" in key else "]"): value
        for key, value in CARD.items()
    }
    form = {
        "client_secret": str(intent.client_secret),
        "return_url": "https://shop.example/orders/1?tab=a#b",
        "use_stripe_sdk": "true",
        "payment_method_data[card][number]": number,
        "payment_method_data[guid]": "NA",
        **data,
        **BOOKKEEPING,
        **more,
    }
    return page.post(f"/v1/payment_intents/{intent.id}/confirm", data=form)


def challenge_of(answer: httpx.Response) -> str:
    return str(answer.json()["next_action"]["use_stripe_sdk"]["three_d_secure_2_source"])


def test_a_session_for_an_intent_and_one_before_it(page: httpx.Client, intent: stripe.PaymentIntent) -> None:
    """What the Payment Element asks before it draws itself, in both flows, key as a parameter too."""
    with_intent = page.get(
        "/v1/elements/sessions", params={"type": "payment_intent", "client_secret": str(intent.client_secret)}
    ).json()
    assert with_intent["payment_method_preference"]["ordered_payment_method_types"] == ["card"]
    assert with_intent["payment_intent"]["amount"] == 2300
    assert not WITHHELD & set(with_intent["payment_intent"])
    deferred = httpx.get(
        f"{page.base_url}/v1/elements/sessions".replace("//v1", "/v1"),
        params={
            "key": "pk_test_abc",
            "type": "deferred_intent",
            "deferred_intent[mode]": "payment",
            "deferred_intent[amount]": "2300",
            "deferred_intent[currency]": "sgd",
            "locale": "en",
        },
    )
    assert deferred.headers["access-control-allow-origin"] == "*"
    session = deferred.json()
    assert (session["object"], session["merchant_country"], session["merchant_currency"]) == (
        "elements_session",
        "SG",
        "sgd",
    )
    assert "payment_intent" not in session


def test_browsers_may_call_from_any_origin(page: httpx.Client) -> None:
    """A preflight is answered without a key."""
    answer = httpx.options(f"{page.base_url}/v1/payment_methods".replace("//v1", "/v1"))
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "authorization" in answer.headers["access-control-allow-headers"].lower()


def test_a_typed_card_pays_and_shows_no_more_than_the_page_may_see(
    page: httpx.Client, client: stripe.StripeClient, intent: stripe.PaymentIntent
) -> None:
    """The publishable view withholds what is the account's own."""
    answer = confirm(page, intent, "4242424242424242")
    assert (answer.status_code, answer.json()["status"]) == (200, "succeeded")
    assert not WITHHELD & set(answer.json())
    charge = client.v1.charges.list({"payment_intent": intent.id}).data[0]
    assert charge.payment_method_details
    assert charge.payment_method_details.card
    assert charge.payment_method_details.card.checks
    assert charge.payment_method_details.card.checks.to_dict() == {
        "address_line1_check": None,
        "address_postal_code_check": "pass",
        "cvc_check": "pass",
    }


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("4000000000000002", "card_declined"),
        ("4000000000000069", "expired_card"),
        ("4000000000000127", "incorrect_cvc"),
        ("4242424242424241", "incorrect_number"),
        ("4000056655665564", "card_declined"),
    ],
)
def test_a_decline_in_the_page_is_a_402(
    page: httpx.Client, intent: stripe.PaymentIntent, number: str, code: str
) -> None:
    """Also a number that passes the check digit and is nobody's test card."""
    answer = confirm(page, intent, number)
    error = answer.json()["error"]
    assert (answer.status_code, error["type"], error["code"]) == (402, "card_error", code)
    if "payment_intent" in error:
        assert not WITHHELD & set(error["payment_intent"])


def test_impossible_card_data_is_refused_before_any_bank(page: httpx.Client) -> None:
    """Month 13, a past year, a short security code."""
    for field, value, code in (
        ("card[exp_month]", "13", "invalid_expiry_month"),
        ("card[exp_year]", "2020", "invalid_expiry_year"),
        ("card[cvc]", "12", "invalid_cvc"),
    ):
        answer = page.post(
            "/v1/payment_methods", data={**CARD, "card[number]": "4242424242424242", field: value}
        )
        assert (answer.status_code, answer.json()["error"]["code"]) == (402, code)


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
    """Saved for later use with authentication, the card pays off session without it."""
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


def test_the_page_needs_the_secret_and_agreeing_figures(
    page: httpx.Client, intent: stripe.PaymentIntent
) -> None:
    """A wrong or absent client secret, a server's parameter, or another amount in Elements is refused."""
    path = f"/v1/payment_intents/{intent.id}"
    assert page.get(path).json()["error"]["code"] == "parameter_missing"
    wrong = page.get(path, params={"client_secret": f"{intent.id}_secret_x"})
    assert (wrong.status_code, wrong.json()["error"]["param"]) == (400, "client_secret")
    seen = page.get(path, params={"client_secret": str(intent.client_secret)}).json()
    assert (seen["status"], WITHHELD & set(seen)) == ("requires_payment_method", set())
    other = confirm(page, intent, "4242424242424242", **{"client_context[amount]": "2500"}).json()["error"]
    assert (other["type"], other["param"]) == ("invalid_request_error", "amount")
    agreeing = {
        "client_context[amount]": "2300",
        "client_context[currency]": "sgd",
        "client_context[mode]": "payment",
    }
    assert "secret key" in confirm(page, intent, "4242424242424242", capture_method="manual").text
    assert confirm(page, intent, "4242424242424242", **agreeing).status_code == 200


def test_bookkeeping_is_not_for_servers(client: stripe.StripeClient, page: httpx.Client) -> None:
    """Stripe.js's own parameters are unknown with a secret key, and a page may not create intents."""
    params: Any = {"amount": 2300, "currency": "sgd", "payment_user_agent": "x"}
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        client.v1.payment_intents.create(params)
    assert unknown.value.code == "parameter_unknown"
    created = page.post("/v1/payment_intents", data={"amount": "2300", "currency": "sgd"})
    assert (created.status_code, created.json()["error"]["code"]) == (403, "secret_key_required")
