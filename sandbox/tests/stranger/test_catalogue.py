"""Products and prices, as a shop that keeps its catalogue at Stripe tests them."""

from typing import Any

import pytest
import stripe


def test_a_product_with_its_price(client: stripe.StripeClient) -> None:
    """Created in one call, expanded, repriced by lookup key, archived."""
    data: Any = {
        "name": "A book",
        "metadata": {"isbn": "9780262033848"},
        "images": ["https://shop.example/book.jpg"],
        "default_price_data": {"currency": "usd", "unit_amount": 2300},
    }
    book = client.v1.products.create(data | {"expand": ["default_price"]})
    assert isinstance(book.default_price, stripe.Price)
    assert (book.default_price.unit_amount, book.default_price.type) == (2300, "one_time")
    monthly: Any = {"product": book.id, "currency": "usd", "unit_amount": 900, "lookup_key": "monthly"}
    first = client.v1.prices.create(monthly | {"recurring": {"interval": "month"}})
    with pytest.raises(stripe.InvalidRequestError, match="already uses that lookup key"):
        client.v1.prices.create(monthly)
    second = client.v1.prices.create(monthly | {"transfer_lookup_key": True, "unit_amount": 950})
    assert [price.id for price in client.v1.prices.list({"lookup_keys": ["monthly"]}).data] == [second.id]
    assert client.v1.prices.retrieve(first.id).lookup_key is None
    assert client.v1.prices.update(first.id, {"active": False}).active is False
    active = client.v1.prices.list({"product": book.id, "active": True}).data
    assert [price.id for price in active] == [second.id, book.default_price.id]
    owner = client.v1.prices.retrieve(second.id, {"expand": ["product"]}).product
    assert isinstance(owner, stripe.Product)
    assert owner.name == "A book"


def test_change_find_and_delete(client: stripe.StripeClient) -> None:
    """Own ids, updates with events, search, deletion only without prices."""
    client.v1.products.create({"id": "book-1", "name": "First"})
    with pytest.raises(stripe.InvalidRequestError) as twice:
        client.v1.products.create({"id": "book-1", "name": "Again"})
    assert twice.value.code == "resource_already_exists"
    changed = client.v1.products.update("book-1", {"name": "First edition", "description": "Signed"})
    assert (changed.name, changed.description) == ("First edition", "Signed")
    event = client.v1.events.list({"type": "product.updated"}).data[0]
    assert event.data.previous_attributes
    assert event.data.previous_attributes.to_dict() == {"name": "First", "description": None}
    assert [p.id for p in client.v1.products.search({"query": 'name~"edition"'}).data] == ["book-1"]
    price = client.v1.prices.create({"product": "book-1", "currency": "jpy", "unit_amount": 2000})
    found = client.v1.prices.search({"query": 'product:"book-1" AND active:"true"'}).data
    assert [one.id for one in found] == [price.id]
    with pytest.raises(stripe.InvalidRequestError, match="cannot be deleted"):
        client.v1.products.delete("book-1")
    other = client.v1.products.create({"name": "Second"})
    assert client.v1.products.delete(other.id).deleted is True
    assert [product.id for product in client.v1.products.list().data] == ["book-1"]


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"currency": "usd", "unit_amount": 100}, "product"),
        ({"currency": "usd", "product": "book"}, "unit_amount"),
        ({"currency": "xyz", "product": "book", "unit_amount": 100}, "currency"),
        ({"currency": "usd", "product": "book", "unit_amount": -1}, "unit_amount"),
        ({"currency": "usd", "product": "none", "unit_amount": 100}, "product"),
    ],
)
def test_prices_that_make_no_sense(client: stripe.StripeClient, params: Any, param: str) -> None:
    """Each mistake names its parameter."""
    client.v1.products.create({"id": "book", "name": "Book"})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.prices.create(params)
    assert refused.value.param == param
