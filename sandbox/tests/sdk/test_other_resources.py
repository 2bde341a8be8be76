"""PaymentMethods, charges, refunds, customers, events, balance transactions through the official SDK."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import stripe

from stripe_sandbox.process import RunningSandbox
from webhook_receiver import Receiver

OUTSIDE: Any = {"return_url": "https://shop.example/orders/1"}


def paid(client: stripe.StripeClient, **params: Any) -> stripe.PaymentIntent:
    wanted: Any = {
        "amount": 2300,
        "currency": "sgd",
        "confirm": True,
        "payment_method": "pm_card_visa",
        **OUTSIDE,
        **params,
    }
    return client.v1.payment_intents.create(wanted)


def refused(act: Callable[[], object]) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        act()
    return caught.value


def test_customers_are_created_changed_listed_and_deleted(client: stripe.StripeClient) -> None:
    """A customer's whole life; a deleted one says so and leaves the list."""
    customers = client.v1.customers
    ada = customers.create({"email": "ada@example.com", "name": "Ada", "metadata": {"vip": "yes"}})
    customers.create({"email": "grace@example.com"})
    assert customers.update(ada.id, {"name": "", "phone": "+65 6123 4567"}).name is None
    assert [found.id for found in customers.list({"email": "ada@example.com"}).data] == [ada.id]
    assert customers.delete(ada.id).deleted is True
    assert customers.retrieve(ada.id).deleted is True
    assert [found.email for found in customers.list().data] == ["grace@example.com"]
    assert refused(lambda: customers.update(ada.id, {"name": "x"})).code == "resource_missing"
    assert refused(lambda: customers.create({"email": "nobody"})).code == "email_invalid"


def test_methods_are_saved_to_a_customer_used_again_and_let_go(client: stripe.StripeClient) -> None:
    """Attach, list, pay twice, detach; afterwards the method is of no use."""
    customer = client.v1.customers.create({})
    method = client.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    client.v1.payment_methods.attach(method.id, {"customer": customer.id})
    for _ in range(2):
        assert paid(client, payment_method=method.id, customer=customer.id).status == "succeeded"
    assert "belongs to a Customer" in str(refused(lambda: paid(client, payment_method=method.id)))
    assert [one.id for one in client.v1.payment_methods.list({"customer": customer.id}).data] == [method.id]
    assert [one.id for one in client.v1.customers.payment_methods.list(customer.id).data] == [method.id]
    client.v1.payment_methods.update(method.id, {"metadata": {"main": "yes"}})
    assert client.v1.payment_methods.detach(method.id).customer is None
    assert "may not be used again" in str(refused(lambda: paid(client, payment_method=method.id)))


def test_a_method_without_customer_pays_once(client: stripe.StripeClient) -> None:
    """Stripe keeps unattached methods from being charged a second time."""
    method = client.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    assert paid(client, payment_method=method.id).status == "succeeded"
    assert "may not be used again" in str(refused(lambda: paid(client, payment_method=method.id)))


def test_paying_for_later_use_saves_the_method(client: stripe.StripeClient) -> None:
    """`setup_future_usage` with a customer attaches the method once it has paid."""
    customer = client.v1.customers.create({})
    first = paid(client, customer=customer.id, setup_future_usage="off_session")
    saved = client.v1.payment_methods.list({"customer": customer.id}).data
    assert [method.id for method in saved] == [first.payment_method]


def test_declining_cards_cannot_be_saved(client: stripe.StripeClient) -> None:
    """Attaching asks the bank too; only one declining card can be attached at all."""
    customer = client.v1.customers.create({})
    with pytest.raises(stripe.CardError) as declined:
        client.v1.payment_methods.attach("pm_card_chargeDeclined", {"customer": customer.id})
    assert declined.value.code == "card_declined"
    saved = client.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.id})
    with pytest.raises(stripe.CardError):
        paid(client, payment_method=saved.id, customer=customer.id)


def test_servers_may_not_send_card_numbers(client: stripe.StripeClient) -> None:
    """Even in test mode Stripe wants tokens from servers."""
    card: Any = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    assert "test token" in str(
        refused(lambda: client.v1.payment_methods.create({"type": "card", "card": card}))
    )


def test_a_charge_carries_what_the_intent_knew(client: stripe.StripeClient) -> None:
    """Metadata, description, receipt address and shipping are copied when the charge is made."""
    address = {"line1": "1 Raffles Place", "country": "SG", "postal_code": "048616"}
    intent = paid(
        client,
        description="Order 6735",
        metadata={"order_id": "6735"},
        receipt_email="ada@example.com",
        shipping={"name": "Ada", "address": address},
        statement_descriptor_suffix="6735",
    )
    charge = client.v1.charges.retrieve(str(intent.latest_charge))
    assert (charge.description, charge.receipt_email) == ("Order 6735", "ada@example.com")
    assert charge.metadata.to_dict() == {"order_id": "6735"}
    assert charge.outcome
    assert charge.outcome.type == "authorized"
    assert charge.receipt_url
    client.v1.payment_intents.update(intent.id, {"metadata": {"order_id": "1"}})
    assert client.v1.charges.retrieve(charge.id).metadata.to_dict() == {"order_id": "6735"}
    changed = client.v1.charges.update(
        charge.id, {"description": "Order 6735, gift", "metadata": {"gift": "yes"}}
    )
    assert changed.description == "Order 6735, gift"
    assert [one.id for one in client.v1.charges.list({"payment_intent": intent.id}).data] == [charge.id]


def test_the_balance_follows_charge_and_refund(client: stripe.StripeClient) -> None:
    """With plain automatic capture the balance transaction is there at once, fee and net adding up."""
    intent = paid(client, capture_method="automatic", expand=["latest_charge.balance_transaction"])
    assert isinstance(intent.latest_charge, stripe.Charge)
    earned = intent.latest_charge.balance_transaction
    assert isinstance(earned, stripe.BalanceTransaction)
    assert (earned.amount, earned.fee + earned.net, earned.type) == (2300, 2300, "charge")
    refund = client.v1.refunds.create(
        {"payment_intent": intent.id, "amount": 300, "expand": ["balance_transaction"]}
    )
    assert isinstance(refund.balance_transaction, stripe.BalanceTransaction)
    assert (refund.balance_transaction.amount, refund.balance_transaction.fee) == (-300, 0)
    types = [one.type for one in client.v1.balance_transactions.list().data]
    assert types == ["refund", "charge"]
    assert client.v1.balance_transactions.retrieve(earned.id) == earned


def test_refunds_add_up_to_the_charge_and_no_further(client: stripe.StripeClient) -> None:
    """In part, the rest, and then nothing is left."""
    intent = paid(client)
    first = client.v1.refunds.create(
        {
            "payment_intent": intent.id,
            "amount": 800,
            "reason": "requested_by_customer",
            "metadata": {"why": "late"},
        }
    )
    assert (first.status, first.amount, first.charge) == ("succeeded", 800, intent.latest_charge)
    more = refused(lambda: client.v1.refunds.create({"payment_intent": intent.id, "amount": 1501}))
    assert (
        str(more.user_message) == "Refund amount (15.01) is greater than unrefunded amount on charge (15.00)"
    )
    assert more.param == "amount"
    rest = client.v1.refunds.create({"charge": str(intent.latest_charge), "expand": ["charge.refunds"]})
    assert isinstance(rest.charge, stripe.Charge)
    assert (rest.charge.amount_refunded, rest.charge.refunded) == (2300, True)
    assert rest.charge.refunds
    assert len(rest.charge.refunds.data) == 2
    again = refused(lambda: client.v1.refunds.create({"payment_intent": intent.id}))
    assert again.code == "charge_already_refunded"
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    noted = client.v1.refunds.update(first.id, {"metadata": {"why": "lost"}}).metadata
    assert noted
    assert noted.to_dict() == {"why": "lost"}
    assert [one.id for one in client.v1.refunds.list({"payment_intent": intent.id}).data] == [
        rest.id,
        first.id,
    ]
    assert "requires_action" in str(refused(lambda: client.v1.refunds.cancel(first.id)))


def test_only_captured_money_can_be_refunded(client: stripe.StripeClient) -> None:
    """Unpaid intents have nothing to refund, holds are canceled instead."""
    unpaid = client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"})
    assert "does not have a successful charge" in str(
        refused(lambda: client.v1.refunds.create({"payment_intent": unpaid.id}))
    )
    held = paid(client, capture_method="manual")
    assert (
        refused(lambda: client.v1.refunds.create({"payment_intent": held.id})).code == "charge_not_refundable"
    )


@pytest.mark.parametrize(
    ("token", "first", "last", "event"),
    [
        ("pm_card_pendingRefund", "pending", "succeeded", "refund.updated"),
        ("pm_card_refundFail", "succeeded", "failed", "refund.failed"),
    ],
)
def test_a_refund_may_change_its_mind(
    client: stripe.StripeClient, receiver: Receiver, *, token: str, first: str, last: str, event: str
) -> None:
    """Two test cards: one refund arrives later, one comes back, and both are told by webhook."""
    client.v1.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": ["refund.updated", "refund.failed"]}
    )
    intent = paid(client, payment_method=token)
    refund = client.v1.refunds.create({"payment_intent": intent.id})
    assert refund.status == first
    told = receiver.wait_for_type(event).event["data"]["object"]
    assert (told["id"], told["status"]) == (refund.id, last)
    charge = client.v1.charges.retrieve(str(intent.latest_charge))
    assert charge.amount_refunded == (0 if last == "failed" else 2300)


def test_events_tell_the_story_and_can_be_filtered(client: stripe.StripeClient) -> None:
    """Newest first, by type, by several types, by prefix, by time; with the request that caused them."""
    first = client.v1.payment_intents.create(
        {"amount": 2300, "currency": "sgd"}, {"idempotency_key": "order-1"}
    )
    with pytest.raises(stripe.CardError):
        client.v1.payment_intents.confirm(first.id, {"payment_method": "pm_card_chargeDeclined", **OUTSIDE})
    client.v1.payment_intents.confirm(first.id, {"payment_method": "pm_card_visa", **OUTSIDE})
    events = client.v1.events
    told = [event.type for event in events.list({"limit": 100}).data if event.type != "charge.updated"]
    assert told[::-1] == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]
    created = events.list({"type": "payment_intent.created"}).data[0]
    assert created.request
    assert created.request.idempotency_key == "order-1"
    assert created.data.object["status"] == "requires_payment_method", (
        "a snapshot, not the intent as it is now"
    )
    assert events.retrieve(created.id) == created
    assert {event.type for event in events.list({"type": "payment_intent.*"}).data} >= {
        "payment_intent.succeeded"
    }
    several = events.list({"types": ["charge.failed", "charge.succeeded"]}).data
    assert [event.type for event in several] == ["charge.succeeded", "charge.failed"]
    assert events.list({"created": {"lt": created.created}}).data == []
    assert events.list({"delivery_success": False}).data == [], "nobody listens, so nothing is outstanding"
    assert refused(lambda: events.list({"type": "a", "types": ["b"]})).code == "parameters_exclusive"


def test_lists_are_walked_both_ways(client: stripe.StripeClient) -> None:
    """Newest first; cursors are exclusive; auto-paging meets everything once."""
    ids = [client.v1.customers.create({"name": str(number)}).id for number in range(7)][::-1]
    customers = client.v1.customers
    first = customers.list({"limit": 3})
    assert ([one.id for one in first.data], first.has_more, first.url) == (ids[:3], True, "/v1/customers")
    second = customers.list({"limit": 3, "starting_after": ids[2]})
    assert [one.id for one in second.data] == ids[3:6]
    back = customers.list({"limit": 3, "ending_before": ids[5]})
    assert ([one.id for one in back.data], back.has_more) == (ids[2:5], True)
    assert [one.id for one in customers.list({"limit": 2}).auto_paging_iter()] == ids
    assert refused(lambda: customers.list({"limit": 101})).param == "limit"
    assert refused(lambda: customers.list({"limit": 0})).param == "limit"
    both: Any = {"starting_after": ids[0], "ending_before": ids[1]}
    assert refused(lambda: customers.list(both)).code == "parameters_exclusive"
    assert refused(lambda: customers.list({"starting_after": "cus_none"})).code == "resource_missing"


def test_expand_reaches_four_levels_and_refuses_the_rest(client: stripe.StripeClient) -> None:
    """Ids become objects along a dotted path, on lists below `data`."""
    customer = client.v1.customers.create({})
    intent = paid(client, customer=customer.id, capture_method="automatic", setup_future_usage="off_session")
    listed = client.v1.payment_intents.list(
        {"expand": ["data.latest_charge.balance_transaction.source", "data.payment_method.customer"]}
    ).data[0]
    assert isinstance(listed.latest_charge, stripe.Charge)
    assert isinstance(listed.latest_charge.balance_transaction, stripe.BalanceTransaction)
    assert isinstance(listed.latest_charge.balance_transaction.source, stripe.Charge)
    assert isinstance(listed.payment_method, stripe.PaymentMethod)
    assert isinstance(listed.payment_method.customer, stripe.Customer)
    assert (
        refused(lambda: client.v1.payment_intents.retrieve(intent.id, {"expand": ["amount"]})).param
        == "expand"
    )
    assert "begin with data" in str(
        refused(lambda: client.v1.payment_intents.list({"expand": ["latest_charge"]}))
    )
    unmade: Any = {"amount": 2300, "currency": "sgd", "expand": ["colour"]}
    assert refused(lambda: client.v1.payment_intents.create(unmade)).param == "expand"
    assert len(client.v1.payment_intents.list().data) == 1, "a refused expand leaves nothing behind"
    deep = "latest_charge.payment_intent.latest_charge.payment_intent.customer"
    assert "4 levels" in str(
        refused(lambda: client.v1.payment_intents.retrieve(intent.id, {"expand": [deep]}))
    )


def test_webhook_endpoints_are_managed_like_stripes(client: stripe.StripeClient, receiver: Receiver) -> None:
    """The secret is shown once; a disabled endpoint hears nothing; deleting ends it."""
    endpoints = client.v1.webhook_endpoints
    made = endpoints.create(
        {"url": receiver.url, "enabled_events": ["customer.created"], "description": "Shop"}
    )
    assert made.secret
    assert made.secret.startswith("whsec_")
    assert getattr(endpoints.retrieve(made.id), "secret", None) is None
    assert endpoints.update(made.id, {"disabled": True}).status == "disabled"
    client.v1.customers.create({"name": "unheard"})
    assert endpoints.update(made.id, {"disabled": False}).status == "enabled"
    client.v1.customers.create({"name": "heard"})
    assert receiver.wait_for(1)[0].event["data"]["object"]["name"] == "heard"
    assert [one.id for one in endpoints.list().data] == [made.id]
    assert endpoints.delete(made.id).deleted is True
    assert endpoints.list().data == []
    wrong: Any = {"url": "shop/webhook", "enabled_events": ["*"]}
    assert refused(lambda: endpoints.create(wrong)).code == "url_invalid"
    unknown: Any = {"url": receiver.url, "enabled_events": ["payment_intent.updated"]}
    assert refused(lambda: endpoints.create(unknown)).param == "enabled_events[0]"


def test_both_ways_of_sending_a_key(sandbox: RunningSandbox) -> None:
    """Bearer is the SDK's way, Basic is curl's; none, a wrong one or a live one is a 401."""
    url = f"{sandbox.address}/v1/customers"
    assert httpx.get(url, auth=("sk_test_abc", "")).status_code == 200
    assert httpx.get(url).json()["error"]["message"].startswith("You did not provide an API key.")
    live = httpx.get(url, auth=("sk_live_abcdefghijklmnop", ""))
    assert (live.status_code, live.json()["error"]["type"]) == (401, "invalid_request_error")
    assert "abcdefghijkl" not in live.text
    with pytest.raises(stripe.AuthenticationError):
        stripe.StripeClient("nonsense", base_addresses={"api": sandbox.address}).v1.customers.list()
    with pytest.raises(stripe.PermissionError) as publishable:
        stripe.StripeClient("pk_test_abc", base_addresses={"api": sandbox.address}).v1.customers.list()
    assert publishable.value.error
    assert publishable.value.error.code == "secret_key_required"
