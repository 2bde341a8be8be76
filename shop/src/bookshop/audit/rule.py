"""What a rule of the audit is."""

from dataclasses import dataclass
from enum import Enum


class Source(Enum):
    """Whose word a rule needs."""

    SHOP = "the shop's database"
    STRIPE = "the shop's database and Stripe"


@dataclass(frozen=True, slots=True)
class Rule:
    """What must always hold, and the query whose rows break it.

    `name` never changes once it is published: tests, documents and alarms name it. The columns of the query
    are what a report shows of a row, so each begins with an id that somebody can search for. Queries read the
    tables of the shop and the temporary ones of `workspace.py`.
    """

    name: str
    sentence: str
    query: str
    source: Source = Source.SHOP
