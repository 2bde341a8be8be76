"""Events, lists, expansion, webhook endpoints and keys through the official SDK."""

from typing import Any

import httpx
import pytest
import stripe

from stripe_calls import OUTSIDE, paid, refused
from stripe_sandbox.process import RunningSandbox
from webhook_receiver import Receiver


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


def test_a_shop_finds_what_it_missed(
    client: stripe.StripeClient, receiver: Receiver, control: httpx.Client
) -> None:
    """Undelivered events of some types since a mark, older than thirty days never, from the mark upwards."""
    day, events = 24 * 3600, client.v1.events
    client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    types = ["payment_intent.created", "payment_intent.canceled"]
    control.put("/webhooks", json={"lose": -1})
    made = []
    for offset in (0, 20 * day, 29 * day):
        control.put("/clock", json={"offset": offset}).raise_for_status()
        made.append(client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"}))
        client.v1.customers.create({"name": "Ada"})
    control.put("/webhooks", json={"lose": 0})
    client.v1.payment_intents.cancel(made[1].id)
    receiver.wait_for(1)
    while events.retrieve(events.list({"type": "payment_intent.canceled"}).data[0].id).pending_webhooks:
        pass

    def missed(**more: Any) -> list[str]:
        listed = events.list({"types": types, "delivery_success": False, "limit": 1, **more})
        return [event.data.object["id"] for event in listed.auto_paging_iter()]

    assert missed() == [intent.id for intent in reversed(made)]
    assert missed(created={"gte": made[1].created}) == [made[2].id, made[1].id]
    assert missed(created={"gt": made[1].created}) == [made[2].id]
    mark = events.list({"type": types[0], "limit": 3}).data[-1]
    assert mark.data.object["id"] == made[0].id
    assert missed(ending_before=mark.id) == [made[1].id, made[2].id]
    control.put("/clock", json={"offset": 31 * day})
    assert missed() == [made[2].id, made[1].id]
    assert refused(lambda: events.retrieve(mark.id)).code == "resource_missing"


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
