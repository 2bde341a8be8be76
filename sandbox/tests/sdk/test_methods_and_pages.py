"""What a page confirms, and what a second confirmation or a cancellation means for an open test page."""

from typing import Any

import httpx
import stripe

from method_calls import RETURN_URL, address_of, begun, charge_of, press
from stripe_calls import refused


def test_google_pay_is_a_card_with_a_wallet(client: stripe.StripeClient, page: httpx.Client) -> None:
    """What the wallet's sheet gives is a token, and the token behaves as its card does."""
    created = client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"})
    form = {
        "client_secret": str(created.client_secret),
        "return_url": RETURN_URL,
        "use_stripe_sdk": "true",
        "payment_method_data[type]": "card",
        "payment_method_data[card][token]": "tok_google_pay_chargeDeclined",
    }
    declined = page.post(f"/v1/payment_intents/{created.id}/confirm", data=form)
    assert (declined.status_code, declined.json()["error"]["code"]) == (402, "card_declined")
    form["payment_method_data[card][token]"] = "tok_google_pay_mastercard"
    assert page.post(f"/v1/payment_intents/{created.id}/confirm", data=form).json()["status"] == "succeeded"
    details = charge_of(client, created).payment_method_details
    assert details
    assert details.card
    assert details.card.wallet
    assert (details.type, details.card.brand, details.card.wallet.type) == (
        "card",
        "mastercard",
        "google_pay",
    )


def test_a_page_confirms_what_was_chosen_in_it(client: stripe.StripeClient, page: httpx.Client) -> None:
    """With a publishable key: a mandate is agreed to by reading it, WeChat Pay's client is the web."""
    chosen = {
        "grabpay": ("sgd", "requires_action", "redirect_to_url"),
        "wechat_pay": ("sgd", "requires_action", "wechat_pay_display_qr_code"),
        "sepa_debit": ("eur", "processing", None),
    }
    for kind, (currency, status, action) in chosen.items():
        params: Any = {"amount": 2300, "currency": currency}
        created = client.v1.payment_intents.create(params)
        form = {
            "client_secret": str(created.client_secret),
            "return_url": RETURN_URL,
            "use_stripe_sdk": "true",
            "expected_payment_method_type": kind,
            "payment_method_data[type]": kind,
            "payment_method_data[billing_details][name]": "Ada Byron",
            "payment_method_data[billing_details][email]": "ada@example.com",
            **({"payment_method_data[sepa_debit][iban]": "AT611904300234573201"} if action is None else {}),
        }
        seen = page.post(f"/v1/payment_intents/{created.id}/confirm", data=form).json()
        assert (seen["status"], (seen["next_action"] or {}).get("type")) == (status, action)
        assert "latest_charge" not in seen


def test_a_new_confirmation_leaves_the_old_page_without_effect(
    client: stripe.StripeClient, page: httpx.Client
) -> None:
    """Another method while the first page is open; a cancelled intent stays cancelled."""
    intent = begun(client, "grabpay", "sgd")
    other = client.v1.payment_intents.confirm(
        intent.id, {"payment_method": "pm_card_visa", "return_url": RETURN_URL}
    )
    assert other.status == "succeeded"
    press(page, intent, "fail")
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    abandoned = begun(client, "alipay", "sgd")
    client.v1.payment_intents.cancel(abandoned.id)
    assert "No longer open" in httpx.get(address_of(abandoned)).text
    assert "redirect_status=failed" in press(page, abandoned, "authorize").headers["location"]
    assert client.v1.payment_intents.retrieve(abandoned.id).status == "canceled"


def test_the_server_confirms_again_when_it_asked_to(client: stripe.StripeClient, page: httpx.Client) -> None:
    """With confirmation_method=manual the customer's yes waits for the server's second confirmation."""
    intent = begun(client, "ideal", "eur", confirmation_method="manual")
    press(page, intent, "authorize")
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_confirmation"
    again: Any = {"return_url": RETURN_URL}
    assert client.v1.payment_intents.confirm(intent.id, again).status == "succeeded"


def test_a_debit_can_be_recalled_and_a_wallet_cannot(
    client: stripe.StripeClient, control: httpx.Client, page: httpx.Client
) -> None:
    """Cancelling in `processing`: the debit never arrives, a wallet's payment still does."""
    params: Any = {
        "amount": 2300,
        "currency": "eur",
        "confirm": True,
        "payment_method": "pm_sepaDebit_successDelayed_de",
        "mandate_data": {"customer_acceptance": {"type": "offline"}},
        "return_url": RETURN_URL,
    }
    debit = client.v1.payment_intents.create(params)
    assert client.v1.payment_intents.cancel(debit.id).status == "canceled"
    delayed = begun(client, "p24", "eur")
    press(page, delayed, "delay")
    error = refused(lambda: client.v1.payment_intents.cancel(delayed.id))
    assert error.code == "payment_intent_unexpected_state"
    control.put("/clock", json={"offset": 600})
    assert client.v1.payment_intents.retrieve(debit.id).status == "canceled"
    assert charge_of(client, debit).status == "failed"
    assert client.v1.payment_intents.retrieve(delayed.id).status == "succeeded"


def test_nobody_can_act_when_the_customer_is_away(client: stripe.StripeClient) -> None:
    """A method that needs its customer is refused where none is, and the intent waits as before."""
    for name in ("off_session", "error_on_requires_action"):
        extra: Any = {name: True}
        error = refused(lambda extra=extra: begun(client, "grabpay", "sgd", **extra))  # type: ignore[misc]
        assert (error.code, error.param) == ("payment_intent_action_required", name)
