"""A purchase through the shop's doors, with the sandbox as Stripe and a mailbox as the customer's."""

import concurrent.futures
import secrets

import httpx
import pytest

from processes import Shop, wait_until


@pytest.fixture
def address() -> str:
    """An e-mail address that only this test uses."""
    return f"{secrets.token_hex(8)}@example.com"


def test_a_paid_order_is_confirmed_on_its_page_and_by_one_mail(shop: Shop, address: str) -> None:
    """The page and the mail name the amount charged and the PaymentIntent."""
    placed = shop.order(email=address)
    assert placed.status_code == 201
    order = placed.json()
    intent_id = order["client_secret"].partition("_secret_")[0]
    paid = shop.sandbox.pay(order["client_secret"])
    assert paid.json()["status"] == "succeeded"

    page = httpx.get(order["return_url"], follow_redirects=True, timeout=30)
    assert page.status_code == 200
    assert intent_id in page.text
    assert "23.00" in page.text
    assert shop.status(order["order_url"])["state"] == "paid"

    mails = wait_until(lambda: shop.mails(address), "the confirmation mail")
    assert intent_id in mails[0]["text"]
    assert "23.00" in mails[0]["text"]
    assert len(shop.mails(address)) == 1


def test_an_order_is_settled_by_the_webhook_alone(shop: Shop, address: str) -> None:
    """The customer closes the tab while paying and never sees the order page; the mail comes all the same."""
    order = shop.order(email=address).json()
    shop.sandbox.pay(order["client_secret"])
    wait_until(lambda: shop.mails(address), "the confirmation mail")


def test_a_declined_card_is_followed_by_another_on_the_same_order(shop: Shop, address: str) -> None:
    """One order and one PaymentIntent, however many cards it takes."""
    key = secrets.token_urlsafe(24)
    first = shop.order(email=address, checkout_key=key).json()
    declined = shop.sandbox.pay(first["client_secret"], "4000000000009995")
    assert declined.status_code == 402
    assert declined.json()["error"]["decline_code"] == "insufficient_funds"
    assert shop.status(first["order_url"])["state"] == "awaiting_payment"

    second = shop.order(email=address, checkout_key=key)
    assert second.status_code == 200
    assert second.json() == first
    shop.sandbox.pay(first["client_secret"])
    wait_until(lambda: shop.status(first["order_url"])["state"] == "paid", "the order to be paid")


def test_a_double_click_places_one_order(shop: Shop, address: str) -> None:
    """Two requests at once with one checkout key meet in one order and one PaymentIntent."""
    key = secrets.token_urlsafe(24)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: shop.order(email=address, checkout_key=key), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.text for answer in answers}) == 1


def test_a_mail_server_that_is_busy_is_asked_again(own_shop: Shop, address: str) -> None:
    """A 4xx answer postpones the mail; it still comes, and once."""
    own_shop.misbehave("451 4.3.0 Try again later")
    order = own_shop.order(email=address).json()
    own_shop.sandbox.pay(order["client_secret"])
    wait_until(lambda: own_shop.mails(address), "the confirmation mail at the second try")
    assert len(own_shop.mails(address)) == 1


def test_a_mail_that_may_have_arrived_is_repeated_under_the_same_name(own_shop: Shop, address: str) -> None:
    """When the mail server's answer is lost the mail goes out again, recognisable by its Message-ID."""
    own_shop.misbehave(None)
    order = own_shop.order(email=address).json()
    own_shop.sandbox.pay(order["client_secret"])
    mails = wait_until(lambda: len(found := own_shop.mails(address)) > 1 and found, "the mail's second copy")
    assert len({mail["message_id"] for mail in mails}) == 1
    assert mails[0]["message_id"]
