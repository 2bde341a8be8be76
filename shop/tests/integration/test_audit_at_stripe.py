"""`bookshop audit` names what happens at Stripe behind the shop's back."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from audited_shop import Audited, pay_for
from processes import wait_until

Act = Callable[[Audited], object]


def intent_of(audited: Audited, name: str) -> str:
    (row,) = audited.sql(f"SELECT payment_intent_id FROM orders WHERE id = @{name}")  # noqa: S608  ours
    found: str = row["payment_intent_id"]
    return found


def order_of(audited: Audited, name: str) -> str:
    return str(audited.sql(f"SELECT @{name} AS id")[0]["id"])


def ask(audited: Audited, path: str, **form: str) -> None:
    audited.sandbox.stripe("POST", path, **form).raise_for_status()


def a_payment_of_no_order(audited: Audited) -> None:
    pay_for(audited.sandbox, uuid.uuid4())


def a_second_payment(audited: Audited) -> None:
    pay_for(audited.sandbox, order_of(audited, "paid"))


def a_payment_for_a_canceled_order(audited: Audited) -> None:
    pay_for(audited.sandbox, order_of(audited, "canceled"))


def a_second_open_payment(audited: Audited) -> None:
    form = {"amount": "2300", "currency": "sgd", "metadata[bookshop_order]": order_of(audited, "open")}
    ask(audited, "/v1/payment_intents", **form)


def an_open_payment_beside_a_paid_one(audited: Audited) -> None:
    form = {"amount": "2300", "currency": "sgd", "metadata[bookshop_order]": order_of(audited, "paid")}
    ask(audited, "/v1/payment_intents", **form)


def an_open_payment_of_a_closed_order(audited: Audited) -> None:
    form = {"amount": "2300", "currency": "sgd", "metadata[bookshop_order]": order_of(audited, "expired")}
    ask(audited, "/v1/payment_intents", **form)


def another_amount(audited: Audited) -> None:
    ask(audited, f"/v1/payment_intents/{intent_of(audited, 'open')}", amount="2400")


def another_order_in_the_metadata(audited: Audited) -> None:
    path = f"/v1/payment_intents/{intent_of(audited, 'open')}"
    ask(audited, path, **{"metadata[bookshop_order]": order_of(audited, "paid")})


def a_payment_that_nobody_told_of(audited: Audited) -> None:
    path = f"/v1/payment_intents/{intent_of(audited, 'open')}/confirm"
    ask(audited, path, payment_method="pm_card_visa", return_url="https://books.example")


def a_cancellation_that_nobody_told_of(audited: Audited) -> None:
    ask(audited, f"/v1/payment_intents/{intent_of(audited, 'open')}/cancel")


def a_refund_in_the_dashboard(audited: Audited) -> None:
    ask(audited, "/v1/refunds", payment_intent=intent_of(audited, "paid"), amount="100")


def a_dispute_that_nobody_told_of(audited: Audited) -> None:
    def disputes() -> int:
        return len(audited.sandbox.stripe("GET", "/v1/disputes", limit="100").json()["data"])

    before = disputes()
    pay_for(audited.sandbox, order_of(audited, "open"), payment_method="pm_card_createDispute")
    wait_until(lambda: disputes() > before, "the dispute")


ACTS: dict[Act, set[str]] = {
    a_payment_of_no_order: {"payment-has-order"},
    a_second_payment: {"paid-once", "paid-here", "takings-agree", "events-complete"},
    a_payment_for_a_canceled_order: {"paid-here", "takings-agree", "events-complete"},
    a_second_open_payment: {"one-open-payment"},
    an_open_payment_beside_a_paid_one: {"one-open-payment"},
    an_open_payment_of_a_closed_order: {"closed-at-stripe"},
    another_amount: {"amount-agrees"},
    another_order_in_the_metadata: {"order-has-payment", "one-open-payment"},
    a_payment_that_nobody_told_of: {"paid-here", "takings-agree", "events-complete"},
    a_cancellation_that_nobody_told_of: {"events-complete"},
    a_refund_in_the_dashboard: {"refunds-mirrored", "takings-agree", "events-complete"},
    a_dispute_that_nobody_told_of: {"disputes-mirrored", "takings-agree", "events-complete"},
}


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_what_the_shop_was_not_told_is_named(audited_with_stripe: Audited, act: Act) -> None:
    """Each rule compares what it is for, and no other rule cries with it unless it must."""
    act(audited_with_stripe)
    assert audited_with_stripe.broken() == ACTS[act]


def test_news_on_its_way_are_no_damage(audited_with_stripe: Audited) -> None:
    """What happened within the time of patience is not held against the shop; a moved clock is no way out."""
    a_payment_that_nobody_told_of(audited_with_stripe)
    a_refund_in_the_dashboard(audited_with_stripe)
    assert audited_with_stripe.broken(patience=600) == set()
    audited_with_stripe.sandbox.control("PUT", "/_sandbox/clock", offset=7200)
    a_second_payment(audited_with_stripe)
    assert "paid-once" not in audited_with_stripe.broken(patience=600)
    assert "paid-here" in audited_with_stripe.broken(patience=600)


def test_a_window_looks_at_its_orders_alone(audited: Audited) -> None:
    """Damage before the moment that was asked for is not looked at; damage after it is."""
    audited.sql(
        "UPDATE orders SET total = total + 1, created_at = created_at - interval '1 day' WHERE id = @open"
    )
    assert audited.broken() == {"total-adds-up", "amount-agrees"}
    yesterday = datetime.now(UTC) - timedelta(hours=12)
    assert audited.broken(since=yesterday) == set()
    audited.sql("UPDATE orders SET total = total + 1 WHERE id = @paid")
    assert "total-adds-up" in audited.broken(since=yesterday)
