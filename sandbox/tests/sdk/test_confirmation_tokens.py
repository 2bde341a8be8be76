"""Confirmation on the server with what the page collected."""

from typing import Any

import httpx
import pytest
import stripe

from stripe_calls import BOOKKEEPING, CARD, refused

RETURN_URL = "https://shop.example/orders/1"
TYPED = {
    f"payment_method_data[{key.replace('[', '][', 1)}" + ("" if "[" in key else "]"): value
    for key, value in CARD.items()
}


@pytest.fixture
def token(page: httpx.Client) -> dict[str, Any]:
    """A token as Stripe.js makes it, from a typed card."""
    form = {
        **TYPED,
        **BOOKKEEPING,
        "payment_method_data[card][number]": "5555555555554444",
        "return_url": RETURN_URL,
        "shipping[name]": "Ada Byron",
        "shipping[address][line1]": "1 Analytical Row",
    }
    answer: dict[str, Any] = page.post("/v1/confirmation_tokens", data=form).raise_for_status().json()
    return answer


def created(client: stripe.StripeClient, **params: Any) -> stripe.PaymentIntent:
    wanted: Any = {"amount": 2300, "currency": "sgd", **params}
    return client.v1.payment_intents.create(wanted)


def test_a_token_pays_once(client: stripe.StripeClient, token: dict[str, Any]) -> None:
    """The server sees a preview, confirms with it, and cannot do so again."""
    seen = client.v1.confirmation_tokens.retrieve(token["id"])
    assert seen.payment_method_preview
    assert seen.payment_method_preview.card
    assert (seen.payment_method_preview.type, seen.payment_method_preview.card.last4) == ("card", "4444")
    assert seen.expires_at == seen.created + 12 * 3600
    paid = created(client, confirm=True, confirmation_token=token["id"])
    assert paid.status == "succeeded"
    assert paid.shipping
    assert (paid.shipping.name, paid.shipping.address and paid.shipping.address.line1) == (
        "Ada Byron",
        "1 Analytical Row",
    )
    assert client.v1.confirmation_tokens.retrieve(token["id"]).payment_intent == paid.id
    other = created(client)
    again: Any = {"confirmation_token": token["id"]}
    error = refused(lambda: client.v1.payment_intents.confirm(other.id, again))
    assert (error.code, error.param) == ("token_already_used", "confirmation_token")


def test_the_request_prevails_over_the_token(client: stripe.StripeClient, token: dict[str, Any]) -> None:
    """What the server says itself counts; a second payment method beside the token is refused."""
    intent = created(client)
    both: Any = {"confirmation_token": token["id"], "payment_method": "pm_card_visa"}
    assert refused(lambda: client.v1.payment_intents.confirm(intent.id, both)).code == "parameters_exclusive"
    params: Any = {
        "confirmation_token": token["id"],
        "shipping": {"name": "Somebody else", "address": {"line1": "2 Other Road"}},
    }
    paid = client.v1.payment_intents.confirm(intent.id, params)
    assert paid.shipping
    assert (paid.status, paid.shipping.name) == ("succeeded", "Somebody else")


def test_a_token_expires(client: stripe.StripeClient, control: httpx.Client, token: dict[str, Any]) -> None:
    """After twelve hours; and nobody's token is not found."""
    control.put("/clock", json={"offset": 12 * 3600 + 5})
    assert "expired" in str(refused(lambda: created(client, confirm=True, confirmation_token=token["id"])))
    missing = refused(lambda: created(client, confirm=True, confirmation_token="ctoken_none"))
    assert (missing.code, missing.param) == ("resource_missing", "confirmation_token")


def test_tests_make_tokens_on_the_server(client: stripe.StripeClient, page: httpx.Client) -> None:
    """The test helper takes a secret key, Stripe.js's own call a publishable one."""
    helper = client.v1.test_helpers.confirmation_tokens
    made = helper.create({"payment_method_data": {"type": "grabpay"}, "return_url": RETURN_URL})
    intent = created(client, confirm=True, confirmation_token=made.id)
    assert intent.status == "requires_action"
    assert intent.next_action
    assert intent.next_action.type == "redirect_to_url"
    visa = helper.create({"payment_method": "pm_card_visa"})
    paid = created(client, confirm=True, confirmation_token=visa.id, return_url=RETURN_URL)
    assert paid.status == "succeeded"
    secret = {"Authorization": "Bearer sk_test_tests"}
    wrong = page.post("/v1/confirmation_tokens", data={"payment_method": "pm_card_visa"}, headers=secret)
    assert wrong.status_code == 403
    public = page.post("/v1/test_helpers/confirmation_tokens", data={"payment_method": "pm_card_visa"})
    assert public.status_code == 403
