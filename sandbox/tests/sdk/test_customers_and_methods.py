"""Customers and PaymentMethods through the official SDK."""

from typing import Any

import pytest
import stripe

from stripe_calls import paid, refused


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
