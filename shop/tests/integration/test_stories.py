"""Stories that other shops tell of lost orders and double charges, played with a real Stripe sandbox.

Those that need a browser, a running shop or no Stripe at all stand in other files: docs/reliability.md lists
them all.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

import factories
from bookshop import orders, payments, refund_calls, refunds
from bookshop.errors import PaymentsUnavailableError
from bookshop.orders import Order, State
from bookshop.refunds import Refund
from bookshop.settlement import Outcome
from bookshop.snapshots import PaymentSnapshot
from bookshop.workflows.cancel_order import cancel_order
from bookshop.workflows.open_payment import open_payment
from bookshop.workflows.reconcile import reconcile
from bookshop.workflows.refund_order import try_to_refund
from bookshop.workflows.settle_payment import Cause, ask_stripe
from opened_shop import OpenedShop, event
from processes import Sandbox, wait_until

ASKS_THE_BANK, DISPUTED = "4000002760003184", "4000000000000259"


@pytest.fixture
def opened(database_url: str, sandbox: Sandbox) -> Iterator[OpenedShop]:
    with OpenedShop(database_url, sandbox) as opened:
        yield opened
    sandbox.control("DELETE", "/_sandbox/faults")


def pay(opened: OpenedShop, payment: PaymentSnapshot, card: str = "4242424242424242") -> dict[str, Any]:
    assert payment.client_secret is not None
    answer: dict[str, Any] = opened.sandbox.pay(payment.client_secret, card).json()
    return answer


def settled(opened: OpenedShop, order: Order) -> Outcome:
    outcome, _ = opened.run(ask_stripe(opened.shop, opened.order(order.id), cause=Cause.RECONCILER))
    return outcome


@pytest.mark.parametrize("cause", [Cause.EXPIRY, Cause.CUSTOMER])
def test_paid_at_stripe_while_we_close_the_order(opened: OpenedShop, cause: Cause) -> None:
    """Story 1: no word of the payment reached us; closing asks Stripe first, and the payment wins."""
    opened.count(1)
    order = opened.place()
    assert pay(opened, opened.open(order))["status"] == "succeeded"
    opened.run(cancel_order(opened.shop, order.id, cause=cause))
    assert opened.order(order.id).state == State.PAID
    assert opened.shelf == (0, 0, 1)
    assert opened.owed == [f"deliver_confirmation:{order.id}"]


def test_the_bank_is_slower_than_the_hold(opened: OpenedShop) -> None:
    """Story 2: the order expires while its customer is at the bank; nothing is taken, the copy is free."""
    opened.count(1)
    order = opened.place()
    action = pay(opened, opened.open(order), ASKS_THE_BANK)["next_action"]
    source = action["use_stripe_sdk"]["three_d_secure_2_source"]
    opened.run(cancel_order(opened.shop, order.id, cause=Cause.EXPIRY))
    assert (opened.order(order.id).state, opened.shelf) == (State.EXPIRED, (1, 0, 0))
    httpx.post(f"{opened.sandbox.url}/3ds2/challenge/{source}/authorize", timeout=30)
    assert settled(opened, order) == Outcome.UNCHANGED
    (intent,) = opened.intents_of(order)
    assert (intent["status"], intent["amount_received"]) == ("canceled", 0)
    assert opened.order(order.id).state == State.EXPIRED


@pytest.mark.parametrize("stage", ["before", "after"])
def test_the_answer_to_the_opening_is_lost(opened: OpenedShop, stage: str) -> None:
    """Story 7: Stripe acted or not, and nobody can know; the next try finds the one PaymentIntent."""
    order = opened.place()
    fault = {"method": "POST", "path": "/v1/payment_intents", "stage": stage, "drop": True, "times": 0}
    opened.sandbox.control("POST", "/_sandbox/faults", **fault)
    with pytest.raises(PaymentsUnavailableError):
        opened.run(open_payment(opened.shop, order))
    opened.sandbox.control("DELETE", "/_sandbox/faults")
    assert opened.open(order).id == opened.open(order).id
    assert len(opened.intents_of(order)) == 1


def test_a_canceled_intent_is_not_offered_again(opened: OpenedShop) -> None:
    """Story 8: the key of an opening that ended canceled leads to a closed order, never to a payment."""
    order = opened.place()
    payment = opened.open(order)
    path = f"/v1/payment_intents/{payment.id}/cancel"
    opened.sandbox.stripe("POST", path, cancellation_reason="requested_by_customer").raise_for_status()
    answer = opened.run(open_payment(opened.shop, opened.order(order.id)))
    assert not isinstance(answer, PaymentSnapshot)
    assert opened.order(order.id).state == State.CANCELED
    assert len(opened.intents_of(order)) == 1


def test_a_stale_payload_is_not_believed(opened: OpenedShop) -> None:
    """Story 18: an old `processing` arrives after the bank said no; Stripe is asked, the order is open."""
    order = opened.place()
    payment = opened.open(order)
    stale = factories.intent(order.id, id=payment.id, status="processing", amount_received=0)
    outcome = opened.take(event(json.loads(factories.event(stale, "payment_intent.processing"))))
    assert (outcome, opened.order(order.id).state) == ("unchanged", State.AWAITING_PAYMENT)


def test_an_event_before_our_own_note(opened: OpenedShop) -> None:
    """Story 4: paid through a PaymentIntent whose id was never written down; its event finds the order."""
    order = opened.place()
    payment = opened.open(order)
    opened.rows("UPDATE orders SET payment_intent_id = NULL, payment_status = NULL WHERE id = %s", order.id)
    pay(opened, payment)
    (told,) = opened.events("payment_intent.succeeded", of=payment.id)
    assert opened.take(told) == "paid"
    assert opened.order(order.id).payment_intent_id == payment.id


def test_a_key_that_stripe_has_forgotten(opened: OpenedShop) -> None:
    """Story 7: the answer was lost a day ago; what the forgotten key has made is looked for and found."""
    order = opened.place()
    lose_answers(opened, "payment_intents")
    with pytest.raises(PaymentsUnavailableError):
        opened.run(open_payment(opened.shop, order))
    forget_keys(opened)
    opened.rows("UPDATE orders SET created_at = created_at - interval '25 hours'")
    assert [one["id"] for one in opened.intents_of(order)] == [opened.open(order).id]


def test_an_hour_of_lost_webhooks(opened: OpenedShop) -> None:
    """Story 5: nobody comes back and no event arrives; the reconciler reads Stripe's list and pays."""
    order = opened.place()
    pay(opened, opened.open(order))
    report = opened.run(reconcile(opened.shop, settling=timedelta(0)))
    assert opened.changes(order) == ["paid"]
    assert report.repairs.total() == 1
    assert opened.run(reconcile(opened.shop, settling=timedelta(0))).repairs.total() == 0


def lose_answers(opened: OpenedShop, path: str) -> None:
    fault = {"method": "POST", "path": f"/v1/{path}", "stage": "after", "drop": True, "times": 0}
    opened.sandbox.control("POST", "/_sandbox/faults", **fault)


def forget_keys(opened: OpenedShop) -> None:
    """Stripe is well again, and a day has gone by."""
    opened.sandbox.control("DELETE", "/_sandbox/faults")
    opened.sandbox.control("DELETE", "/_sandbox/idempotency_keys")


def refund_due(opened: OpenedShop) -> Refund:
    """A refund of a paid order that was written down and that Stripe has not heard of."""
    order = opened.place()
    payment = opened.open(order)
    pay(opened, payment)
    assert settled(opened, order) == Outcome.PAID

    async def ask(session: Any) -> Refund:
        locked = await orders.locked(session, order.id)
        assert locked is not None
        asked = await refunds.request(session, locked, payment.id, locked.money, cause="asked for")
        assert isinstance(asked, Refund)
        return asked

    return opened.commit(ask)


def refunds_at_stripe(opened: OpenedShop, refund: Refund) -> list[dict[str, Any]]:
    answer = opened.sandbox.stripe("GET", "/v1/refunds", payment_intent=refund.payment_intent_id)
    made: list[dict[str, Any]] = answer.raise_for_status().json()["data"]
    return made


def test_the_answer_to_a_refund_is_lost(opened: OpenedShop) -> None:
    """Story 16: Stripe made it and we do not know; the next tries find that one, and it stands once."""
    refund = refund_due(opened)
    lose_answers(opened, "refunds")
    assert opened.run(try_to_refund(opened.shop, refund.id)) == "later"
    opened.sandbox.control("DELETE", "/_sandbox/faults")
    opened.run(try_to_refund(opened.shop, refund.id))
    opened.run(try_to_refund(opened.shop, refund.id))
    (made,) = refunds_at_stripe(opened, refund)
    (kept,) = opened.rows("SELECT stripe_id, amount, state FROM refunds")
    assert kept == {"stripe_id": made["id"], "amount": refund.amount, "state": "succeeded"}
    query = "SELECT sum(amount)::int AS left FROM ledger WHERE account = 'stripe'"
    assert opened.rows(query) == [{"left": 0}]


def test_a_refund_whose_key_stripe_has_forgotten(opened: OpenedShop) -> None:
    """Story 16: half the money went back and nobody heard of it for a day; it does not go back again."""
    refund = refund_due(opened)
    opened.rows("UPDATE refunds SET amount = amount / 2")
    lose_answers(opened, "refunds")
    assert opened.run(try_to_refund(opened.shop, refund.id)) == "later"
    forget_keys(opened)
    assert opened.run(try_to_refund(opened.shop, refund.id)) == "made"
    assert [one["amount"] for one in refunds_at_stripe(opened, refund)] == [refund.amount // 2]


def test_one_refund_at_stripe_for_one_written_down(opened: OpenedShop) -> None:
    """Two workers carry out the same refund of half the money: it is made once, not twice."""
    refund = refund_due(opened)
    half = refund.amount // 2
    opened.rows("UPDATE refunds SET amount = %s", half)
    refund.amount = half
    made = opened.at_once([refund_calls.carry_out(opened.shop.stripe, refund) for _ in range(2)])
    assert made[0].id == made[1].id
    assert [one["amount"] for one in refunds_at_stripe(opened, refund)] == [half]


@pytest.mark.parametrize(
    ("evidence", "status", "lost"), [("winning_evidence", "won", 0), ("losing_evidence", "lost", 2300)]
)
def test_a_dispute_ends_and_the_order_goes_on(
    opened: OpenedShop, evidence: str, status: str, lost: int
) -> None:
    """Story 17: opened, answered, won or lost; each event changes the dispute, none the order's state."""
    order = opened.place()
    payment = opened.open(order)
    pay(opened, payment, DISPUTED)
    wait_until(lambda: opened.events("charge.dispute.funds_withdrawn", of=payment.id), "the dispute")
    opened.take_all(of=payment.id)
    (dispute,) = opened.rows("SELECT stripe_id, status FROM disputes")
    assert dispute["status"] == "needs_response"
    path = f"/v1/disputes/{dispute['stripe_id']}"
    form = {"evidence[uncategorized_text]": evidence, "submit": "true"}
    opened.sandbox.stripe("POST", path, **form).raise_for_status()
    wait_until(lambda: opened.events("charge.dispute.closed", of=payment.id), "its end")
    opened.take_all(of=payment.id)
    assert opened.rows("SELECT status FROM disputes") == [{"status": status}]
    taken = "SELECT coalesce(sum(amount), 0)::int AS lost FROM ledger WHERE account = 'disputes'"
    assert opened.rows(taken) == [{"lost": lost}]
    assert opened.changes(order) == ["paid"]


@pytest.mark.parametrize("order_reference", [None, "cart-77", "6f1a0a52-7d2c-4b1e-9a53-0d9a4f1f7c11"])
def test_another_application_on_the_same_account(opened: OpenedShop, order_reference: str | None) -> None:
    """Next in line: its payments and events move nothing here, and are answered so that they stop coming."""
    order = opened.place()
    opened.open(order)
    metadata = {"metadata[bookshop_order]": order_reference} if order_reference else {}
    foreign = opened.sandbox.stripe(
        "POST",
        "/v1/payment_intents",
        amount="2300",
        currency="sgd",
        confirm="true",
        payment_method="pm_card_visa",
        return_url="https://elsewhere.example/",
        **metadata,
    ).raise_for_status()
    (told,) = opened.events("payment_intent.succeeded", of=foreign.json()["id"])
    assert opened.take(told) in {"not ours", "unknown order"}
    assert (opened.changes(order), opened.rows("SELECT id FROM refunds")) == ([], [])


def test_the_same_intent_for_every_visit(opened: OpenedShop) -> None:
    """Next in line: however often an order's payment is opened, at once or later, it is the same one."""
    order = opened.place()
    first = opened.at_once([open_payment(opened.shop, order) for _ in range(5)])
    again = [opened.open(order) for _ in range(3)]
    ids = {payment.id for payment in [*first, *again] if isinstance(payment, PaymentSnapshot)}
    assert len(ids) == len(opened.intents_of(order)) == 1


def test_opening_after_paying(opened: OpenedShop) -> None:
    """Next in line: the back button after paying; the finished PaymentIntent is not handed out again."""
    order = opened.place()
    pay(opened, opened.open(order))
    answer = opened.run(open_payment(opened.shop, opened.order(order.id)))
    assert not isinstance(answer, PaymentSnapshot)
    assert opened.order(order.id).state == State.PAID


def test_reading_an_unknown_payment_is_an_error_not_a_state(opened: OpenedShop) -> None:
    """Another account's key: no answer about the payment, so nothing is concluded from it."""
    with pytest.raises(PaymentsUnavailableError):
        opened.run(payments.read(opened.shop.stripe, "pi_of_somebody_else"))
