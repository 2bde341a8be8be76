"""Orders that wait too long: Stripe is asked, the PaymentIntent ends, the order closes; a payment wins."""

import secrets
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest

import attempts
import factories
from bookshop.snapshots import NextAction
from bookshop.stripe_calls import WORKERS_PATIENCE
from bookshop.workflows.expire_orders import AUTHORISED, STILL_PAYING, expire_orders, to_be_left
from bookshop.workflows.rounds import SILENT
from opened_shop import OpenedShop
from processes import Shop, run_to_its_end
from shop_records import (
    at_once,
    break_stripe,
    history,
    intent_id,
    make_older,
    mend_stripe,
    order_row,
    rows,
    token_of,
    wait_until_state,
)

CHALLENGED = "4000002760003184"


@pytest.fixture(autouse=True)
def _none_too_old(request: pytest.FixtureRequest) -> None:
    """What earlier tests left open has only been placed just now."""
    if "still_shop" in request.fixturenames:
        shop: Shop = request.getfixturevalue("still_shop")
        rows(shop.database_url, "UPDATE orders SET created_at = now() WHERE state = 'awaiting_payment'")


def expire(shop: Shop) -> Counter[str]:
    """One run of the story, in this process, over the running shop's database and sandbox."""
    with OpenedShop(shop.database_url, shop.sandbox, patience=WORKERS_PATIENCE) as opened:
        return opened.run(expire_orders(opened.shop))


def waited_too_long(shop: Shop, **changes: Any) -> httpx.Response:
    placed = shop.order(**changes)
    for _ in range(3):
        make_older(shop, placed.json()["order_url"])
    return placed


def status_at_stripe(shop: Shop, placed: httpx.Response) -> str:
    answer: dict[str, Any] = shop.sandbox.stripe("GET", f"/v1/payment_intents/{intent_id(placed)}").json()
    return f"{answer['status']} {answer['cancellation_reason'] or ''}".strip()


def test_an_abandoned_order_expires_here_and_at_stripe(still_shop: Shop) -> None:
    """Its PaymentIntent ends as abandoned, the page says so and leads to a new order; once is enough."""
    young, old = still_shop.order(), waited_too_long(still_shop)
    order_url = old.json()["order_url"]
    assert expire(still_shop) == Counter({"expired": 1})
    assert history(still_shop, order_url) == [("expired", "waited too long")]
    assert status_at_stripe(still_shop, old) == "canceled abandoned"
    text = httpx.get(still_shop.url + order_url, timeout=30).text
    assert "This order waited too long" in text
    assert "You have not been charged" in text
    assert "Buy again" in text
    assert still_shop.sandbox.pay(old.json()["client_secret"]).status_code == 400
    assert order_row(still_shop, young.json()["order_url"])["state"] == "awaiting_payment"
    assert expire(still_shop) == Counter()


def test_story_1_a_payment_that_nobody_told_us_of_is_not_expired(still_shop: Shop) -> None:
    """Paid at Stripe, the webhook lost, the order old: asked first, it is paid."""
    placed = waited_too_long(still_shop)
    still_shop.sandbox.pay(placed.json()["client_secret"])
    assert expire(still_shop) == Counter({"paid": 1})
    assert order_row(still_shop, placed.json()["order_url"])["cancel_refused_by"] is None


def test_money_on_its_way_is_waited_for(still_shop: Shop) -> None:
    """Approved and processing: neither expired nor offered to be paid again."""
    still_shop.sandbox.control("PUT", "/_sandbox/payments", hold="processing")
    placed = waited_too_long(still_shop)
    attempts.answer(attempts.begin(still_shop, placed, "grabpay"), "authorize")
    assert expire(still_shop) == Counter({"processing": 1})
    assert expire(still_shop) == Counter()
    assert status_at_stripe(still_shop, placed) == "processing"
    assert order_row(still_shop, placed.json()["order_url"])["cancel_refused_by"] is None


@pytest.mark.parametrize(("hours", "reason"), [(1, STILL_PAYING), (-1, None)])
def test_a_voucher_that_can_still_be_paid_is_waited_for(hours: int, reason: str | None) -> None:
    """Where Stripe names the end of an attempt the order waits for it, and no longer."""
    end = datetime.now(UTC) + timedelta(hours=hours)
    action = NextAction("pix_display_qr_code", end)
    assert to_be_left(factories.payment("", status="requires_action", next_action=action)) == reason


def test_money_that_is_set_aside_is_left_to_a_person(still_shop: Shop) -> None:
    """Somebody turned the intent to manual capture: nothing is taken, nothing is thrown away."""
    placed = waited_too_long(still_shop)
    path = f"/v1/payment_intents/{intent_id(placed)}"
    still_shop.sandbox.stripe("POST", path, capture_method="manual").raise_for_status()
    assert still_shop.sandbox.pay(placed.json()["client_secret"]).json()["status"] == "requires_capture"
    assert expire(still_shop) == Counter({AUTHORISED: 1})
    assert order_row(still_shop, placed.json()["order_url"])["state"] == "awaiting_payment"


def test_an_order_without_a_payment_is_closed_at_once(still_shop: Shop) -> None:
    """Its PaymentIntent was never opened: nothing has to be asked, even while Stripe is away."""
    key = secrets.token_urlsafe(24)
    break_stripe(still_shop, path="/v1/*", times=0, drop=True)
    assert still_shop.order(checkout_key=key).status_code == 503
    older = "UPDATE orders SET created_at = now() - interval '1 day' WHERE checkout_key = %s"
    rows(still_shop.database_url, older, key)
    assert expire(still_shop) == Counter({"expired": 1})
    mend_stripe(still_shop)


def test_a_silent_stripe_leaves_it_for_later(still_shop: Shop) -> None:
    """Nothing is closed on a guess; the next run, with Stripe back, closes it."""
    placed = waited_too_long(still_shop)
    break_stripe(still_shop, path="/v1/*", times=0, status=500)
    assert expire(still_shop) == Counter({SILENT: 1})
    assert order_row(still_shop, placed.json()["order_url"])["state"] == "awaiting_payment"
    mend_stripe(still_shop)
    assert expire(still_shop) == Counter({"expired": 1})


def test_an_order_flagged_for_a_person_does_not_stay_open(still_shop: Shop) -> None:
    """Money of another payment was given back by rule; its own, never paid, ends like any other."""
    placed = waited_too_long(still_shop)
    flag = "UPDATE orders SET review_reason = 'second payment pi_other for one order' WHERE token = %s"
    rows(still_shop.database_url, flag, token_of(placed.json()["order_url"]))
    assert expire(still_shop) == Counter({"expired": 1})


def test_story_15_expiry_gives_the_copies_back(still_shop: Shop) -> None:
    """The last copy, held by an order that nobody paid, can be bought again."""
    book = "working-in-public"
    count = "INSERT INTO stock SELECT id, 1, 0, 0 FROM books WHERE slug = %s"
    rows(still_shop.database_url, count, book)
    order = {"items": [{"book": book, "quantity": 1}], "total": 2800}
    waited_too_long(still_shop, **order)
    assert still_shop.order(**order).status_code == 422
    assert expire(still_shop) == Counter({"expired": 1})
    assert still_shop.order(**order).status_code == 201


def test_paying_and_expiring_at_the_same_moment(still_shop: Shop) -> None:
    """Twenty-four customers press Pay while their orders expire: each ends as Stripe says, never both."""
    placed = [waited_too_long(still_shop) for _ in range(24)]
    at_once([lambda: expire(still_shop), *[partial(pay, still_shop, one) for one in placed]])
    agree_with_stripe(still_shop, placed)


def test_story_2_3d_secure_while_the_order_expires(still_shop: Shop) -> None:
    """The bank says yes in the moment in which the order is closed: paid, or expired and never charged."""
    placed = [waited_too_long(still_shop) for _ in range(24)]
    challenges = [challenge(still_shop, one) for one in placed]
    at_once(
        [lambda: expire(still_shop), *[lambda url=url: httpx.post(url, timeout=30) for url in challenges]]
    )
    agree_with_stripe(still_shop, placed)


def test_canceling_expiring_and_paying_at_the_same_moment(still_shop: Shop) -> None:
    """The customer's second window cancels, the first one pays, and the clock runs out: one of the three."""
    placed = [waited_too_long(still_shop) for _ in range(12)]
    acts: list[Callable[[], object]] = [lambda: expire(still_shop)]
    for one in placed:
        acts += [partial(cancel, still_shop, one), partial(pay, still_shop, one)]
    at_once(acts)
    agree_with_stripe(still_shop, placed)


def pay(shop: Shop, placed: httpx.Response) -> httpx.Response:
    return shop.sandbox.pay(placed.json()["client_secret"])


def cancel(shop: Shop, placed: httpx.Response) -> httpx.Response:
    headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
    return httpx.post(f"{shop.url}{placed.json()['order_url']}/cancel", headers=headers, timeout=60)


def challenge(shop: Shop, placed: httpx.Response) -> str:
    """Confirm with a card whose bank asks; the address at which it hears "yes"."""
    intent = shop.sandbox.pay(placed.json()["client_secret"], CHALLENGED).json()
    source = intent["next_action"]["use_stripe_sdk"]["three_d_secure_2_source"]
    shop.sandbox.stripe("POST", "/v1/3ds2/authenticate", key=shop.sandbox.publishable_key, source=source)
    return f"{shop.sandbox.url}/3ds2/challenge/{source}/authorize"


def agree_with_stripe(shop: Shop, placed: list[httpx.Response]) -> None:
    """Once everything is asked, each order is in the one state that its PaymentIntent calls for."""
    run_to_its_end(
        "reconcile", "bookshop", "reconcile", "--now", directory=shop.directory, environment=shop.environment
    )
    ends = {
        "succeeded": "paid",
        "canceled abandoned": "expired",
        "canceled requested_by_customer": "canceled",
    }
    for one in placed:
        order_url = one.json()["order_url"]
        state = ends[status_at_stripe(shop, one)]
        wait_until_state(shop, order_url, state)
        row = order_row(shop, order_url)
        assert [entry for entry, _ in history(shop, order_url)] == [state]
        assert row["review_reason"] is None
        takings = "SELECT amount FROM ledger WHERE account = 'sales' AND order_id = %s"
        brought = [line["amount"] for line in rows(shop.database_url, takings, row["id"])]
        assert brought == ([-2300] if state == "paid" else [])
