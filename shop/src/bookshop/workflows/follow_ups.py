"""What has to happen after a commit, written down in that commit; a worker does it later, surely."""

import uuid

from dbos import DBOSClient, EnqueueOptions
from sqlalchemy.ext.asyncio import AsyncSession

from bookshop.database import driver_url

APPLICATION = "bookshop"

# Fixed: what an older release left behind is carried on by a newer one. Workflows that change their steps
# take DBOS's patches instead (docs/decisions/0003-durable-follow-ups.md).
APPLICATION_VERSION = "1"

DELIVER_CONFIRMATION = "deliver_confirmation"
DELIVER_REFUND_NOTICE = "deliver_refund_notice"
REFUND_ORDER = "refund_order"
CLOSE_ORDER = "close_order"
MAIL_QUEUE = "mail"
REFUND_QUEUE = "refunds"
CLOSING_QUEUE = "closing"


class FollowUps:
    """The way to ask for a follow-up inside a transaction of ours."""

    def __init__(self, database_url: str) -> None:
        self._client = DBOSClient(
            system_database_url=driver_url(database_url).render_as_string(hide_password=False),
            application_name=APPLICATION,
            lazy=True,
        )

    async def deliver_confirmation(self, session: AsyncSession, order_id: uuid.UUID) -> None:
        """Owe the customer a confirmation mail from this session's commit on; once, however often asked."""
        await self._owe(session, DELIVER_CONFIRMATION, MAIL_QUEUE, order_id)

    async def deliver_refund_notice(self, session: AsyncSession, refund_id: uuid.UUID) -> None:
        """Owe the customer the mail about a refund, from this session's commit on; once, as above."""
        await self._owe(session, DELIVER_REFUND_NOTICE, MAIL_QUEUE, refund_id)

    async def refund_order(self, session: AsyncSession, refund_id: uuid.UUID) -> None:
        """Owe the refund that was written down, from this session's commit on; once, however often asked."""
        await self._owe(session, REFUND_ORDER, REFUND_QUEUE, refund_id)

    async def close_order(self, session: AsyncSession, order_id: uuid.UUID) -> None:
        """Let an order be closed whose payments were declined too often; once, however often asked."""
        await self._owe(session, CLOSE_ORDER, CLOSING_QUEUE, order_id)

    async def _owe(self, session: AsyncSession, workflow: str, queue: str, subject: uuid.UUID) -> None:
        options: EnqueueOptions = {
            "workflow_name": workflow,
            "queue_name": queue,
            "workflow_id": f"{workflow}:{subject}",
            "app_version": APPLICATION_VERSION,
        }
        await session.run_sync(
            lambda sync: self._client.enqueue_in_transaction(sync, options, str(subject)),
        )

    async def forget(self, workflow_ids: list[str]) -> None:
        """Delete workflows that ended long ago, with all that the engine wrote down about them."""
        await self._client.delete_workflows_async(workflow_ids)

    def close(self) -> None:
        """Give back the connections."""
        self._client.destroy()
