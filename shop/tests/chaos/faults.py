"""What goes wrong in a run, and when: a schedule in numbers of orders, made from a seed.

The seed decides which customer has which habit and behind which order each fault begins; how the processes
interleave is the machine's affair, so a rerun brings the same faults to the same orders, not the same race.
"""

import hashlib
import random
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault. `share` of the orders meet its begin; a run has at least `least` of them.

    Of the kinds of one `group` a customer has one at most; those of group "" are no customer's. Nobody who
    has a habit of `unless` gets this one: it would never come about. What needs customers of a habit to come
    about names it in `needs`.
    """

    name: str
    words: str
    share: float
    least: int = 2
    group: str = ""
    unless: frozenset[str] = frozenset()
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Onset:
    """A fault that begins when order number `order` does."""

    kind: str
    order: int
    seed: str

    def chance(self) -> random.Random:
        """The source of this onset's figures: how many requests it strikes, how long it lasts."""
        return random.Random(f"{self.seed}:{self.kind}:{self.order}")  # noqa: S311  chance, no secret


LEAVES = frozenset({"abandoned", "canceled"})
IS_GONE = LEAVES | {"tab_closed", "canceled_while_paying", "debit_failed", "last_copy"}

# Stripe refunds nothing of what a bank disputes, and what was refunded needs no warning of fraud.
NO_REFUND = IS_GONE | {"disputed", "dispute_won", "dispute_lost", "fraud_warned"}

# The cart of a debit that failed is empty: its order is paid from the order's page.
ONE_TITLE = LEAVES | {"last_copy", "whole_cart"}

KINDS = (
    Kind("double_click", "the customer presses Pay twice at once", 0.10, 4, "pressing"),
    Kind("two_tabs", "the customer orders the same thing in two tabs at once", 0.05, 3, "pressing"),
    Kind("last_copy", "several customers want the last copies of one book", 0.08, 12, "wish"),
    Kind("whole_cart", "the customer orders a cart of several titles", 0.15, 6, "wish"),
    Kind("tab_closed", "the customer pays and never comes back", 0.15, 8, "ending"),
    Kind("abandoned", "the customer orders and never pays", 0.06, 4, "ending"),
    Kind("canceled", "the customer gives the order up before paying", 0.04, 4, "ending"),
    Kind("paid_late", "the customer pays when the order is about to expire", 0.02, 4, "ending"),
    Kind("canceled_while_paying", "canceled in one window, paid in the other", 0.06, 5, "ending"),
    Kind("declined_first", "a declined card, then a good one", 0.10, 5, "way", LEAVES),
    Kind(
        "authenticated", "a card that asks for 3-D Secure, and is not always answered", 0.08, 5, "way", LEAVES
    ),
    Kind("other_method", "PayNow, GrabPay, Alipay or a European method", 0.15, 8, "way", LEAVES),
    Kind("debit_failed", "a SEPA debit that is accepted, then fails", 0.02, 4, "way", ONE_TITLE),
    Kind("disputed", "a card whose owner disputes the payment at once", 0.02, 4, "way", LEAVES),
    Kind("dispute_won", "a dispute that the shopkeeper answers, and wins", 0.01, 3, "way", IS_GONE),
    Kind("dispute_lost", "a dispute that the shopkeeper answers, and loses", 0.01, 3, "way", IS_GONE),
    Kind("fraud_warned", "a card whose bank reports the payment as fraud", 0.01, 3, "way", IS_GONE),
    Kind(
        "confirm_answer_lost", "Stripe takes the payment, and its page never hears so", 0.05, 4, "way", LEAVES
    ),
    Kind("replayed_post", "the order is posted again after it was paid", 0.06, 4, "after", IS_GONE),
    Kind("refunded_at_stripe", "the shopkeeper refunds in Stripe's Dashboard", 0.04, 4, "after", NO_REFUND),
    Kind(
        "refunded_twice_at_once", "the shopkeeper presses Refund twice at once", 0.04, 4, "after", NO_REFUND
    ),
    Kind("called_off", "the shopkeeper cancels a paid order", 0.02, 3, "after", NO_REFUND),
    Kind("web_killed", "kill -9 of a web server", 0.002, 2),
    Kind("worker_killed", "kill -9 of a worker", 0.002, 2),
    Kind("web_and_worker_killed", "kill -9 of a web server and a worker at once", 0.001, 1),
    Kind("deployed", "a web server and a worker are asked to stop, and started again", 0.001, 1),
    Kind("postgres_killed", "kill -9 of PostgreSQL with all its processes", 0.001, 1),
    Kind("worker_paused", "a worker is stopped for a while and goes on as if nothing were", 0.001, 1),
    Kind("connections_terminated", "PostgreSQL ends every connection of the shop", 0.002, 2),
    Kind("stripe_429", "Stripe has had too many requests", 0.02, 3),
    Kind("stripe_500", "Stripe fails before it acts", 0.02, 3),
    Kind("stripe_500_after_acting", "Stripe acts, and answers 500 to this key from then on", 0.01, 2),
    Kind("stripe_unreachable", "nobody answers at Stripe's address for seconds", 0.002, 1),
    Kind("stripe_request_lost", "a request never reaches Stripe", 0.02, 3),
    Kind("stripe_answer_lost", "Stripe acts, and its answer never arrives", 0.02, 3),
    Kind("stripe_answer_late", "Stripe acts, and answers when nobody waits any more", 0.01, 2),
    Kind("stripe_answer_cut", "half of Stripe's answer arrives", 0.02, 3),
    Kind("stripe_silent", "a request disappears without a sound", 0.005, 2),
    Kind("stripe_slow", "Stripe takes its time", 0.03, 4),
    Kind("stripe_clock_ahead", "Stripe's clock is ahead for a while", 0.002, 1),
    Kind("price_changed", "a book costs more or less while people look at its checkout", 0.01, 3),
    Kind(
        "payments_held",
        "methods that leave their payments in processing for a while",
        0.004,
        2,
        needs="other_method",
    ),
    Kind("webhooks_off", "every event is lost, for seconds", 0.002, 1),
    Kind("webhook_lost", "an event is never delivered", 0.05, 6),
    Kind("webhook_doubled", "an event is delivered several times at once", 0.05, 6),
    Kind("webhook_late", "an event is delivered seconds late", 0.05, 6),
    Kind("webhook_reordered", "events are kept back and delivered in another order", 0.02, 3),
    Kind("webhook_answer_lost", "the shop takes an event, and Stripe never hears so", 0.03, 4),
    Kind("webhook_forged", "an event that Stripe did not sign, or not now", 0.03, 6),
    Kind("webhook_replayed", "a genuine event is sent again by somebody else", 0.03, 4),
    Kind("mail_refused", "the mail server refuses a mail for now", 0.02, 3),
    Kind("mail_answer_lost", "the mail server takes a mail, and breaks off before it says so", 0.02, 3),
    Kind("mail_server_down", "nobody answers at the mail server's address for seconds", 0.002, 1),
)
BY_NAME: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}

# Nothing begins before the first customers have been served, nor so late that nobody would meet it.
FIRST, LAST = 0.02, 0.98

# Further customers for each kind that has not come about.
ONCE_MORE = 4


class Schedule:
    """Which faults begin with which order. The same seed, orders and kinds give the same schedule."""

    def __init__(self, seed: int, orders: int, names: Collection[str]) -> None:
        self.seed = seed
        self.orders = orders
        self._all = orders
        self.kinds = [kind for kind in KINDS if kind.name in names]
        self._onsets: dict[int, list[Onset]] = defaultdict(list)
        for group in dict.fromkeys(kind.group for kind in self.kinds if kind.group):
            self._give_habits(group)
        for kind in self.kinds:
            if not kind.group:
                self._spread(kind)

    def habits(self, order: int) -> frozenset[str]:
        """What the customer of this order does."""
        return frozenset(onset.kind for onset in self._onsets[order] if BY_NAME[onset.kind].group)

    def begins(self, order: int) -> list[Onset]:
        """The faults around the customers that begin with this order."""
        return [onset for onset in self._onsets[order] if not BY_NAME[onset.kind].group]

    def digest(self) -> str:
        """Eight characters that two runs share when their schedules are the same."""
        lines = [f"{order} {onset.kind}" for order in range(self.orders) for onset in self._onsets[order]]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:8]

    def once_more(self, names: Collection[str]) -> range:
        """More orders after the last one, some for each of these kinds, which begins or has them alone."""
        first = self._all
        for name in [*names] * ONCE_MORE:
            for kind in filter(None, (name, BY_NAME[name].needs)):
                self._add(BY_NAME[kind], self._all)
            self._all += 1
        return range(first, self._all)

    def _give_habits(self, group: str) -> None:
        chance = random.Random(f"{self.seed}:{group}")  # noqa: S311  chance, no secret
        free = list(range(self.orders))
        chance.shuffle(free)
        for kind in (kind for kind in self.kinds if kind.group == group):
            # Who takes long comes early, or everybody would wait for the last ones.
            until = self.orders // 3 if kind.name == "paid_late" else self.orders
            fitting = [order for order in free if order < until and not self.habits(order) & kind.unless]
            for order in fitting[: self._count(kind)]:
                free.remove(order)
                self._add(kind, order)

    def _spread(self, kind: Kind) -> None:
        """One onset in each of as many equal stretches, so that faults neither bunch nor leave gaps."""
        chance = random.Random(f"{self.seed}:{kind.name}")  # noqa: S311  chance, no secret
        count = self._count(kind)
        stretch = self.orders * (LAST - FIRST) / count
        for number in range(count):
            self._add(kind, int(self.orders * FIRST + stretch * (number + chance.random())))

    def _count(self, kind: Kind) -> int:
        return max(kind.least, round(kind.share * self.orders))

    def _add(self, kind: Kind, order: int) -> None:
        self._onsets[order].append(Onset(kind.name, order, str(self.seed)))


def named(text: str) -> frozenset[str]:
    """The kinds in "all", "web_killed,webhook_lost" or "all,-postgres_killed".

    Raises:
        ValueError: a name that is none of KINDS.
    """
    chosen: set[str] = set()
    for word in filter(None, (part.strip() for part in text.split(","))):
        names = set(BY_NAME) if word.lstrip("-") == "all" else {word.lstrip("-")}
        if unknown := names - BY_NAME.keys():
            raise ValueError(f"{unknown.pop()} is no kind of fault; they are: {', '.join(BY_NAME)}")
        chosen = chosen - names if word.startswith("-") else chosen | names
    return frozenset(chosen)
