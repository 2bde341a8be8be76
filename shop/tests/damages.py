"""Damages to a healthy shop's database, each with the rules of the audit that must name it, and no others.

`@paid` stands for the id of the order by that name (audited_shop.py).
"""

from typing import NamedTuple


class Damage(NamedTuple):
    """What was done, the SQL that does it, and the rules that must say so."""

    what: str
    sql: str
    rules: set[str]


# What nobody has paid has none of what a payment brings.
MADE_UP_PAYMENT = {
    "paid-is-whole",
    "one-invoice",
    "one-sale-a-line",
    "ledger-charges",
    "one-receipt",
    "follow-up-owed",
    "paid-at-stripe",
}

ORDERS = (
    Damage(
        "total changed",
        "UPDATE orders SET total = total + 1 WHERE id = @open",
        {"total-adds-up", "amount-agrees"},
    ),
    Damage("line deleted", "DELETE FROM order_lines WHERE order_id = @canceled", {"total-adds-up"}),
    Damage(
        "line of another price",
        "UPDATE order_lines SET unit_amount = 1 WHERE order_id = @paid",
        {"total-adds-up"},
    ),
    Damage(
        "moment of payment cleared", "UPDATE orders SET paid_at = NULL WHERE id = @paid", {"paid-is-whole"}
    ),
    Damage(
        "moment without payment",
        "UPDATE orders SET paid_at = now() WHERE id = @canceled",
        {"unpaid-is-undated"},
    ),
    Damage(
        "state forced to paid",
        "UPDATE orders SET state = 'paid' WHERE id = @open",
        MADE_UP_PAYMENT | {"history-complete"},
    ),
    Damage(
        "paid order reopened",
        """UPDATE orders SET state = 'awaiting_payment' WHERE id = @paid""",
        {
            "unpaid-is-undated",
            "history-complete",
            "no-invoice-unpaid",
            "holds-end",
            "ledger-charges",
            "stray-money-refunded",
            "no-receipt-unpaid",
            "paid-here",
        },
    ),
    Damage(
        "history line deleted",
        "DELETE FROM order_changes WHERE order_id = @paid AND to_state = 'paid'",
        {"history-complete"},
    ),
    Damage("history gone", "DELETE FROM order_changes WHERE order_id = @canceled", {"history-complete"}),
    Damage(
        "a way that no order goes",
        """INSERT INTO order_changes (order_id, at, from_state, to_state, cause) VALUES
           (@canceled, now(), 'canceled', 'awaiting_payment', 'x'),
           (@canceled, now(), 'awaiting_payment', 'canceled', 'x')""",
        {"history-legal"},
    ),
    Damage(
        "change without a cause",
        "UPDATE order_changes SET cause = '' WHERE order_id = @paid",
        {"history-legal"},
    ),
    Damage(
        "order forgotten",
        "UPDATE orders SET created_at = created_at - interval '3 days' WHERE id = @open",
        {"open-within-limit"},
    ),
    Damage(
        "shipped without payment",
        """UPDATE orders SET state = 'shipped' WHERE id = @open;
           INSERT INTO order_changes (order_id, at, from_state, to_state, cause)
           VALUES (@open, now(), 'awaiting_payment', 'shipped', 'x')""",
        MADE_UP_PAYMENT | {"goods-against-money", "history-legal"},
    ),
    Damage(
        "another order's payment",
        "UPDATE orders SET payment_intent_id = 'pi_of_nobody' WHERE id = @open",
        {"order-has-payment", "one-open-payment"},
    ),
)

INVOICES_AND_STOCK = (
    Damage(
        "second invoice number",
        """ALTER TABLE invoices DROP CONSTRAINT uq_invoices_order_id;
           UPDATE invoice_counter SET last = last + 1;
           INSERT INTO invoices SELECT last, @paid, now() FROM invoice_counter""",
        {"one-invoice"},
    ),
    Damage(
        "invoice deleted",
        "DELETE FROM invoices WHERE order_id = @paid",
        {"one-invoice", "invoices-gapless"},
    ),
    Damage("gap", "UPDATE invoice_counter SET last = last + 1", {"invoices-gapless"}),
    Damage("counter behind", "UPDATE invoice_counter SET last = last - 1", {"invoices-gapless"}),
    Damage(
        "invoice for an unpaid order",
        """UPDATE invoice_counter SET last = last + 1;
           INSERT INTO invoices SELECT last, @open, now() FROM invoice_counter""",
        {"no-invoice-unpaid"},
    ),
    Damage(
        "dates out of order",
        "UPDATE invoices SET issued_at = issued_at + interval '1 day' WHERE number = 1",
        {"invoices-in-order"},
    ),
    Damage(
        "negative",
        """ALTER TABLE stock DROP CONSTRAINT ck_stock_held_not_negative;
           UPDATE stock SET held = -1""",
        {"stock-not-negative", "stock-adds-up"},
    ),
    Damage(
        "oversold",
        """ALTER TABLE stock DROP CONSTRAINT ck_stock_not_oversold;
           UPDATE stock SET received = 1""",
        {"stock-not-negative", "stock-adds-up"},
    ),
    Damage("sold more than its orders", "UPDATE stock SET sold = sold + 1", {"stock-adds-up"}),
    Damage("received without a receipt", "UPDATE stock SET received = received + 1", {"stock-adds-up"}),
    Damage(
        "hold outlives its order",
        """UPDATE stock_holds SET state = 'held' WHERE order_id = @canceled;
           UPDATE stock SET held = held + 1""",
        {"holds-end"},
    ),
    Damage(
        "expired hold never given back",
        """UPDATE stock_holds SET state = 'held' WHERE order_id = @expired;
           UPDATE stock SET held = held + 1""",
        {"holds-end"},
    ),
    Damage(
        "sold without a sale",
        "DELETE FROM stock_holds WHERE order_id = @paid; UPDATE stock SET sold = sold - 1",
        {"one-sale-a-line"},
    ),
    Damage(
        "sold in another quantity",
        "UPDATE stock_holds SET quantity = 2 WHERE order_id = @paid; UPDATE stock SET sold = sold + 1",
        {"one-sale-a-line"},
    ),
)
