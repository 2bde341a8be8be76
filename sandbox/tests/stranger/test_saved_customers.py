"""Customers with saved cards, as a shop with accounts tests them."""

from typing import Any

import pytest
import stripe

OUTSIDE: Any = {"return_url": "https://shop.example/done"}


@pytest.fixture
def customer(client: stripe.StripeClient) -> stripe.Customer:
    return client.v1.customers.create(
        {
            "email": "jenny.rosen@example.com",
            "name": "Jenny Rosen",
            "address": {"line1": "510 Townsend St", "postal_code": "98140", "country": "US"},
            "shipping": {"name": "Jenny", "address": {"line1": "1 Main St", "country": "US"}},
            "preferred_locales": ["en", "ja"],
            "metadata": {"user_id": "42"},
        }
    )


def test_create_with_a_default_payment_method(client: stripe.StripeClient) -> None:
    """One call makes the customer, attaches the card and makes it the default."""
    params: Any = {
        "payment_method": "pm_card_visa",
        "invoice_settings": {"default_payment_method": "pm_card_visa"},
    }
    created = client.v1.customers.create(params)
    saved = client.v1.payment_methods.list({"customer": created.id, "type": "card"}).data
    assert [method.card and method.card.last4 for method in saved] == ["4242"]
    found = client.v1.customers.retrieve(created.id, {"expand": ["invoice_settings.default_payment_method"]})
    assert found.invoice_settings
    default = found.invoice_settings.default_payment_method
    assert isinstance(default, stripe.PaymentMethod)
    assert default.id == saved[0].id


def test_update_keeps_what_is_not_named(client: stripe.StripeClient, customer: stripe.Customer) -> None:
    """Metadata merges, an empty string clears, the rest stays."""
    updated = client.v1.customers.update(
        customer.id, {"name": "Jenny R.", "phone": "", "metadata": {"user_id": "", "tier": "gold"}}
    )
    assert (updated.name, updated.email, updated.phone) == ("Jenny R.", "jenny.rosen@example.com", None)
    assert updated.metadata
    assert updated.metadata.to_dict() == {"tier": "gold"}
    assert updated.address
    assert updated.address.postal_code == "98140"
    assert updated.preferred_locales == ["en", "ja"]


def test_change_the_default_card(client: stripe.StripeClient, customer: stripe.Customer) -> None:
    """Attach two, switch the default, take one away: the other stays; the default is never a stranger's."""
    visa = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    amex = client.v1.payment_methods.attach("pm_card_amex", {"customer": customer.id})
    default: Any = {"invoice_settings": {"default_payment_method": amex.id}}
    client.v1.customers.update(customer.id, default)
    client.v1.payment_methods.detach(visa.id)
    left = client.v1.customers.payment_methods.list(customer.id).data
    assert [method.id for method in left] == [amex.id]
    assert client.v1.customers.payment_methods.retrieve(customer.id, amex.id).card == amex.card
    with pytest.raises(stripe.InvalidRequestError, match="No such PaymentMethod"):
        client.v1.customers.payment_methods.retrieve(customer.id, visa.id)
    other: Any = {"invoice_settings": {"default_payment_method": "pm_none"}}
    with pytest.raises(stripe.InvalidRequestError, match="No such PaymentMethod"):
        client.v1.customers.update(customer.id, other)


def test_detaching_the_default_leaves_none(client: stripe.StripeClient, customer: stripe.Customer) -> None:
    """Nobody is charged a card that is gone."""
    card = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    client.v1.customers.update(customer.id, {"invoice_settings": {"default_payment_method": card.id}})
    client.v1.payment_methods.detach(card.id)
    settings = client.v1.customers.retrieve(customer.id).invoice_settings
    assert settings
    assert settings.default_payment_method is None


def test_charge_later_without_the_customer(client: stripe.StripeClient, customer: stripe.Customer) -> None:
    """Saved on the page, charged off session; a card that wants its holder says so with its intent."""
    saved = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    params: Any = {
        "amount": 2900,
        "currency": "usd",
        "customer": customer.id,
        "off_session": True,
        "confirm": True,
    }
    assert client.v1.payment_intents.create(params | {"payment_method": saved.id}).status == "succeeded"
    wary = client.v1.payment_methods.attach("pm_card_authenticationRequired", {"customer": customer.id})
    with pytest.raises(stripe.CardError) as refused:
        client.v1.payment_intents.create(params | {"payment_method": wary.id})
    assert refused.value.code == "authentication_required"
    assert refused.value.error
    intent = refused.value.error.payment_intent
    assert intent
    assert intent.status == "requires_payment_method"
    again: Any = {"payment_method": wary.id, **OUTSIDE}
    assert client.v1.payment_intents.confirm(intent.id, again).status == "requires_action"


def test_deleting_twice_is_an_error(client: stripe.StripeClient, customer: stripe.Customer) -> None:
    """A deleted customer can be looked at, not used."""
    assert client.v1.customers.delete(customer.id).deleted is True
    for act in (
        lambda: client.v1.customers.delete(customer.id),
        lambda: client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id}),
        lambda: client.v1.payment_intents.create({"amount": 99, "currency": "usd", "customer": customer.id}),
    ):
        with pytest.raises(stripe.InvalidRequestError, match="No such customer") as gone:
            act()
        assert gone.value.code == "resource_missing"


@pytest.mark.parametrize("token", ["invalid", "abcd", "pm_0"])
def test_unknown_methods_are_named(
    client: stripe.StripeClient, customer: stripe.Customer, token: str
) -> None:
    """The message that libraries show to their users."""
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        client.v1.payment_methods.attach(token, {"customer": customer.id})
    assert str(unknown.value.user_message) == f"No such PaymentMethod: '{token}'"
