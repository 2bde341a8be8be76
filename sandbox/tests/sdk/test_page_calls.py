"""What Stripe.js does with a publishable key: sessions, confirmation, and no more."""

from typing import Any

import httpx
import pytest
import stripe

from stripe_calls import CARD, confirm

WITHHELD = {"metadata", "customer", "latest_charge", "amount_received", "amount_capturable", "transfer_data"}


@pytest.fixture
def intent(client: stripe.StripeClient) -> stripe.PaymentIntent:
    return client.v1.payment_intents.create(
        {"amount": 2300, "currency": "sgd", "metadata": {"order_id": "1"}}
    )


def test_a_session_for_an_intent_and_one_before_it(page: httpx.Client, intent: stripe.PaymentIntent) -> None:
    """What the Payment Element asks before it draws itself, in both flows, key as a parameter too."""
    with_intent = page.get(
        "/v1/elements/sessions", params={"type": "payment_intent", "client_secret": str(intent.client_secret)}
    ).json()
    offered = with_intent["payment_method_preference"]["ordered_payment_method_types"]
    assert offered == intent.payment_method_types
    assert with_intent["wallets"] == ["google_pay"]
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
            "deferred_intent[excluded_payment_method_types][]": "card",
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
    assert session["payment_method_preference"]["ordered_payment_method_types"] == offered[1:]
    assert session["wallets"] == []
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
