"""A second PaymentIntent of one order, however it came about, is closed before anybody can pay it."""

import uuid

from bookshop.orders import Order
from bookshop.snapshots import PaymentSnapshot
from bookshop.workflows.open_payment import open_payment
from opened_shop import OpenedShop
from processes import Shop
from shop_records import intent_id, order_row


def opened_with_an_old_look(shop: Shop, order_id: uuid.UUID) -> object:
    """Open the payment of an order as it was before it had one, under a key that nobody has used."""
    with OpenedShop(shop.database_url, shop.sandbox) as opened:
        order: Order = opened.order(order_id)
        order.payment_intent_id, order.opening = None, 7
        return opened.run(open_payment(opened.shop, order))


def test_the_second_of_two_payments_is_put_away(shop: Shop) -> None:
    """The customer gets the order's own PaymentIntent, and the other one can no longer be paid."""
    placed = shop.order()
    order = order_row(shop, placed.json()["order_url"])
    opened = opened_with_an_old_look(shop, order["id"])
    assert isinstance(opened, PaymentSnapshot)
    assert opened.id == intent_id(placed)
    listed = shop.sandbox.stripe("GET", "/v1/payment_intents", limit="100").json()["data"]
    states = {
        one["id"]: one["status"]
        for one in listed
        if one["metadata"].get("bookshop_order") == str(order["id"])
    }
    assert states.pop(opened.id) == "requires_payment_method"
    assert list(states.values()) == ["canceled"]
    assert order_row(shop, placed.json()["order_url"])["state"] == "awaiting_payment"
