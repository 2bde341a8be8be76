"""When the town has come to rest: nothing is still to be done, so that nothing moves while it is judged.

Before that a judge would see orders and payments half way between two states. `left_to_do` is cheap, however
many orders there are; both sides are compared in full only when it finds nothing.
"""

import math
import time
from dataclasses import dataclass, field

from chaos import judgement
from chaos.judgement import Truth
from chaos.notes import Notes
from chaos.town import Town, until

# After the faults have stopped everything must be right within this.
SECONDS_TO_BE_WHOLE = 60.0

# Orders that nobody pays are closed at the first tick of a minute after they are past their time.
SECONDS_TO_REST = 150.0

LEFT = {
    "mails owed": """
        SELECT count(*) FROM orders WHERE state = 'paid'
        AND NOT EXISTS (SELECT FROM mails WHERE order_id = orders.id AND state = 'sent')""",
    "orders processing": "SELECT count(*) FROM orders WHERE state = 'processing'",
    "orders past their time": """
        SELECT count(*) FROM orders WHERE state = 'awaiting_payment'
        AND coalesce(payment_action_until, '-infinity') <= now()""",
    "closed orders that can be paid": """
        SELECT count(*) FROM orders WHERE state IN ('canceled', 'expired')
        AND payment_intent_id IS NOT NULL AND payment_status NOT IN ('succeeded', 'canceled')""",
    "refunds to be made": "SELECT count(*) FROM refunds WHERE state = 'requested'",
    "workflows": """
        SELECT count(*) FROM dbos.workflow_status WHERE status IN ('PENDING', 'ENQUEUED', 'DELAYED')""",
    "event lists unread": """
        SELECT 1 - count(*) AS count FROM event_mark WHERE read_until >= to_timestamp(%(stopped)s)""",
}

# The last thing that was done, but for the closing of orders that nobody paid.
LAST_DONE = """
    SELECT extract(epoch FROM greatest(
        (SELECT max(at) FROM order_changes WHERE to_state <> 'expired'),
        (SELECT max(at) FROM ledger),
        (SELECT max(sent_at) FROM mails),
        (SELECT max(changed_at) FROM refunds),
        (SELECT max(received_at) FROM stripe_events WHERE type <> 'payment_intent.canceled')))::float AS at"""


@dataclass(slots=True)
class Rest:
    """How it all stood in the end. Seconds are counted from the moment in which the faults stopped.

    `whole` is when the last thing was mended, `closed` when no order waited any more; the judgement took
    `judged` seconds.
    """

    truth: Truth
    audit: str
    complaints: list[str] = field(default_factory=list)
    whole: float = 0.0
    closed: float = 0.0
    judged: float = 0.0


async def come_to_rest(town: Town, notes: Notes, stopped: float) -> Rest:
    """Wait until nothing is left to do, and judge; `stopped` is when the faults did, in seconds since 1970.

    The shop does it by itself, with nothing but what runs in production. What nobody has paid by now grows
    too old at once, so that the orders that wait are closed, too.
    """
    await town.grow_all_old()
    rest = None

    async def is_right() -> bool:
        nonlocal rest
        if await left_to_do(town, stopped):
            return False
        closed = time.time() - stopped
        rest = await _judged(town, notes)
        rest.closed = closed
        return not rest.complaints

    unready = []
    try:
        await until(is_right, "the shop to rest", seconds=SECONDS_TO_REST, pause=0.5)
    except TimeoutError:
        if left := await left_to_do(town, stopped):
            unready.append(f"still at work {SECONDS_TO_REST:.0f} s after the faults: {left}")
    rest = rest or await _judged(town, notes)
    rest.whole = max(0.0, (await town.rows(LAST_DONE))[0]["at"] - stopped)
    if rest.whole > SECONDS_TO_BE_WHOLE:
        unready.append(f"the last thing was mended only {rest.whole:.1f} s after the faults")
    rest.complaints = unready + rest.complaints
    return rest


async def left_to_do(town: Town, stopped: float) -> str:
    """What the shop still has to do by itself, in words; nothing when it is done."""
    values = {"stopped": math.ceil(stopped)}
    counts = {words: (await town.rows(query, values))[0]["count"] for words, query in LEFT.items()}
    return ", ".join(f"{count} {words}" for words, count in counts.items() if count)


async def _judged(town: Town, notes: Notes) -> Rest:
    begun = time.monotonic()
    truth = await judgement.look(town)
    status, audit = await town.audit()
    rest = Rest(truth, audit, judgement.complaints(truth, notes, town.postbox.received))
    if status:
        rest.complaints.append(f"bookshop audit ends with {status}; what it says stands below")
    rest.judged = time.monotonic() - begun
    return rest
