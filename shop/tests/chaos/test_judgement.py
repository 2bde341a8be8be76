"""The oracle of the chaos run can say no: each thing that must not be, in a story that is otherwise fine."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from chaos.judgement import Money, Truth, complaints
from chaos.notes import Note, Notes, Told

ORDER = "7f3a91c2-0000-4000-8000-000000000000"
EMAIL = "customer-0@example.com"
MESSAGE_ID = f"<{ORDER}.confirmation@bookshop.example>"


def payment(intent_id: str, **changes: Any) -> Money:
    intent = {"id": intent_id, "status": "succeeded", "amount_received": 2300, "currency": "sgd"}
    return Money(intent | {"metadata": {"bookshop_order": ORDER}} | changes)


@dataclass
class Story:
    """One customer who bought one book, was told so, and got the mail."""

    order: dict[str, Any] = field(
        default_factory=lambda: {
            "id": ORDER,
            "token": "token",
            "email": EMAIL,
            "state": "paid",
            "total": 2300,
            "currency": "sgd",
            "payment_intent_id": "pi_1",
            "review_reason": None,
        }
    )
    payments: list[Money] = field(default_factory=lambda: [payment("pi_1")])
    shelf: dict[str, int] = field(
        default_factory=lambda: {"received": 5, "held": 0, "sold": 1, "paid_for": 1}
    )
    told: set[Told] = field(default_factory=lambda: {Told.PAID, Told.CHARGED})
    orders: set[str] = field(default_factory=lambda: {"/orders/token"})
    mails: Counter[str] = field(default_factory=lambda: Counter({MESSAGE_ID: 2}))
    forged: int = 0
    to_go_back: int | None = None
    is_warned: bool = False

    def judged(self) -> list[str]:
        money = {one.intent["id"]: one for one in self.payments}
        truth = Truth([self.order], [dict(self.shelf)], money, counts={"forged": self.forged})
        for one in self.payments:
            truth.by_order[one.intent["metadata"].get("bookshop_order", "")].append(one)
        note = Note(0, EMAIL, frozenset(), orders=self.orders, told=self.told, to_go_back=self.to_go_back)
        note.is_warned = self.is_warned
        return complaints(truth, Notes({0: note}), {EMAIL: self.mails})


def unpaid(story: Story, state: str = "awaiting_payment") -> None:
    """Nothing was taken, nobody was told anything."""
    story.order["state"] = state
    story.payments = [payment("pi_1", status="requires_payment_method", amount_received=0)]
    story.told, story.mails = set(), Counter()


def canceled(story: Story, *, status: str = "canceled", told: Told = Told.CANCELED) -> None:
    unpaid(story, "canceled")
    story.payments = [payment("pi_1", status=status, amount_received=2300)]
    story.told = {told}


def charged_twice(story: Story) -> None:
    story.payments.append(payment("pi_2"))


def waits_for_what_has_come(story: Story) -> None:
    unpaid(story)
    story.payments = [payment("pi_1")]


def paid_by_nothing(story: Story) -> None:
    story.payments = [payment("pi_1", status="requires_payment_method")]


def told_paid_in_vain(story: Story) -> None:
    unpaid(story)
    story.told = {Told.PAID}


def open_though_closed(story: Story) -> None:
    canceled(story, status="requires_payment_method")


def stray(story: Story) -> None:
    story.payments.append(payment("pi_9", metadata={"bookshop_order": "nobody"}))


DAMAGES: dict[str, Callable[[Story], object]] = {
    "was charged 2 times": charged_twice,
    "charged 2 times for one purchase": charged_twice,
    "Stripe has not taken its total": paid_by_nothing,
    "in another currency": lambda story: story.order.update(currency="eur"),
    "still waits for a payment that is succeeded": waits_for_what_has_come,
    "Stripe keeps [2300] for it": waits_for_what_has_come,
    "left in processing": lambda story: unpaid(story, "processing"),
    "is closed, and can still be paid": open_though_closed,
    "names no order": stray,
    "an order is lost": lambda story: story.orders.add("/orders/other"),
    "told that it is paid, and it is neither": told_paid_in_vain,
    "told that it is canceled, and charged": lambda story: canceled(story, status="succeeded"),
    "told that it is closed, and charged": lambda story: canceled(
        story, status="succeeded", told=Told.REFUSED
    ),
    "charged, and neither fulfilled nor refunded": lambda story: canceled(
        story, status="succeeded", told=Told.CHARGED
    ),
    "is paid and has 0 confirmations": lambda story: story.mails.clear(),
    "is paid and has 2 confirmations": lambda story: story.mails.update([f"{MESSAGE_ID}2"]),
    "and was confirmed": lambda story: (unpaid(story), story.mails.update([MESSAGE_ID])),
    "2300 were to go back, and 0 did": lambda story: setattr(story, "to_go_back", 2300),
    "a bank reports fraud, and nobody is told": lambda story: setattr(story, "is_warned", True),
    "the shelf does not add up": lambda story: story.shelf.update(sold=2),
    "forged events were recorded": lambda story: setattr(story, "forged", 1),
}


def test_a_good_story_has_no_complaint() -> None:
    """Paid, told so, mailed under one Message-ID, though in two copies; also unpaid, canceled, refunded."""
    assert Story().judged() == []
    for change in (unpaid, canceled):
        story = Story()
        change(story)
        story.shelf.update(sold=0, paid_for=0)
        assert story.judged() == []
    refunded = Story()
    canceled(refunded, status="succeeded")
    refunded.payments[0].refunded = 2300
    assert refunded.judged() == []


@pytest.mark.parametrize("words", DAMAGES)
def test_a_damage_is_named(words: str) -> None:
    """What must not be is said in words that name it."""
    story = Story()
    DAMAGES[words](story)
    assert any(words in complaint for complaint in story.judged()), story.judged()
