"""What holds in a shop's database after every single step, whatever has happened so far.

Each query finds what breaks its rule. Nothing here asks Stripe or waits for anything: what takes a while to
come true is for `bookshop audit` at the end.
"""

import psycopg
from psycopg.rows import dict_row

INVARIANTS = {
    "an order is paid exactly when it has one invoice": """
        SELECT o.id, o.state FROM orders o LEFT JOIN invoices i ON i.order_id = o.id
        GROUP BY o.id, o.state HAVING count(i.number) <> (o.state = 'paid')::int""",
    "invoice numbers run from 1 without a gap": """
        SELECT count(*) FROM invoices
        HAVING count(*) <> coalesce(max(number), 0) OR count(*) <> (SELECT last FROM invoice_counter)""",
    "each posting adds up to nothing": """
        SELECT posting FROM ledger GROUP BY posting, currency HAVING sum(amount) <> 0 OR count(*) <> 2""",
    "a paid order has brought in its total, by its own PaymentIntent": """
        SELECT o.id FROM orders o LEFT JOIN ledger l
          ON l.posting = 'charge:' || o.payment_intent_id AND l.account = 'stripe'
        WHERE o.state = 'paid' AND l.amount IS DISTINCT FROM o.total""",
    "no more goes back than a payment brought": """
        SELECT r.payment_intent_id FROM refunds r LEFT JOIN ledger l
          ON l.posting = 'charge:' || r.payment_intent_id AND l.account = 'stripe'
        WHERE r.state NOT IN ('failed', 'canceled')
        GROUP BY r.payment_intent_id, l.amount HAVING sum(r.amount) > coalesce(l.amount, 0)""",
    "money that pays no order is on its way back": """
        SELECT l.posting FROM ledger l JOIN orders o ON o.id = l.order_id
        WHERE l.posting LIKE 'charge:%' AND l.account = 'stripe'
          AND NOT (o.state = 'paid' AND l.posting = 'charge:' || o.payment_intent_id)
          AND NOT EXISTS (SELECT FROM refunds r WHERE 'charge:' || r.payment_intent_id = l.posting)
          AND NOT EXISTS (SELECT FROM disputes d WHERE d.order_id = o.id)""",
    "counts of copies are the sums of what happened to them": """
        SELECT s.book_id FROM stock s
        WHERE s.received <> (SELECT sum(copies) FROM stock_receipts c WHERE c.book_id = s.book_id)
           OR s.held <> (SELECT coalesce(sum(quantity), 0) FROM stock_holds h
                         WHERE h.book_id = s.book_id AND h.state = 'held')
           OR s.sold <> (SELECT coalesce(sum(quantity), 0) FROM stock_holds h
                         WHERE h.book_id = s.book_id AND h.state = 'sold')
           OR s.held + s.sold > s.received""",
    "copies are held for open orders and sold with paid ones": """
        SELECT o.id, o.state, h.state FROM orders o JOIN stock_holds h ON h.order_id = o.id
        WHERE h.state <> CASE o.state WHEN 'paid' THEN 'sold' WHEN 'canceled' THEN 'released'
                                      WHEN 'expired' THEN 'released' ELSE 'held' END""",
    "the history leads from the placing to the present state": """
        SELECT o.id FROM orders o WHERE o.state <>
          (SELECT to_state FROM order_changes c WHERE c.order_id = o.id ORDER BY c.id DESC LIMIT 1)""",
    # Money for an expired order whose books are still there pays it after all; nothing else is undone.
    "orders change on the known ways alone": """
        SELECT order_id, from_state, to_state FROM order_changes
        WHERE from_state <> to_state AND (from_state, to_state) NOT IN (VALUES
          ('awaiting_payment', 'processing'), ('awaiting_payment', 'paid'), ('awaiting_payment', 'canceled'),
          ('awaiting_payment', 'expired'), ('processing', 'awaiting_payment'), ('processing', 'paid'),
          ('processing', 'canceled'), ('processing', 'expired'), ('expired', 'paid'))""",
    "an event is recorded with its outcome": "SELECT id FROM stripe_events WHERE outcome = ''",
    "a paid order owes its mail, once, and an unpaid one owes none": """
        SELECT o.id, o.state FROM orders o LEFT JOIN dbos.workflow_status w
          ON w.workflow_uuid = 'deliver_confirmation:' || o.id
        WHERE (w.workflow_uuid IS NOT NULL) <> (o.state = 'paid')""",
    "a refund that Stripe has not heard of is owed": """
        SELECT r.id FROM refunds r WHERE r.state = 'requested' AND NOT EXISTS
          (SELECT FROM dbos.workflow_status w WHERE w.workflow_uuid = 'refund_order:' || r.id)""",
}


def broken(connection: psycopg.Connection) -> dict[str, list[dict[str, object]]]:
    """The invariants that do not hold, with what breaks them."""
    found = {}
    with connection.cursor(row_factory=dict_row) as cursor:
        for name, query in INVARIANTS.items():
            if rows := cursor.execute(query).fetchall():  # type: ignore[call-overload]
                found[name] = rows
    return found
