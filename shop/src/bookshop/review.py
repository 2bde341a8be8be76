"""What a person should know of an order: `review_reason`, a line for each thing, written once."""

from bookshop.orders import Order


def flag(order: Order, reason: str) -> None:
    """Write on a locked order what a person should know of it; once, however often it is told."""
    if reason not in reasons(order):
        order.review_reason = "\n".join([*reasons(order), reason])


def reasons(order: Order) -> list[str]:
    """What has been written so far."""
    return order.review_reason.split("\n") if order.review_reason else []
