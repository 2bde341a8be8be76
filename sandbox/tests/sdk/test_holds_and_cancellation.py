"""Money that is held: captured whole or in part, let go, forgotten; and what may be canceled when."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from stripe_calls import OUTSIDE, challenge_of, confirm, paid, refused
from stripe_sandbox.process import running_sandbox

DAY = 24 * 60 * 60
DEBIT: Any = {
    "currency": "eur",
    "payment_method": "pm_sepaDebit_success_de",
    "mandate_data": {"customer_acceptance": {"type": "offline"}},
}


def held(client: stripe.StripeClient, **params: Any) -> stripe.PaymentIntent:
    return paid(client, capture_method="manual", **params)


def kinds(client: stripe.StripeClient) -> list[str]:
    return [event.type for event in reversed(client.v1.events.list({"limit": 100}).data)]


def test_what_is_captured_is_what_is_received(client: stripe.StripeClient) -> None:
    """The rest is let go without a refund, and the balance gets the captured part alone."""
    intent = held(client)
    with_note: Any = {"amount_to_capture": 1800, "metadata": {"parcel": "1"}, "expand": ["latest_charge"]}
    taken = client.v1.payment_intents.capture(intent.id, with_note)
    assert isinstance(taken.latest_charge, stripe.Charge)
    charge = taken.latest_charge
    assert (taken.amount, taken.amount_received, taken.amount_capturable) == (2300, 1800, 0)
    assert (charge.amount, charge.amount_captured, charge.amount_refunded) == (2300, 1800, 0)
    assert taken.metadata.to_dict() == {"parcel": "1"}
    assert kinds(client)[:4] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "charge.captured",
    ]
    assert not [kind for kind in kinds(client) if "refund" in kind]
    more = refused(lambda: client.v1.refunds.create({"payment_intent": intent.id, "amount": 1801}))
    assert more.param == "amount"
    refund = client.v1.refunds.create({"payment_intent": intent.id})
    assert refund.amount == 1800
    assert client.v1.charges.retrieve(charge.id).refunded


def test_one_method_alone_can_be_held(client: stripe.StripeClient) -> None:
    """By its own option; other methods are still captured at once, and `""` takes the option back."""
    card: Any = {"payment_method_options": {"card": {"capture_method": "manual"}}}
    params: Any = {"amount": 2300, "currency": "sgd", **card}
    intent = client.v1.payment_intents.create(params)
    assert "grabpay" in intent.payment_method_types
    assert intent.payment_method_options
    assert intent.payment_method_options.card
    assert intent.payment_method_options.card.capture_method == "manual"
    pay: Any = {"payment_method": "pm_card_visa", "expand": ["latest_charge"], **OUTSIDE}
    waits = client.v1.payment_intents.confirm(intent.id, pay)
    assert (waits.status, waits.capture_method) == ("requires_capture", "automatic_async")
    assert isinstance(waits.latest_charge, stripe.Charge)
    assert waits.latest_charge.payment_method_details
    assert waits.latest_charge.payment_method_details.card
    assert waits.latest_charge.payment_method_details.card.capture_before
    assert client.v1.payment_intents.capture(intent.id).amount_received == 2300
    other = client.v1.payment_intents.create(params)
    none: Any = {"payment_method_options": {"card": {"capture_method": ""}}}
    client.v1.payment_intents.update(other.id, none)
    assert client.v1.payment_intents.confirm(other.id, pay).status == "succeeded"


def test_a_hold_that_nobody_takes_lapses(client: stripe.StripeClient, control: httpx.Client) -> None:
    """At the time that the charge has named from the start."""
    intent = held(client, expand=["latest_charge"])
    charge = intent.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert charge.payment_method_details
    assert charge.payment_method_details.card
    before = charge.payment_method_details.card.capture_before
    assert before == charge.created + 7 * DAY
    control.put("/clock", json={"offset": 7 * DAY - 60})
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_capture"
    control.put("/clock", json={"offset": 7 * DAY + 60})
    lapsed = client.v1.payment_intents.retrieve(intent.id)
    assert (lapsed.status, lapsed.cancellation_reason) == ("canceled", "expired")
    assert (lapsed.amount_capturable, lapsed.amount_received) == (0, 0)
    assert lapsed.canceled_at
    assert lapsed.canceled_at >= before
    assert kinds(client)[-2:] == ["charge.expired", "payment_intent.canceled"]
    assert client.v1.refunds.list({"payment_intent": intent.id}).data == []
    late = refused(lambda: client.v1.payment_intents.capture(intent.id))
    assert (late.code, "status of canceled" in str(late)) == ("payment_intent_unexpected_state", True)


def test_a_hold_that_was_taken_does_not_lapse(client: stripe.StripeClient, control: httpx.Client) -> None:
    """Neither does one that was canceled lapse a second time."""
    taken, released = held(client), held(client)
    client.v1.payment_intents.capture(taken.id)
    client.v1.payment_intents.cancel(released.id, {"cancellation_reason": "duplicate"})
    control.put("/clock", json={"offset": 20 * DAY})
    assert client.v1.payment_intents.retrieve(taken.id).status == "succeeded"
    assert client.v1.payment_intents.retrieve(released.id).cancellation_reason == "duplicate"
    assert kinds(client).count("payment_intent.canceled") == 1


def test_a_hold_lapses_while_the_sandbox_is_away(
    tmp_path: Path, client_for: Callable[..., stripe.StripeClient]
) -> None:
    """Its time goes on across a restart."""
    state = ("--state", str(tmp_path / "sandbox.db"))
    with running_sandbox(*state) as first:
        intent = held(client_for(first))
        first.kill()
    with running_sandbox(*state) as second:
        httpx.put(f"{second.address}/_sandbox/clock", json={"offset": 8 * DAY})
        assert client_for(second).v1.payment_intents.retrieve(intent.id).cancellation_reason == "expired"


@pytest.mark.parametrize("reason", ["abandoned", "duplicate", "fraudulent", "requested_by_customer", None])
@pytest.mark.parametrize("status", ["requires_payment_method", "requires_confirmation", "requires_capture"])
def test_a_reason_is_kept(client: stripe.StripeClient, reason: Any, status: str) -> None:
    """Or none; a hold is let go with it."""
    if status == "requires_capture":
        intent = held(client)
    else:
        method: Any = {"payment_method": "pm_card_visa"} if status == "requires_confirmation" else {}
        intent = client.v1.payment_intents.create({"amount": 2300, "currency": "sgd", **method})
    assert intent.status == status
    params: Any = {"cancellation_reason": reason} if reason else {}
    canceled = client.v1.payment_intents.cancel(intent.id, params)
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", reason)
    assert canceled.canceled_at
    assert kinds(client)[-1] == "payment_intent.canceled"
    assert ("charge.expired" in kinds(client)) == (status == "requires_capture")


@pytest.mark.parametrize("reason", ["expired", "automatic", "changed my mind"])
def test_a_reason_of_stripes_own_is_refused(client: stripe.StripeClient, reason: Any) -> None:
    """Callers have four."""
    intent = client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"})
    wrong = refused(lambda: client.v1.payment_intents.cancel(intent.id, {"cancellation_reason": reason}))
    assert wrong.param == "cancellation_reason"


def test_canceling_ends_what_the_customer_was_asked(client: stripe.StripeClient, page: httpx.Client) -> None:
    """An answer to the bank's question comes too late."""
    intent = client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"})
    source = challenge_of(confirm(page, intent, "4000002760003184"))
    canceled = client.v1.payment_intents.cancel(intent.id)
    assert (canceled.status, canceled.next_action) == ("canceled", None)
    page.post(f"/3ds2/challenge/{source}/authorize")
    assert client.v1.payment_intents.retrieve(intent.id).status == "canceled"


def test_a_final_intent_is_not_canceled(client: stripe.StripeClient, control: httpx.Client) -> None:
    """The error says the state and carries the intent; a debit on its way can still be called back."""
    debit = paid(client, **DEBIT)
    assert debit.status == "processing"
    assert client.v1.payment_intents.cancel(debit.id).status == "canceled"
    control.put("/clock", json={"offset": 600})
    assert client.v1.payment_intents.retrieve(debit.id).status == "canceled"
    for final, status in ((debit, "canceled"), (paid(client), "succeeded")):
        error = refused(lambda final=final: client.v1.payment_intents.cancel(final.id))
        assert error.code == "payment_intent_unexpected_state"
        assert str(error.user_message).startswith(
            f"You cannot cancel this PaymentIntent because it has a status of {status}."
        )
        assert error.error
        assert error.error.to_dict()["payment_intent"]["id"] == final.id


@pytest.mark.parametrize("where", ["intent", "options"])
@pytest.mark.parametrize("usage", ["off_session", "on_session"])
def test_a_method_is_saved_for_later_use(client: stripe.StripeClient, where: str, usage: Any) -> None:
    """Attached when a customer is given, and then good for a payment without them."""
    customer = client.v1.customers.create({"email": "ada@example.com"})
    asked: Any = (
        {"setup_future_usage": usage}
        if where == "intent"
        else {"payment_method_options": {"card": {"setup_future_usage": usage}}}
    )
    card = "pm_card_visa"
    intent = paid(client, customer=customer.id, payment_method=card, expand=["payment_method"], **asked)
    assert intent.setup_future_usage == (usage if where == "intent" else None)
    assert isinstance(intent.payment_method, stripe.PaymentMethod)
    assert intent.payment_method.customer == customer.id
    assert "payment_method.attached" in kinds(client)
    again = paid(client, customer=customer.id, payment_method=intent.payment_method.id, off_session=True)
    assert again.status == "succeeded"


def test_a_method_that_is_not_saved_is_used_up(client: stripe.StripeClient) -> None:
    """Also with a customer, and also when the options overrule the intent."""
    customer = client.v1.customers.create({"email": "ada@example.com"})
    none: Any = {"payment_method_options": {"card": {"setup_future_usage": "none"}}}
    for params in ({}, {"setup_future_usage": "off_session", **none}):
        intent = paid(client, customer=customer.id, **params)
        method = client.v1.payment_methods.retrieve(str(intent.payment_method))
        assert method.customer is None
        again: Any = {
            "amount": 2300,
            "currency": "sgd",
            "confirm": True,
            "payment_method": method.id,
            **OUTSIDE,
        }
        assert "previously used" in str(refused(lambda again=again: client.v1.payment_intents.create(again)))


@pytest.mark.parametrize("said", ["authorize", "fail"])
@pytest.mark.parametrize("system", ["ios", "android"])
def test_wechat_pay_opens_its_app(
    client: stripe.StripeClient, page: httpx.Client, system: Any, said: str
) -> None:
    """Each system has its own instructions, and both need the app's id."""
    options: Any = {"wechat_pay": {"client": system}}
    wanted: Any = {
        "amount": 2300,
        "currency": "sgd",
        "confirm": True,
        "payment_method_data": {"type": "wechat_pay"},
        "payment_method_options": options,
        **OUTSIDE,
    }
    missing = refused(lambda: client.v1.payment_intents.create(wanted))
    assert missing.param == "payment_method_options[wechat_pay][app_id]"
    options["wechat_pay"]["app_id"] = "wx0000000000000001"
    intent = client.v1.payment_intents.create(wanted)
    assert intent.next_action
    assert intent.next_action.type == f"wechat_pay_redirect_to_{system}_app"
    shown = intent.next_action.to_dict()[intent.next_action.type]
    address = shown["native_url"] if system == "ios" else f"/test_payment/{shown['prepay_id']}"
    if system == "android":
        assert (shown["app_id"], shown["package"]) == ("wx0000000000000001", "Sign=WXPay")
    page.post(f"{address}/{said}").raise_for_status()
    status = "succeeded" if said == "authorize" else "requires_payment_method"
    assert client.v1.payment_intents.retrieve(intent.id).status == status
