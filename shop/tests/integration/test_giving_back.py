"""The shopkeeper gives money back: from the order's page, from the shell, once, and never too much."""

import uuid

import httpx
import pytest

from money_back import (
    PAGE,
    PRICE,
    buy,
    ledger,
    page_text,
    refund_at_stripe,
    refund_rows,
    refunds_at_stripe,
    sign_in,
    wait_for_refunds,
)
from processes import Shop, run_to_its_end, wait_until
from shop_records import at_once, break_stripe, new_book, order_row, rows, token_of

REFUNDS = "/v1/refunds"
WITHOUT_MONEY = {"sales": -PRICE, "refunds": PRICE}


def post(shop: Shop, order_url: str, door: str, **form: str) -> httpx.Response:
    """What the signed-in shopkeeper's browser posts."""
    return httpx.post(
        f"{shop.url}{order_url}/{door}", data=form, headers=PAGE, cookies=sign_in(shop), timeout=30
    )


def command(shop: Shop, *words: str) -> None:
    run_to_its_end(words[0], "bookshop", *words, directory=shop.directory, environment=shop.environment)


def test_a_part_then_the_rest(shop: Shop) -> None:
    """A part goes back, the page says so, then all that is left; then nothing more."""
    url = buy(shop)
    answer = post(shop, url, "refund", amount="3.00", key=str(uuid.uuid4()), reason="damaged")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{url}#till")
    (row,) = wait_for_refunds(shop, url, "succeeded")
    assert (row["amount"], row["cause"]) == (300, "by the shopkeeper: damaged")
    assert "We refunded <b" in page_text(shop, url)
    too_much = post(shop, url, "refund", amount="20.01", key=str(uuid.uuid4()))
    assert (too_much.status_code, "Of this payment S$20.00 are left" in too_much.text) == (422, True)
    assert post(shop, url, "refund", amount="20.00", key=str(uuid.uuid4())).status_code == 303
    wait_for_refunds(shop, url, "succeeded", "succeeded")
    assert ledger(shop, url) == WITHOUT_MONEY
    assert "the whole amount" in page_text(shop, url)
    assert post(shop, url, "refund", amount="0.01", key=str(uuid.uuid4())).status_code == 422


@pytest.mark.parametrize("amount", ["", "0", "0.00", "-1", "1e2", "abc", "3.001", "9" * 40, "\0", "NaN"])
def test_no_amount(shop: Shop, amount: str) -> None:
    """What is no amount is said in words, and nothing is refunded."""
    url = buy(shop)
    answer = post(shop, url, "refund", amount=amount, key=str(uuid.uuid4()))
    assert answer.status_code == 422
    assert refund_rows(shop, url) == []


def test_fault_55_a_double_click_is_one_refund(shop: Shop) -> None:
    """Ten posts of one form at once: one refund. Stripe is told of one."""
    url, key = buy(shop), str(uuid.uuid4())
    answers = at_once([lambda: post(shop, url, "refund", amount="3.00", key=key)] * 10)
    assert {answer.status_code for answer in answers} == {303}
    wait_for_refunds(shop, url, "succeeded")
    assert [refund["amount"] for refund in refunds_at_stripe(shop, url)] == [300]


def test_fault_55_twenty_refunds_at_once_are_never_too_much(shop: Shop) -> None:
    """Twenty of S$3.00, some from Stripe's Dashboard: as many as the payment holds."""
    url = buy(shop)

    def by_hand() -> int:
        return post(shop, url, "refund", amount="3.00", key=str(uuid.uuid4())).status_code

    def at_stripe() -> int:
        form = {"payment_intent": order_row(shop, url)["payment_intent_id"], "amount": "300"}
        return shop.sandbox.stripe("POST", REFUNDS, **form).status_code

    at_once([by_hand] * 15 + [at_stripe] * 5)
    _wait_until_all_is_told(shop, url)
    made = refunds_at_stripe(shop, url)
    assert sum(refund["amount"] for refund in made) == 2100
    assert _succeeded(shop, url) == {refund["id"] for refund in made}
    assert ledger(shop, url) == {"stripe": 200, "sales": -PRICE, "refunds": 2100}


def test_a_key_of_another_order(shop: Shop) -> None:
    """A form's key that belongs to another order's refund refunds neither."""
    first, second, key = buy(shop), buy(shop), str(uuid.uuid4())
    assert post(shop, first, "refund", amount="3.00", key=key).status_code == 303
    assert post(shop, second, "refund", amount="3.00", key=key).status_code == 422
    assert refund_rows(shop, second) == []


@pytest.mark.parametrize("door", ["refund", "call-off"])
def test_nobody_else_gives_money_back(shop: Shop, door: str) -> None:
    """Without the shopkeeper's cookie there is no such door; with it, not for another site's page."""
    url, form = buy(shop), {"amount": "3.00", "key": str(uuid.uuid4())}
    address = f"{shop.url}{url}/{door}"
    assert httpx.post(address, data=form, headers=PAGE, timeout=30).status_code == 404
    forged = PAGE | {"Sec-Fetch-Site": "cross-site"}
    assert (
        httpx.post(address, data=form, headers=forged, cookies=sign_in(shop), timeout=30).status_code == 403
    )
    assert refund_rows(shop, url) == []
    assert "For the shopkeeper" not in page_text(shop, url)


def test_calling_off_a_paid_order(shop: Shop) -> None:
    """All that is left goes back, the books too, once however often the button is pressed."""
    book = _counted_book(shop)
    url = buy(shop, items=[{"book": book, "quantity": 1}])
    assert post(shop, url, "refund", amount="3.00", key=str(uuid.uuid4())).status_code == 303
    answers = at_once([lambda: post(shop, url, "call-off")] * 5)
    assert {answer.status_code for answer in answers} == {303}
    wait_for_refunds(shop, url, "succeeded", "succeeded")
    assert ledger(shop, url) == WITHOUT_MONEY
    assert order_row(shop, url)["called_off_at"] is not None
    query = "SELECT received, held, sold FROM stock JOIN books ON books.id = book_id WHERE slug = %s"
    assert rows(shop.database_url, query, book) == [{"received": 5, "held": 0, "sold": 0}]
    text = page_text(shop, url)
    assert "the whole amount" in text
    assert "its books will not be sent" in text
    assert "when you asked to cancel it" not in text


def test_calling_off_an_unpaid_order(shop: Shop) -> None:
    """Closed here and at Stripe; nothing was paid, so nothing goes back."""
    url = shop.order().json()["order_url"]
    assert post(shop, url, "call-off").status_code == 303
    assert (order_row(shop, url)["state"], refund_rows(shop, url)) == ("canceled", [])


def test_the_shell_knows_an_order_by_any_name(shop: Shop) -> None:
    """By number, address, id and PaymentIntent; what is wrong is said, with exit status 1."""
    url = buy(shop)
    row = order_row(shop, url)
    text = row["id"].hex[:8].upper()
    for name in (f"{text[:4]}-{text[4:]}", shop.url + url, str(row["id"]), row["payment_intent_id"]):
        command(shop, "refund", name, "1.00", "--reason", "late")
    wait_for_refunds(shop, url, *["succeeded"] * 4)
    command(shop, "cancel", token_of(url))
    wait_for_refunds(shop, url, *["succeeded"] * 5)
    assert ledger(shop, url) == WITHOUT_MONEY
    with pytest.raises(AssertionError, match="There is no order nobody"):
        command(shop, "refund", "nobody")
    with pytest.raises(AssertionError, match=r"0.00 SGD is left"):
        command(shop, "refund", str(row["id"]), "1.00")


@pytest.mark.parametrize(
    "fault",
    [
        {"stage": "after", "drop": True, "times": 3},
        {"stage": "before", "status": 429, "times": 2},
        {"stage": "after", "status": 500, "times": 1},
        {"stage": "inside", "status": 500, "times": 1},
    ],
    ids=["answer lost", "too many", "acted, and an error kept", "an error kept"],
)
def test_fault_56_a_refund_whose_answer_is_lost(breakable_shop: Shop, fault: dict[str, object]) -> None:
    """Whatever becomes of the answer, Stripe makes one refund and the shop knows it."""
    url = buy(breakable_shop)
    break_stripe(breakable_shop, method="POST", path=REFUNDS, **fault)
    assert post(breakable_shop, url, "refund", amount="3.00", key=str(uuid.uuid4())).status_code == 303
    (row,) = wait_for_refunds(breakable_shop, url, "succeeded")
    assert [refund["id"] for refund in refunds_at_stripe(breakable_shop, url)] == [row["stripe_id"]]


@pytest.mark.parametrize(
    ("metadata", "refunds"), [("bookshop_refund", 1), ("something_else", 2)], ids=["found", "control"]
)
def test_fault_19_a_refund_whose_key_is_forgotten(quiet_shop: Shop, metadata: str, refunds: int) -> None:
    """A worker that comes back a day later finds the refund by its mark; without that it makes another."""
    url, key = buy(quiet_shop), str(uuid.uuid4())
    refund_at_stripe(quiet_shop, url, 300, **{f"metadata[{metadata}]": key})
    order = order_row(quiet_shop, url)
    rows(
        quiet_shop.database_url,
        """INSERT INTO refunds (id, order_id, payment_intent_id, amount, currency, state, cause,
               requested_at, changed_at)
           VALUES (%s, %s, %s, 300, 'sgd', 'requested', 'test', now() - interval '24 hours', now())""",
        key,
        order["id"],
        order["payment_intent_id"],
    )
    assert post(quiet_shop, url, "refund", amount="3.00", key=key).status_code == 303
    (row,) = wait_for_refunds(quiet_shop, url, "succeeded")
    made = refunds_at_stripe(quiet_shop, url)
    assert (made[0]["id"], len(made)) == (row["stripe_id"], refunds)


def test_the_dashboard_was_faster_with_a_part(quiet_shop: Shop) -> None:
    """All of it was to go back and Stripe has sent a part already: the rest goes, and no more."""
    url = buy(quiet_shop)
    refund_at_stripe(quiet_shop, url, 300)
    assert post(quiet_shop, url, "call-off").status_code == 303
    wait_for_refunds(quiet_shop, url, "succeeded", "canceled", "succeeded")
    assert sorted(refund["amount"] for refund in refunds_at_stripe(quiet_shop, url)) == [300, 2000]
    assert ledger(quiet_shop, url) == WITHOUT_MONEY


def _counted_book(shop: Shop) -> str:
    slug = new_book(shop.database_url)
    command(shop, "stock", slug, "+5")
    return slug


def _wait_until_all_is_told(shop: Shop, order_url: str) -> None:
    def is_told() -> bool:
        found = refund_rows(shop, order_url)
        open_ones = [row for row in found if row["state"] in {"requested", "pending"}]
        made = {refund["id"] for refund in refunds_at_stripe(shop, order_url)}
        return not open_ones and made <= {row["stripe_id"] for row in found}

    wait_until(is_told, "every refund to be told")


def _succeeded(shop: Shop, order_url: str) -> set[str]:
    return {row["stripe_id"] for row in refund_rows(shop, order_url) if row["state"] == "succeeded"}
