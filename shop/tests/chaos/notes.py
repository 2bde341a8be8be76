"""What the customers were told: written down as they hear it, compared with the truth at the end."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class Told(StrEnum):
    """What a customer has been told, by the shop or by Stripe's form in its page."""

    PAID = "paid"
    CANCELED = "canceled"
    EXPIRED = "expired"
    CLOSED = "closed"
    DECLINED = "declined"
    CHARGED = "charged"
    REFUSED = "refused"


@dataclass(slots=True)
class Basket:
    """What the checkout page showed: copies by book, alone or as the visitor's cart."""

    key: str
    copies: dict[str, int]
    currency: str
    total: int
    is_cart: bool = False


@dataclass(slots=True)
class Note:
    """One customer's story. `total` is what the checkout page showed, in minor units of `currency`.

    `orders` are addresses of orders, `intents` ids of PaymentIntents, `done` the habits that came about, and
    `gave_up` says what a customer got stuck at. `to_go_back` is what the shop has promised to refund,
    `is_warned` whether the card's bank has reported fraud.
    """

    number: int
    email: str
    habits: frozenset[str]
    total: int = 0
    currency: str = "sgd"
    orders: set[str] = field(default_factory=set)
    intents: set[str] = field(default_factory=set)
    told: set[Told] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    basket: Basket | None = None
    gave_up: str | None = None
    is_sold_out: bool = False
    to_go_back: int | None = None
    is_warned: bool = False

    def __str__(self) -> str:
        habits = ", ".join(sorted(self.habits)) or "plain"
        told = ", ".join(sorted(self.told)) or "nothing"
        return f"customer {self.number} ({habits}; orders {sorted(self.orders)}; told {told})"


@dataclass(slots=True)
class Notes:
    """All customers' notes; `answers` counts the shop's HTTP statuses, `met` the habits that came about.

    `broken` is what was answered with 500, the word for a mistake of the shop's, by what was asked for.
    """

    customers: dict[int, Note] = field(default_factory=dict)
    answers: Counter[int] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)

    def complain(self, note: Note | None, words: str) -> None:
        """Something that must not happen, seen by a customer."""
        self.complaints.append(f"{words}: {note}" if note else words)
