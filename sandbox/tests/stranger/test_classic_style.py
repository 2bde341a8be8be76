"""The SDK's module-wide style, as older shops use it: settings once, resources as classes."""

import json
from typing import Any

import httpx
import pytest
import stripe

from stripe_sandbox.process import RunningSandbox
from webhook_receiver import Receiver

pytestmark = pytest.mark.usefixtures("classic")
AMOUNT: Any = {"amount": 1099, "currency": "usd"}
NO_REDIRECTS: Any = {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}


def test_an_intents_life() -> None:
    """Create, modify, confirm with a card that asks for nothing, capture a part, refund it."""
    intent = stripe.PaymentIntent.create(
        **AMOUNT, **NO_REDIRECTS, capture_method="manual", metadata={"order_id": "6735"}
    )
    stripe.PaymentIntent.modify(intent.id, metadata={"gift": "yes"}, description="Order 6735")
    held = stripe.PaymentIntent.confirm(intent.id, payment_method="pm_card_visa")
    assert (held.status, held.amount_capturable) == ("requires_capture", 1099)
    taken = stripe.PaymentIntent.capture(intent.id, amount_to_capture=1000, expand=["latest_charge"])
    assert (taken.status, taken.amount_received) == ("succeeded", 1000)
    assert isinstance(taken.latest_charge, stripe.Charge)
    assert taken.latest_charge.description == "Order 6735"
    assert taken.metadata["order_id"] == "6735"
    assert taken.metadata["gift"] == "yes"
    refund = stripe.Refund.create(payment_intent=intent.id, reason="requested_by_customer")
    assert (refund.status, refund.amount) == ("succeeded", 1000)
    assert stripe.Charge.retrieve(taken.latest_charge.id).refunded is True


def test_cancel_and_list() -> None:
    """A canceled intent keeps its reason; lists page by cursors in both directions."""
    made = [stripe.PaymentIntent.create(**AMOUNT).id for _ in range(4)]
    gone = stripe.PaymentIntent.cancel(made[0], cancellation_reason="abandoned")
    assert (gone.status, gone.cancellation_reason) == ("canceled", "abandoned")
    first = stripe.PaymentIntent.list(limit=2)
    assert first.has_more
    second = stripe.PaymentIntent.list(limit=2, starting_after=first.data[-1].id)
    assert [intent.id for intent in [*first, *second]] == made[::-1]
    assert [intent.id for intent in stripe.PaymentIntent.list(limit=3, ending_before=made[0])] == made[:0:-1]
    assert len(list(stripe.PaymentIntent.list(limit=1).auto_paging_iter())) == 4


def test_what_a_decline_carries() -> None:
    """All that error handlers read: message, code, decline code, the intent, the request's id."""
    with pytest.raises(stripe.CardError) as declined:
        stripe.PaymentIntent.create(
            **AMOUNT, **NO_REDIRECTS, payment_method="pm_card_visa_chargeDeclinedLostCard", confirm=True
        )
    error = declined.value
    assert (error.http_status, error.code, error.param) == (402, "card_declined", None)
    assert error.user_message == "Your card was declined."
    assert error.request_id
    assert error.request_id.startswith("req_")
    assert error.error
    assert (error.error.type, error.error.decline_code) == ("card_error", "lost_card")
    assert error.error.payment_intent
    assert error.error.payment_intent.last_payment_error
    assert error.error.payment_intent.last_payment_error.decline_code == "lost_card"
    assert error.error.charge
    assert stripe.Charge.retrieve(error.error.charge).failure_code == "card_declined"


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"currency": "usd"}, "parameter_missing", "amount"),
        ({"amount": 1099}, "parameter_missing", "currency"),
        ({"amount": 1, "currency": "usd"}, "amount_too_small", "amount"),
        ({"amount": "lots", "currency": "usd"}, "parameter_invalid_integer", "amount"),
        ({**AMOUNT, "colour": "red"}, "parameter_unknown", "colour"),
        ({**AMOUNT, "customer": "cus_none"}, "resource_missing", "customer"),
        ({**AMOUNT, "metadata": {"k" * 41: "v"}}, None, "metadata"),
        ({**AMOUNT, "capture_method": "later"}, None, "capture_method"),
        ({**AMOUNT, "receipt_email": "nobody"}, "email_invalid", "receipt_email"),
    ],
)
def test_mistakes_name_their_parameter(params: dict[str, Any], code: str | None, param: str) -> None:
    """400 `invalid_request_error` with the code and the parameter."""
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentIntent.create(**params)
    assert (refused.value.http_status, refused.value.code, refused.value.param) == (400, code, param)


def test_keys_that_may_not() -> None:
    """No key, a wrong one, a page's, somebody's live one."""
    for key, error, status in (
        ("sk_nothing", stripe.AuthenticationError, 401),
        ("pk_test_page", stripe.PermissionError, 403),
        ("sk_live_51secret", stripe.AuthenticationError, 401),
    ):
        with pytest.raises(error) as refused:
            stripe.Customer.list(api_key=key)
        assert refused.value.http_status == status
        assert "51secret" not in str(refused.value)


def test_repeating_a_request() -> None:
    """One key, one intent; other parameters under it are an error of their own kind."""
    first = stripe.PaymentIntent.create(**AMOUNT, idempotency_key="order-6735")
    again = stripe.PaymentIntent.create(**AMOUNT, idempotency_key="order-6735")
    assert again.id == first.id
    assert again.last_response
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError) as differs:
        stripe.PaymentIntent.create(amount=5, currency="usd", idempotency_key="order-6735")
    assert differs.value.http_status == 400
    assert len(stripe.PaymentIntent.list().data) == 1


def test_other_accounts_are_refused() -> None:
    """A platform's header is not silently ignored; the account's own id is fine."""
    with pytest.raises(stripe.InvalidRequestError, match=r"Connect.+Stripe-Account"):
        stripe.Customer.create(email="a@example.com", stripe_account="acct_somebody")
    mine = stripe.Account.retrieve().id
    assert stripe.Customer.create(email="a@example.com", stripe_account=mine).id


def test_an_older_version_looks_older() -> None:
    """A version set for the module or for one call; `charges` was there until November 2022."""
    stripe.api_version = "2022-08-01"
    intent = stripe.PaymentIntent.create(**AMOUNT, payment_method_types=["card"])
    with pytest.raises(stripe.CardError):
        stripe.PaymentIntent.confirm(intent.id, payment_method="pm_card_chargeDeclined")
    paid = stripe.PaymentIntent.confirm(intent.id, payment_method="pm_card_visa", capture_method="automatic")
    charges: Any = paid.to_dict()["charges"]
    assert [charge["status"] for charge in charges["data"]] == ["succeeded", "failed"]
    stripe.Refund.create(charge=charges["data"][0]["id"], amount=99)
    expanded: Any = stripe.PaymentIntent.retrieve(intent.id, expand=["charges.data.balance_transaction"])
    first = expanded.to_dict()["charges"]["data"][0]
    assert first["balance_transaction"]["amount"] == 1099
    assert [refund["amount"] for refund in first["refunds"]["data"]] == [99]
    assert "latest_charge" not in expanded.to_dict()
    newer = stripe.PaymentIntent.retrieve(intent.id, stripe_version="2026-10-28.endive")
    assert "charges" not in newer.to_dict()
    assert newer.last_response
    assert newer.last_response.headers["Stripe-Version"] == "2026-10-28.endive"


def test_a_type_of_another_currency_is_a_mistake() -> None:
    """While types are named, the message names the method and its currencies."""
    stripe.api_version = "2020-08-27"
    assert stripe.PaymentIntent.create(amount=1099, currency="eur", payment_method_types=["card", "eps"]).id
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentIntent.create(**AMOUNT, payment_method_types=["card", "eps"])
    assert refused.value.user_message == (
        "The currency provided (usd) is invalid. Payments with eps support the following currencies: eur."
    )


def test_the_door_for_webhooks(receiver: Receiver) -> None:
    """Register, receive, verify with the secret shown once, change, disable, delete."""
    endpoint = stripe.WebhookEndpoint.create(
        url=receiver.url, enabled_events=["payment_intent.created"], metadata={"by": "tests"}
    )
    intent = stripe.PaymentIntent.create(**AMOUNT)
    delivery = receiver.wait_for(1)[0]
    event = stripe.Webhook.construct_event(  # type: ignore[no-untyped-call]
        delivery.body, delivery.headers["Stripe-Signature"], endpoint.secret
    )
    assert (event.type, event.data.object["id"]) == ("payment_intent.created", intent.id)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(  # type: ignore[no-untyped-call]
            delivery.body, delivery.headers["Stripe-Signature"], "whsec_another"
        )
    changed = stripe.WebhookEndpoint.modify(endpoint.id, enabled_events=["charge.succeeded"], disabled=True)
    assert (changed.status, changed.enabled_events) == ("disabled", ["charge.succeeded"])
    assert getattr(stripe.WebhookEndpoint.retrieve(endpoint.id), "secret", None) is None
    assert [one.id for one in stripe.WebhookEndpoint.list().data] == [endpoint.id]
    assert stripe.WebhookEndpoint.delete(endpoint.id).deleted is True
    with pytest.raises(stripe.InvalidRequestError, match="No such webhook endpoint"):
        stripe.WebhookEndpoint.retrieve(endpoint.id)


def test_events_tell_the_story() -> None:
    """An audit reads the log: by type, by several, one by its id, with the request that caused it."""
    paid = stripe.PaymentIntent.create(**AMOUNT, **NO_REDIRECTS, payment_method="pm_card_visa", confirm=True)
    kinds = ["payment_intent.created", "payment_intent.succeeded"]
    story = stripe.Event.list(types=kinds).data
    assert [event.type for event in story] == kinds[::-1]
    event = stripe.Event.retrieve(story[0].id)
    assert event.data.object["id"] == paid.id
    assert event.request
    assert paid.last_response
    assert event.request.id == paid.last_response.request_id
    assert json.loads(str(event))["api_version"] == "2026-10-28.endive"


def test_true_as_older_sdks_write_it(sandbox: RunningSandbox) -> None:
    """Python's own `True` in the form, from an SDK that names no version."""
    form = "amount=1099&currency=usd&confirm=True&off_session=True&payment_method=pm_card_visa"
    answer = httpx.post(
        f"{sandbox.address}/v1/payment_intents",
        content=form,
        headers={"Authorization": "Bearer sk_test_old", "Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.json()["status"] == "succeeded"
    wrong = httpx.post(
        f"{sandbox.address}/v1/payment_intents",
        content=form.replace("confirm=True", "confirm=yes"),
        headers={"Authorization": "Bearer sk_test_old"},
    )
    assert wrong.json()["error"]["message"] == "Invalid boolean: yes"


def test_calls_without_a_method_of_their_own(sandbox: RunningSandbox) -> None:
    """`raw_request` for what an SDK does not know yet."""
    client = stripe.StripeClient("sk_test_raw", base_addresses={"api": sandbox.address})
    answer = client.raw_request("post", "/v1/payment_intents", amount=1099, currency="usd")
    made = client.deserialize(answer, api_mode="V1")
    assert isinstance(made, stripe.PaymentIntent)
    found = client.raw_request("get", f"/v1/payment_intents/{made.id}", expand=["customer"])
    assert json.loads(found.body)["amount"] == 1099
