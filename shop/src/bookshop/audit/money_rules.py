"""Money as the shop wrote it down: the ledger, refunds, and how they agree with the orders."""

from bookshop.audit.rule import Rule

RULES = (
    Rule(
        "ledger-balances",
        "Each posting of the ledger is two lines of one order and currency that add up to nothing, one of "
        "them Stripe's.",
        """
        SELECT posting, count(*) AS lines, sum(amount), string_agg(DISTINCT currency, ' ') AS currencies
        FROM ledger GROUP BY posting
        HAVING sum(amount) <> 0 OR count(*) <> 2 OR count(*) FILTER (WHERE account = 'stripe') <> 1
            OR count(DISTINCT currency) <> 1 OR count(DISTINCT order_id) <> 1""",
    ),
    Rule(
        "ledger-charges",
        "The ledger has the charge of each paid order, of its total, and no other without a reason.",
        """
        SELECT o.id AS "order", o.state, o.total, o.payment_intent_id, c.posting, c.amount AS charged
        FROM audited o LEFT JOIN (
            SELECT order_id, posting, -amount AS amount FROM ledger
            WHERE account = 'sales' AND posting LIKE 'charge:%'
        ) c ON c.order_id = o.id AND c.posting = 'charge:' || o.payment_intent_id
        WHERE o.state IN ('paid', 'shipped') AND c.amount IS DISTINCT FROM o.total
        UNION ALL
        SELECT o.id, o.state, o.total, o.payment_intent_id, c.posting, -c.amount
        FROM ledger c JOIN audited o ON o.id = c.order_id
        WHERE c.account = 'sales' AND c.posting LIKE 'charge:%'
          AND (o.state NOT IN ('paid', 'shipped') OR c.posting <> 'charge:' || o.payment_intent_id)
          AND position(substring(c.posting FROM 8) IN coalesce(o.review_reason, '')) = 0""",
    ),
    Rule(
        "ledger-refunds",
        "A refund is in the ledger exactly while its money is gone.",
        """
        SELECT r.id AS refund, r.order_id AS "order", r.stripe_id, r.state, r.amount,
               coalesce(l.amount, 0) AS in_ledger
        FROM refunds r JOIN audited o ON o.id = r.order_id LEFT JOIN (
            SELECT substring(posting FROM ':(.*)') AS stripe_id, sum(amount) AS amount FROM ledger
            WHERE account = 'refunds' GROUP BY 1
        ) l ON l.stripe_id = r.stripe_id
        WHERE coalesce(l.amount, 0)
            <> CASE WHEN r.state IN ('requested', 'failed', 'canceled') THEN 0 ELSE r.amount END
        UNION ALL
        SELECT NULL, l.order_id, l.posting, NULL, NULL, l.amount FROM ledger l
        WHERE l.account = 'refunds' AND NOT EXISTS (
            SELECT FROM refunds r WHERE r.stripe_id = substring(l.posting FROM ':(.*)'))""",
    ),
    Rule(
        "refunds-within-payment",
        "No more goes back than a payment brought; if a bank takes it in spite of a refund, a person knows.",
        """
        SELECT c.order_id AS "order", c.payment, c.charged, coalesce(r.back, 0) AS refunds,
               coalesce(d.lost, 0) AS lost
        FROM (SELECT order_id, substring(posting FROM 8) AS payment, sum(amount) AS charged
              FROM ledger WHERE account = 'stripe' AND posting LIKE 'charge:%' GROUP BY 1, 2) c
        JOIN audited o ON o.id = c.order_id
        LEFT JOIN (SELECT payment_intent_id, sum(amount) AS back FROM refunds
              WHERE state NOT IN ('failed', 'canceled') GROUP BY 1) r ON r.payment_intent_id = c.payment
        LEFT JOIN (SELECT payment_intent_id, sum(amount) AS lost FROM disputes
              WHERE status = 'lost' GROUP BY 1) d ON d.payment_intent_id = c.payment
        WHERE coalesce(r.back, 0) > c.charged
           OR (coalesce(r.back, 0) + coalesce(d.lost, 0) > c.charged
               AND position('more went back than was paid' IN coalesce(o.review_reason, '')) = 0)""",
    ),
    Rule(
        "refund-carried-out",
        "No refund waits longer than it may for Stripe to hear of it.",
        """
        SELECT r.id AS refund, r.order_id AS "order", r.payment_intent_id, r.amount, r.requested_at
        FROM refunds r, due WHERE r.state = 'requested' AND r.requested_at <= due.here""",
    ),
    Rule(
        "failed-refund-seen",
        "A refund that came to nothing stands among the reasons for a person to look at its order.",
        """
        SELECT r.id AS refund, r.stripe_id, r.order_id AS "order", r.failure FROM refunds r
        JOIN audited o ON o.id = r.order_id
        WHERE r.state = 'failed' AND position(r.id::text IN coalesce(o.review_reason, '')) = 0
          AND position(coalesce(r.stripe_id, r.id::text) IN coalesce(o.review_reason, '')) = 0""",
    ),
    Rule(
        "dispute-seen",
        "A dispute stands among the reasons for a person to look at its order.",
        """
        SELECT d.stripe_id AS dispute, d.order_id AS "order", d.status FROM disputes d
        JOIN audited o ON o.id = d.order_id
        WHERE position(d.stripe_id IN coalesce(o.review_reason, '')) = 0""",
    ),
    Rule(
        "stray-money-refunded",
        "Money that pays no order, or one that was called off, goes back in full, unless that failed or "
        "a bank is in the way.",
        """
        SELECT c.order_id AS "order", o.state, substring(c.posting FROM 8) AS payment, c.amount AS came,
               coalesce(r.back, 0) AS went_back, o.review_reason
        FROM ledger c JOIN audited o ON o.id = c.order_id
        LEFT JOIN (SELECT payment_intent_id, bool_or(state = 'failed') AS failed,
                sum(amount) FILTER (WHERE state NOT IN ('failed', 'canceled')) AS back
            FROM refunds GROUP BY 1) r ON r.payment_intent_id = substring(c.posting FROM 8)
        CROSS JOIN due
        WHERE c.account = 'stripe' AND c.posting LIKE 'charge:%' AND c.at <= due.here
          AND NOT (o.state IN ('paid', 'shipped') AND c.posting = 'charge:' || o.payment_intent_id
                   AND o.called_off_at IS NULL)
          AND coalesce(r.back, 0) < c.amount AND NOT coalesce(r.failed, false)
          AND NOT EXISTS (SELECT FROM disputes d WHERE d.status <> 'won'
              AND d.payment_intent_id = substring(c.posting FROM 8))
        UNION ALL
        SELECT o.id, o.state, o.payment_intent_id, NULL, NULL, o.review_reason FROM audited o, due
        WHERE o.payment_status = 'succeeded' AND o.state NOT IN ('paid', 'shipped')
          AND coalesce(o.payment_read_at, o.created_at) <= due.here AND NOT EXISTS (
            SELECT FROM ledger c WHERE c.posting = 'charge:' || o.payment_intent_id)""",
    ),
    Rule(
        "one-currency",
        "An order and the charge that pays it, a charge and its refunds and disputes are of one currency.",
        """
        SELECT o.id AS "order", o.currency, l.posting AS found_in, l.currency AS other
        FROM audited o JOIN ledger l ON l.posting = 'charge:' || o.payment_intent_id
        WHERE o.state IN ('paid', 'shipped') AND l.account = 'stripe' AND l.currency <> o.currency
        UNION ALL
        SELECT b.order_id, l.currency, b.id, b.currency FROM (
            SELECT order_id, id::text, payment_intent_id, currency FROM refunds
            UNION ALL SELECT order_id, stripe_id, payment_intent_id, currency FROM disputes) b
        JOIN audited o ON o.id = b.order_id
        JOIN ledger l ON l.posting = 'charge:' || b.payment_intent_id AND l.account = 'stripe'
        WHERE l.currency <> b.currency""",
    ),
    Rule(
        "ledger-guarded",
        "The database itself refuses to change or delete what the ledger has.",
        """
        SELECT 'ledger' AS "table", act AS unguarded
        FROM (VALUES ('UPDATE', 16), ('DELETE', 8)) acts (act, bit)
        WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = 'ledger'::regclass
            AND t.tgenabled IN ('O', 'A') AND (t.tgtype & acts.bit) <> 0 AND (t.tgtype & 2) <> 0)""",
    ),
)
