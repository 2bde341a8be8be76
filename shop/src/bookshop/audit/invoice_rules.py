"""Invoices: one for each paid order, none for others, numbered without a gap in the order of payment."""

from bookshop.audit.rule import Rule

RULES = (
    Rule(
        "one-invoice",
        "Each paid order has one invoice number.",
        """
        SELECT o.id AS "order", o.state, count(i.number) AS invoices
        FROM audited o LEFT JOIN invoices i ON i.order_id = o.id
        WHERE o.state IN ('paid', 'shipped') GROUP BY o.id, o.state HAVING count(i.number) <> 1""",
    ),
    Rule(
        "no-invoice-unpaid",
        "No invoice number without a payment.",
        """
        SELECT i.number AS invoice, i.order_id AS "order", o.state
        FROM invoices i LEFT JOIN orders o ON o.id = i.order_id
        WHERE o.state IS NULL OR o.state NOT IN ('paid', 'shipped')""",
    ),
    Rule(
        "invoices-gapless",
        "Invoice numbers run from 1 to the counter's without a gap, each given once.",
        """
        SELECT numbers.n AS number, given.times, counter.last AS counter FROM (
            SELECT n FROM generate_series(1, (SELECT greatest(
                (SELECT max(last) FROM invoice_counter), (SELECT max(number) FROM invoices)))) n
            UNION SELECT number FROM invoices WHERE number < 1) numbers
        LEFT JOIN (SELECT number, count(*) AS times FROM invoices GROUP BY number) given
            ON given.number = numbers.n
        LEFT JOIN (SELECT max(last) AS last FROM invoice_counter) counter ON true
        WHERE coalesce(given.times, 0) <> 1 OR numbers.n > coalesce(counter.last, 0) OR numbers.n < 1""",
    ),
    Rule(
        "invoices-in-order",
        "A later invoice number has no earlier date.",
        """
        SELECT number AS invoice, order_id AS "order", issued_at, earlier AS the_one_before FROM (
            SELECT number, order_id, issued_at, lag(issued_at) OVER (ORDER BY number) AS earlier
            FROM invoices) i
        WHERE issued_at < earlier""",
    ),
)
