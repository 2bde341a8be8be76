"""Search, lists and totals, as a back office tests them."""

from typing import Any

import pytest
import stripe

from stripe_calls import paid


def ids(found: Any) -> list[str]:
    return [item.id for item in found]


def test_find_a_payment_by_its_order(client: stripe.StripeClient) -> None:
    """By metadata, by amount, by status, both and either, and what is not so."""
    first = paid(client, metadata={"order_id": "6735"})
    second = client.v1.payment_intents.create(
        {"amount": 900, "currency": "eur", "metadata": {"order_id": "6736", "gift": "it's"}}
    )
    find = client.v1.payment_intents.search
    for query, expected in (
        ("metadata['order_id']:'6735'", [first]),
        ('metadata["order_id"]:"6735" AND status:"succeeded"', [first]),
        ('status:"succeeded" amount>1000', [first]),
        ('currency:"eur" OR amount:2300', [second, first]),
        ("amount>=900 AND amount<=900", [second]),
        ('-currency:"eur"', [first]),
        ('metadata["gift"]:"it\'s"', [second]),
        ('-metadata["gift"]:null', [second]),
        ('metadata["gift"]:null', [first]),
        ("created>0", [second, first]),
        ('status:"canceled"', []),
    ):
        assert ids(find({"query": query}).data) == ids(expected), query


def test_find_a_customer_by_a_part_of_the_name(client: stripe.StripeClient) -> None:
    """Whole words in any case, parts of three letters or more; the deleted are not found."""
    jenny = client.v1.customers.create({"name": "Jenny Rosen", "email": "jenny@example.com"})
    gone = client.v1.customers.create({"name": "Jennifer", "email": "jennifer@example.com"})
    client.v1.customers.delete(gone.id)
    for query in ('name~"rosen"', 'email:"JENNY@example.com"', 'email~"jenn" AND name~"jenn"'):
        assert ids(client.v1.customers.search({"query": query}).data) == [jenny.id], query


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "query"),
        ("name", "unable to parse"),
        ('name:"a" AND', "unable to parse"),
        ('name:"a" email:"b" OR phone:"c"', "AND or with OR"),
        ('favourite:"blue"', "unsupported search field"),
        ('metadata:"blue"', "unsupported search field"),
        ('name>"a"', "operator > cannot be used"),
        ('created:"yesterday"', "yesterday is not a number"),
        ('name~"ab"', "at least 3 characters"),
        (" ".join(f'-name:"{n}"' for n in range(11)), "up to 10 clauses"),
    ],
)
def test_a_query_that_cannot_be_read_is_refused(client: stripe.StripeClient, query: str, said: str) -> None:
    """400 on `query`, with what is wrong."""
    with pytest.raises(stripe.InvalidRequestError, match=said) as refused:
        client.v1.customers.search({"query": query})
    assert (refused.value.http_status, refused.value.param) == (400, "query")


def test_search_and_lists_go_on_by_themselves(client: stripe.StripeClient) -> None:
    """`auto_paging_iter` over pages of two, forwards and, from a cursor, backwards."""
    made = [client.v1.customers.create({"name": f"Reader {number}"}).id for number in range(5)]
    found = client.v1.customers.search({"query": 'name~"reader"', "limit": 2})
    assert found.has_more
    assert ids(found.auto_paging_iter()) == made[::-1]
    listed = client.v1.customers.list({"limit": 2})
    assert ids(listed.auto_paging_iter()) == made[::-1]
    newer = client.v1.customers.list({"limit": 2, "ending_before": made[0]})
    assert ids(newer.auto_paging_iter()) == made[1:]
    with pytest.raises(stripe.InvalidRequestError, match="Invalid page"):
        client.v1.customers.search({"query": 'name~"reader"', "page": "2"})


def test_search_expands(client: stripe.StripeClient) -> None:
    """Below `data`, as in lists."""
    paid(client)
    found = client.v1.payment_intents.search(
        {"query": 'status:"succeeded"', "expand": ["data.latest_charge.balance_transaction"]}
    ).data[0]
    assert isinstance(found.latest_charge, stripe.Charge)
    by_card = 'payment_method_details.card.last4:4242 AND disputed:"false"'
    assert ids(client.v1.charges.search({"query": by_card}).data) == [found.latest_charge.id]


def test_money_in_the_balance(client: stripe.StripeClient, sandbox: Any) -> None:
    """What was taken less the fees is pending, then available; refunds take it away; transactions add up."""
    assert client.v1.balance.retrieve().pending[0].amount == 0
    intent = paid(client, capture_method="automatic")
    transactions = client.v1.balance_transactions.list({"type": "charge"}).data
    assert sum(transaction.net for transaction in transactions) == 2300 - 128
    assert [money.amount for money in client.v1.balance.retrieve().pending] == [2172]
    assert [transaction.status for transaction in transactions] == ["pending"]
    sandbox.advance_clock(3 * 24 * 3600)
    assert [one.status for one in client.v1.balance_transactions.list({"type": "charge"})] == ["available"]
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 300})
    balance = client.v1.balance.retrieve()
    assert [(money.currency, money.amount) for money in balance.available] == [("sgd", 1872)]
    assert [money.amount for money in balance.pending] == [0]


def test_who_am_i(client: stripe.StripeClient) -> None:
    """Plugins ask for the account before they show their settings."""
    account = client.v1.accounts.retrieve_current()
    assert (account.country, account.default_currency, account.charges_enabled) == ("SG", "sgd", True)
