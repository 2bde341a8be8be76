"""Work that does not give up: a step tried until it is done, with pauses that outlive the process."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterator

import structlog
from dbos import DBOS

from bookshop import workers
from bookshop.database import TROUBLE

log = structlog.get_logger()

# What a try answers that wants another one.
LATER = "later"

FIRST_PAUSE = 5.0
LONGEST_PAUSE = 900.0
TRIES = 300

# Seconds for one try. A worker that stands still (SIGSTOP, a paused machine) is taken for dead after a
# silence; when it wakes, the time of the try that it was in is over before another worker's can have begun.
TRY_LIMIT = workers.SILENCE.total_seconds() - workers.BEAT - 2

# Tries of one kind that a worker makes at the same time; those that pause between two tries do not count.
TRIES_AT_ONCE = 8


# Workers that may die over one workflow before it is put aside for a person. All that a dying worker has in
# hand counts the death, whatever caused it; a low figure would put aside what only waits for its turn.
DEATHS = 1000


class NotDoneError(Exception):
    """Days of tries were in vain; the workflow ends in error, where the shopkeeper can see it."""


def register(
    name: str, *, step: str, attempt: Callable[[uuid.UUID], Awaitable[str]], limit: float = TRY_LIMIT
) -> None:
    """Let this process run the workflow `name`, which calls `attempt` until it answers other than LATER.

    The workflow takes one argument, the id of what it is about as text, hands it to each try, and returns the
    last answer. A try must be safe to repeat: a process that dies in one leaves it to another, from its
    beginning. It has `limit` seconds.
    What passes by itself (a mail server or Stripe that is away) is for the try to answer LATER to; the
    database's troubles are caught here. Any other exception is a mistake of ours and ends the workflow in
    error; `bookshop workflows restart` tries again once it is mended.

    `name` and `step` are written into the database with each run: they stay as they are (decision 0003).
    """
    turns = asyncio.Semaphore(TRIES_AT_ONCE)

    @DBOS.step(name=step)
    async def try_once(subject: str) -> str:
        try:
            async with turns, asyncio.timeout(limit):
                return str(await attempt(uuid.UUID(subject)))
        except TROUBLE as error:
            # A passing trouble must not end the story, or what is owed would never be done.
            log.warning("a follow-up waits", workflow=name, subject=subject, error=type(error).__name__)
            return LATER
        except Exception:
            log.exception("a follow-up failed", workflow=name, subject=subject)
            raise

    @DBOS.workflow(name=name, max_recovery_attempts=DEATHS)
    async def persevere(subject: str) -> str:
        for pause in pauses():
            answer = await try_once(subject)
            if answer != LATER:
                return answer
            await DBOS.sleep_async(pause)
        log.error("a follow-up was tried in vain for days", workflow=name, subject=subject)
        raise NotDoneError(name, subject)


def pauses() -> Iterator[float]:
    """Seconds between tries: five, doubling up to a quarter of an hour, for about three days."""
    pause = FIRST_PAUSE
    for _ in range(TRIES):
        yield pause
        pause = min(pause * 2, LONGEST_PAUSE)
