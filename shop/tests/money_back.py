"""What tests of refunds and disputes do at Stripe and look at in the shop."""

import secrets
from typing import Any

import httpx

import factories
from processes import Shop, wait_until
from shop_records import bring, order_row, rows, token_of, wait_until_state

PRICE = 2300
PAGE = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
GOOD, REFUND_WAITS, REFUND_FAILS = "4242424242424242", "4000000000007726", "4000000000005126"
DISPUTED, INQUIRED = "4000000000000259", "4000000000001976"
REPORTED = "4000000000005423"


def buy(shop: Shop, number: str = GOOD, **changes: Any) -> str:
    """The address of an order that is paid with a card, here and at Stripe."""
    placed = shop.order(**({"email": f"{secrets.token_hex(8)}@example.com"} | changes))
    url: str = placed.json()["order_url"]
    assert shop.sandbox.pay(placed.json()["client_secret"], number).json()["status"] == "succeeded"
    page_text(shop, url)
    wait_until_state(shop, url, "paid")
    return url


def refund_at_stripe(shop: Shop, order_url: str, amount: int | None = None, **form: str) -> dict[str, Any]:
    """Refund as somebody in Stripe's Dashboard does; the refund in Stripe's JSON."""
    form = {"payment_intent": order_row(shop, order_url)["payment_intent_id"]} | form
    if amount is not None:
        form["amount"] = str(amount)
    answer = shop.sandbox.stripe("POST", "/v1/refunds", **form)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def refunds_at_stripe(shop: Shop, order_url: str) -> list[dict[str, Any]]:
    form = {"payment_intent": order_row(shop, order_url)["payment_intent_id"], "limit": "100"}
    found: list[dict[str, Any]] = shop.sandbox.stripe("GET", "/v1/refunds", **form).json()["data"]
    return found


def dispute_at_stripe(shop: Shop, order_url: str) -> dict[str, Any]:
    """The order's dispute, as soon as Stripe has it."""
    form = {"payment_intent": order_row(shop, order_url)["payment_intent_id"]}

    def found() -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = shop.sandbox.stripe("GET", "/v1/disputes", **form).json()["data"]
        return listed

    return wait_until(found, "a dispute at Stripe")[0]


def answer_dispute(shop: Shop, order_url: str, evidence: str) -> None:
    """Hand in evidence, which decides by its text."""
    dispute_id = dispute_at_stripe(shop, order_url)["id"]
    form = {"evidence[uncategorized_text]": evidence, "submit": "true"}
    assert shop.sandbox.stripe("POST", f"/v1/disputes/{dispute_id}", **form).status_code == 200


def refund_rows(shop: Shop, order_url: str) -> list[dict[str, Any]]:
    """The order's refunds as the shop has them, oldest first."""
    query = (
        "SELECT r.* FROM refunds r JOIN orders o ON o.id = order_id WHERE token = %s ORDER BY requested_at"
    )
    return rows(shop.database_url, query, token_of(order_url))


def dispute_rows(shop: Shop, order_url: str) -> list[dict[str, Any]]:
    query = "SELECT d.* FROM disputes d JOIN orders o ON o.id = order_id WHERE token = %s ORDER BY opened_at"
    return rows(shop.database_url, query, token_of(order_url))


def ledger(shop: Shop, order_url: str) -> dict[str, int]:
    """Minor units by account, but for fees, which come when they like."""
    query = """SELECT account, sum(amount)::int AS amount FROM ledger JOIN orders ON orders.id = order_id
               WHERE token = %s AND posting NOT LIKE 'fee:%%' GROUP BY account HAVING sum(amount) <> 0"""
    return {row["account"]: row["amount"] for row in rows(shop.database_url, query, token_of(order_url))}


def fees(shop: Shop, order_url: str) -> dict[str, int]:
    """Minor units that Stripe kept, by balance transaction."""
    query = """SELECT posting, amount::int FROM ledger JOIN orders ON orders.id = order_id
               WHERE token = %s AND account = 'fees'"""
    found = rows(shop.database_url, query, token_of(order_url))
    return {row["posting"].removeprefix("fee:"): row["amount"] for row in found}


def wait_for_refunds(shop: Shop, order_url: str, *states: str) -> list[dict[str, Any]]:
    """The order's refunds, oldest first, once they are in these states."""
    what = f"{order_url} to have refunds {states}"
    wait_until(lambda: sorted(row["state"] for row in refund_rows(shop, order_url)) == sorted(states), what)
    return refund_rows(shop, order_url)


def wait_for_dispute(shop: Shop, order_url: str, status: str) -> dict[str, Any]:
    def has_come() -> bool:
        return [row["status"] for row in dispute_rows(shop, order_url)] == [status]

    wait_until(has_come, f"{order_url} to have a dispute that is {status}")
    return dispute_rows(shop, order_url)[0]


def tell(shop: Shop, stripe_object: dict[str, Any], kind: str) -> str:
    """Bring an event about an object; what became of it."""
    outcome: str = bring(shop, factories.event(stripe_object, kind)).json()["outcome"]
    return outcome


def sign_in(shop: Shop) -> dict[str, str]:
    """The shopkeeper's cookies."""
    form = {"password": "correct horse battery staple"}
    answer = httpx.post(f"{shop.url}/shopkeeper", data=form, headers=PAGE, timeout=30)
    return dict(answer.cookies)


def page_text(shop: Shop, order_url: str, cookies: dict[str, str] | None = None) -> str:
    return httpx.get(shop.url + order_url, headers=PAGE, cookies=cookies, timeout=30).text
