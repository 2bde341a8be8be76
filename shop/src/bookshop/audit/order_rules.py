"""Orders: their sums, their states, their history, and what left the house."""

from bookshop.audit.rule import Rule

RULES = (
    Rule(
        "total-adds-up",
        "An order's total is the sum of its lines and its shipping.",
        """
        SELECT o.id AS "order", o.total, l.books + o.shipping_amount AS lines_and_shipping
        FROM audited o LEFT JOIN (
            SELECT order_id, sum(quantity::bigint * unit_amount) AS books FROM order_lines GROUP BY order_id
        ) l ON l.order_id = o.id
        WHERE l.books IS NULL OR o.total <> l.books + o.shipping_amount""",
    ),
    Rule(
        "paid-is-whole",
        "A paid order says when it was paid, by which PaymentIntent, and that this one succeeded.",
        """
        SELECT id AS "order", state, paid_at, payment_intent_id, payment_status FROM audited
        WHERE state IN ('paid', 'shipped')
          AND (paid_at IS NULL OR payment_intent_id IS NULL
               OR payment_status IS DISTINCT FROM 'succeeded')""",
    ),
    Rule(
        "unpaid-is-undated",
        "An order that is not paid has no moment of payment.",
        """
        SELECT id AS "order", state, paid_at FROM audited
        WHERE state NOT IN ('paid', 'shipped') AND paid_at IS NOT NULL""",
    ),
    Rule(
        "history-complete",
        "Each change of an order's state is a line of its history, from the placing to the present state.",
        """
        SELECT o.id AS "order", o.state, c.from_state, c.to_state, c.earlier FROM audited o LEFT JOIN (
            SELECT id, order_id, from_state, to_state,
                   lag(to_state) OVER line AS earlier, lead(id) OVER line IS NULL AS is_last
            FROM order_changes WINDOW line AS (PARTITION BY order_id ORDER BY id)
        ) c ON c.order_id = o.id
        WHERE c.id IS NULL OR c.from_state IS DISTINCT FROM c.earlier
           OR (c.is_last AND c.to_state <> o.state)""",
    ),
    Rule(
        "history-legal",
        "Orders change their state on the known ways alone, each time because of something.",
        """
        SELECT c.order_id AS "order", c.from_state, c.to_state, c.at, c.cause
        FROM order_changes c JOIN audited o ON o.id = c.order_id
        WHERE c.cause = '' OR (c.from_state IS DISTINCT FROM c.to_state
          AND coalesce(c.from_state, 'new') || ' ' || c.to_state NOT IN (
            'new awaiting_payment', 'awaiting_payment processing', 'awaiting_payment paid',
            'awaiting_payment canceled', 'awaiting_payment expired', 'processing awaiting_payment',
            'processing paid', 'processing canceled', 'processing expired', 'expired paid',
            'paid shipped'))""",
    ),
    Rule(
        "open-within-limit",
        "No order waits longer than it may, but for who is still paying; one in processing waits four weeks.",
        """
        SELECT o.id AS "order", o.state, o.created_at, o.payment_intent_id, o.payment_status
        FROM audited o, due
        WHERE (o.state = 'awaiting_payment' AND o.created_at <= due.here - due.open_limit
               AND o.payment_status IS DISTINCT FROM 'requires_capture'
               AND coalesce(o.payment_action_until, '-infinity') <= due.here)
           OR (o.state = 'processing' AND o.created_at <= due.here - interval '28 days')""",
    ),
    Rule(
        "goods-against-money",
        "What was shipped was paid before and not called off, its money was here, and no bank asked for it.",
        """
        SELECT o.id AS "order", o.state, o.paid_at, s.at AS shipped_at, s.kept, s.disputes
        FROM audited o JOIN (
            SELECT c.order_id, c.at,
                (SELECT sum(l.amount) FROM ledger l WHERE l.order_id = c.order_id AND l.account = 'stripe'
                    AND l.posting NOT LIKE 'dispute:%' AND l.posting NOT LIKE 'fee:%'
                    AND l.at <= c.at) AS kept,
                (SELECT count(*) FROM disputes d WHERE d.order_id = c.order_id AND d.opened_at <= c.at
                    AND d.status NOT IN ('won', 'warning_closed', 'prevented')) AS disputes
            FROM order_changes c WHERE c.to_state = 'shipped'
            UNION ALL SELECT id, NULL, NULL, 0 FROM audited WHERE state = 'shipped' AND NOT EXISTS (
                SELECT FROM order_changes c WHERE c.order_id = audited.id AND c.to_state = 'shipped')
        ) s ON s.order_id = o.id
        WHERE coalesce(s.kept, 0) <= 0 OR s.disputes > 0 OR o.called_off_at IS NOT NULL""",
    ),
)
