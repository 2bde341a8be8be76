"""What an event of Stripe's calls for: a story asks Stripe what it must, and hands back what to do."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from bookshop.payments import VerifiedEvent
from bookshop.settlement import Outcome
from bookshop.wiring import Shop
from bookshop.workflows.settle_payment import Cause

# Done inside the transaction that records the event; what became of it, in a word.
Effect = Callable[[AsyncSession], Awaitable[str]]

Story = Callable[[Shop, VerifiedEvent, Cause], Awaitable[Effect | None]]


async def not_ours(_session: AsyncSession) -> str:
    """The effect of an event about another application's object."""
    return Outcome.NOT_OURS.value


async def gone(_session: AsyncSession) -> str:
    """The effect of an event about an object that Stripe no longer knows."""
    return "gone"
