"""The mail about money that goes back: told once for each refund, whoever made it."""

import uuid
from functools import partial

from bookshop import mail, orders, refunds
from bookshop.wiring import Shop
from bookshop.workflows import until_done
from bookshop.workflows.deliver_confirmation import Delivery, hand_over
from bookshop.workflows.follow_ups import DELIVER_REFUND_NOTICE


def register(shop: Shop) -> None:
    """Let this process run the workflow; it survives the process and goes on where it stopped."""
    until_done.register(DELIVER_REFUND_NOTICE, step="send_refund_notice", attempt=partial(try_to_tell, shop))


async def try_to_tell(shop: Shop, refund_id: uuid.UUID) -> Delivery:
    """Send the notice unless it has been sent."""
    async with shop.sessions() as session:
        refund = await refunds.get(session, refund_id)
        order = await orders.get(session, refund.order_id)
    message = mail.refund_notice(order, refund, shop.settings)
    return await hand_over(shop, order, mail.purpose_of(refund), message)
