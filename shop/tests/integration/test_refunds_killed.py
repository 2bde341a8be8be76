"""Refunds while workers die, and what the audit says when everything that can go back has gone back."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx

import factories
from money_back import (
    DISPUTED,
    PAGE,
    PRICE,
    REFUND_FAILS,
    answer_dispute,
    buy,
    ledger,
    refund_at_stripe,
    refund_rows,
    refunds_at_stripe,
    sign_in,
    tell,
    wait_for_dispute,
    wait_for_refunds,
)
from processes import Shop, run_to_its_end, wait_until
from shop_records import break_stripe, bring, fall_silent, order_row, paid_intent

REFUNDS = "/v1/refunds"


def test_a_worker_dies_while_stripe_refunds(own_shop: Shop) -> None:
    """kill -9 between Stripe's act and its answer: the next worker finds the refund, and makes no other."""
    url = buy(own_shop)
    own_shop.sandbox.control("PUT", "/_sandbox/webhooks", lose=-1)
    break_stripe(own_shop, method="POST", path=REFUNDS, stage="after", latency_ms=60_000)
    _post(own_shop, url, "refund", amount="3.00")
    wait_until(lambda: refunds_at_stripe(own_shop, url), "the refund at Stripe")
    own_shop.worker.kill()
    fall_silent(own_shop, own_shop.worker)
    assert [row["state"] for row in refund_rows(own_shop, url)] == ["requested"]
    own_shop.start_worker()
    (row,) = wait_for_refunds(own_shop, url, "succeeded")
    assert [refund["id"] for refund in refunds_at_stripe(own_shop, url)] == [row["stripe_id"]]
    assert ledger(own_shop, url) == {"stripe": PRICE - 300, "sales": -PRICE, "refunds": 300}


def test_page_shell_and_dashboard_at_once(shop: Shop) -> None:
    """Three processes give the whole payment back at the same moment: it goes back once."""
    url = buy(shop)
    intent = order_row(shop, url)["payment_intent_id"]
    with ThreadPoolExecutor(3) as pool:
        calls = [
            pool.submit(_command, shop, "refund", url),
            pool.submit(_post, shop, url, "refund", amount="23.00"),
            pool.submit(shop.sandbox.stripe, "POST", REFUNDS, payment_intent=intent),
        ]
        for call in calls:
            call.exception()
    wait_until(lambda: ledger(shop, url) == {"sales": -PRICE, "refunds": PRICE}, "the money to be back")
    wait_until(lambda: "requested" not in _states(shop, url), "every refund to be decided")
    assert _states(shop, url).count("succeeded") == 1
    assert [refund["amount"] for refund in refunds_at_stripe(shop, url)] == [PRICE]


def test_the_audit_holds_after_all_that_went_back(own_shop: Shop) -> None:
    """Called off, refunded in part, failed, disputed and lost, returned by rule: each rule still holds."""
    called_off, part, failed = buy(own_shop), buy(own_shop), buy(own_shop, REFUND_FAILS)
    disputed = buy(own_shop, DISPUTED)
    _post(own_shop, called_off, "call-off")
    _post(own_shop, part, "refund", amount="3.00")
    refund_at_stripe(own_shop, failed)
    wait_for_dispute(own_shop, disputed, "needs_response")
    answer_dispute(own_shop, disputed, "losing_evidence")
    returned = _pay_a_canceled_order(own_shop)
    wait_for_refunds(own_shop, called_off, "succeeded")
    wait_for_refunds(own_shop, part, "succeeded")
    wait_for_refunds(own_shop, failed, "failed")
    wait_for_dispute(own_shop, disputed, "lost")
    wait_for_refunds(own_shop, returned, "succeeded")
    wait_until(lambda: ledger(own_shop, disputed) == {"sales": -PRICE, "disputes": PRICE}, "the ledger")
    for url in (called_off, part, returned):
        email = order_row(own_shop, url)["email"]
        wait_until(lambda email=email: own_shop.mails(email), "the mails")
    wait_until(lambda: _audit_is_clean(own_shop), "a clean audit")


def _post(shop: Shop, order_url: str, door: str, **form: str) -> None:
    """What the shopkeeper's browser posts."""
    form["key"] = str(uuid.uuid4())
    address = f"{shop.url}{order_url}/{door}"
    answer = httpx.post(address, data=form, headers=PAGE, cookies=sign_in(shop), timeout=30)
    assert answer.status_code == 303, answer.text


def _command(shop: Shop, *words: str) -> None:
    run_to_its_end(words[0], "bookshop", *words, directory=shop.directory, environment=shop.environment)


def _states(shop: Shop, order_url: str) -> list[str]:
    return [row["state"] for row in refund_rows(shop, order_url)]


def _pay_a_canceled_order(shop: Shop) -> str:
    """An order that is canceled in the shop in the moment in which it is paid at Stripe."""
    shop.sandbox.control("PUT", "/_sandbox/webhooks", hold=True)
    placed = shop.order(email=f"{uuid.uuid4().hex}@example.com")
    url: str = placed.json()["order_url"]
    shop.sandbox.pay(placed.json()["client_secret"])
    canceled = paid_intent(shop, placed, status="canceled", amount_received=0)
    bring(shop, factories.event(canceled, "payment_intent.canceled"))
    assert tell(shop, paid_intent(shop, placed), "payment_intent.succeeded") == "flagged"
    shop.sandbox.control("PUT", "/_sandbox/webhooks", hold=False)
    shop.sandbox.control("POST", "/_sandbox/webhooks/release", order="as_sent")
    return url


def _audit_is_clean(shop: Shop) -> bool:
    try:
        _command(shop, "audit", "--patience", "1")
    except AssertionError:
        return False
    return True
