"""What Stripe says beside what the shop says.

A row is compared only where both sides had the time to hear of the last change: `moves.at` is when an object
last changed at Stripe, `quiet_intents` are the payments whose last change the shop must know of, and
`known_before` is what the shop said before Stripe was asked.
"""

from bookshop.audit.rule import Rule, Source

RULES = (
    Rule(
        "payment-has-order",
        "Each PaymentIntent of the shop's belongs to an order that exists.",
        """
        SELECT i.id AS payment, i.status, i.amount, i.currency, i.order_id AS "order"
        FROM quiet_intents i WHERE NOT EXISTS (SELECT FROM orders o WHERE o.id::text = i.order_id)""",
        Source.STRIPE,
    ),
    Rule(
        "order-has-payment",
        "Each order's PaymentIntent is at Stripe and names this order.",
        """
        SELECT o.id AS "order", o.payment_intent_id AS payment, i.status, i.order_id AS names
        FROM audited o JOIN known_before b ON b.kind = 'order' AND b.id = o.id::text
        LEFT JOIN listed_intents i ON i.id = o.payment_intent_id
        WHERE b.payment = o.payment_intent_id AND i.order_id IS DISTINCT FROM o.id::text""",
        Source.STRIPE,
    ),
    Rule(
        "amount-agrees",
        "An order and its PaymentIntent are of the same amount and currency.",
        """
        SELECT o.id AS "order", o.total, o.currency, i.id AS payment, i.amount, i.currency AS at_stripe
        FROM audited o JOIN quiet_intents i ON i.id = o.payment_intent_id
        JOIN known_before b ON b.kind = 'order' AND b.id = o.id::text AND b.amount = o.total
        WHERE i.status <> 'canceled' AND (i.amount <> o.total OR i.currency <> o.currency)""",
        Source.STRIPE,
    ),
    Rule(
        "paid-at-stripe",
        "What is paid here has succeeded at Stripe, and brought the whole total.",
        """
        SELECT o.id AS "order", o.total, i.id AS payment, i.status, i.received, i.currency
        FROM audited o JOIN known_before b ON b.kind = 'order' AND b.id = o.id::text AND b.state = o.state
        JOIN listed_intents i ON i.id = o.payment_intent_id
        WHERE o.state IN ('paid', 'shipped') AND (i.status <> 'succeeded' OR i.received <> o.total)""",
        Source.STRIPE,
    ),
    Rule(
        "paid-here",
        "What has succeeded at Stripe pays an order here, or goes back in full, unless that failed or a bank "
        "is in the way.",
        """
        SELECT i.id AS payment, i.received, i.currency, o.id AS "order", o.state, o.review_reason
        FROM quiet_intents i JOIN orders o ON o.id::text = i.order_id
        LEFT JOIN came_back back ON back.intent = i.id
        WHERE i.status = 'succeeded' AND i.received > coalesce(back.amount, 0)
          AND NOT EXISTS (SELECT FROM listed_disputes d WHERE d.intent = i.id AND d.status <> 'won')
          AND NOT EXISTS (SELECT FROM refunds r WHERE r.payment_intent_id = i.id AND r.state = 'failed')
          AND NOT (o.state IN ('paid', 'shipped') AND o.payment_intent_id = i.id)""",
        Source.STRIPE,
    ),
    Rule(
        "paid-once",
        "No order is charged twice.",
        """
        SELECT i.order_id AS "order", count(*) AS payments, string_agg(i.id, ' ') AS ids,
               sum(i.received - coalesce(back.amount, 0)) AS kept
        FROM quiet_intents i LEFT JOIN came_back back ON back.intent = i.id
        WHERE i.status = 'succeeded' AND i.received > coalesce(back.amount, 0)
        GROUP BY i.order_id HAVING count(*) > 1""",
        Source.STRIPE,
    ),
    Rule(
        "one-open-payment",
        "An order has one PaymentIntent that can still be paid, and none once it is paid.",
        """
        SELECT i.order_id AS "order", o.state, string_agg(i.id || ' ' || i.status, ', ') AS payments
        FROM quiet_intents i JOIN orders o ON o.id::text = i.order_id
        WHERE i.status NOT IN ('succeeded', 'canceled') AND o.state NOT IN ('canceled', 'expired')
        GROUP BY i.order_id, o.state, o.payment_intent_id
        HAVING count(*) > 1 OR min(i.id) <> o.payment_intent_id""",
        Source.STRIPE,
    ),
    Rule(
        "closed-at-stripe",
        "Nobody can pay an order that was given up: its PaymentIntents are canceled, too.",
        """
        SELECT o.id AS "order", o.state, i.id AS payment, i.status
        FROM quiet_intents i JOIN orders o ON o.id::text = i.order_id
        JOIN known_before b ON b.kind = 'order' AND b.id = o.id::text AND b.state = o.state
        WHERE o.state IN ('canceled', 'expired') AND i.status NOT IN ('succeeded', 'canceled')""",
        Source.STRIPE,
    ),
    Rule(
        "takings-agree",
        "What an order brought in less what went back is the same in the ledger and at Stripe, by currency.",
        """
        SELECT coalesce(here.order_id, there.order_id) AS "order",
               coalesce(here.currency, there.currency) AS currency,
               coalesce(here.amount, 0) AS ledger, coalesce(there.amount, 0) AS stripe
        FROM (SELECT l.order_id::text, l.currency, sum(l.amount) AS amount FROM ledger l
              JOIN audited o ON o.id = l.order_id
              WHERE l.account = 'stripe' AND split_part(l.posting, ':', 1)
                  IN ('charge', 'refund', 'refund undone')
              GROUP BY 1, 2) here
        FULL JOIN (SELECT i.order_id, i.currency, sum(i.received - coalesce(back.amount, 0)) AS amount
              FROM listed_intents i LEFT JOIN came_back back ON back.intent = i.id
              WHERE i.order_id IS NOT NULL GROUP BY 1, 2) there
            ON there.order_id = here.order_id AND there.currency = here.currency
        LEFT JOIN known_before b
            ON b.kind = 'money' AND b.id = coalesce(here.order_id, there.order_id)
        WHERE coalesce(here.amount, 0) <> coalesce(there.amount, 0)
          AND coalesce(here.amount, 0) = coalesce(b.amount, 0)
          AND NOT EXISTS (
            SELECT FROM listed_intents i JOIN moves m ON m.intent = i.id, due
            WHERE i.order_id = coalesce(here.order_id, there.order_id) AND m.at > due.there)
          AND EXISTS (SELECT FROM orders o WHERE o.id::text = coalesce(here.order_id, there.order_id))""",
        Source.STRIPE,
    ),
    Rule(
        "refunds-mirrored",
        "Each refund at Stripe is known here with its amount, as far along, and each one here is at Stripe.",
        """
        SELECT l.id AS refund, l.intent AS payment, l.amount, l.status, r.amount AS here, r.state
        FROM listed_refunds l JOIN listed_intents i ON i.id = l.intent AND i.order_id IS NOT NULL
        JOIN orders o ON o.id::text = i.order_id
        LEFT JOIN moves m ON m.object = l.id CROSS JOIN due
        LEFT JOIN refunds r ON r.stripe_id = l.id
        LEFT JOIN known_before b ON b.kind = 'refund' AND b.id = l.id
        WHERE coalesce(m.at, l.created) <= due.there AND b.state IS NOT DISTINCT FROM r.state
          AND (r.id IS NULL OR r.amount <> l.amount OR r.currency <> l.currency
               OR r.state <> coalesce(l.status, 'pending')
               OR r.payment_intent_id <> l.intent)
        UNION ALL
        SELECT r.stripe_id, r.payment_intent_id, NULL, 'not at Stripe', r.amount, r.state
        FROM refunds r JOIN audited o ON o.id = r.order_id
        JOIN known_before b ON b.kind = 'refund' AND b.id = r.stripe_id
        WHERE NOT EXISTS (SELECT FROM listed_refunds l WHERE l.id = r.stripe_id)""",
        Source.STRIPE,
    ),
    Rule(
        "disputes-mirrored",
        "Each dispute at Stripe is known here with its amount, as far along, and each one here is at Stripe.",
        """
        SELECT l.id AS dispute, l.intent AS payment, l.amount, l.status, d.amount AS here,
               d.status AS status_here
        FROM listed_disputes l JOIN listed_intents i ON i.id = l.intent AND i.order_id IS NOT NULL
        JOIN orders o ON o.id::text = i.order_id
        LEFT JOIN moves m ON m.object = l.id CROSS JOIN due
        LEFT JOIN disputes d ON d.stripe_id = l.id
        LEFT JOIN known_before b ON b.kind = 'dispute' AND b.id = l.id
        WHERE coalesce(m.at, l.created) <= due.there AND b.state IS NOT DISTINCT FROM d.status
          AND (d.stripe_id IS NULL OR d.amount <> l.amount OR d.currency <> l.currency
               OR d.status <> l.status)
        UNION ALL
        SELECT d.stripe_id, NULL, NULL, 'not at Stripe', d.amount, d.status
        FROM disputes d JOIN audited o ON o.id = d.order_id
        JOIN known_before b ON b.kind = 'dispute' AND b.id = d.stripe_id
        WHERE NOT EXISTS (SELECT FROM listed_disputes l WHERE l.id = d.stripe_id)""",
        Source.STRIPE,
    ),
    Rule(
        "ledger-disputes",
        "What banks took and gave back for disputes, and what Stripe charged for it, stands in the ledger.",
        """
        SELECT t.id AS movement, t.dispute, t.amount, t.currency, l.amount AS in_ledger, f.amount AS fee
        FROM listed_movements t
        JOIN listed_disputes s ON s.id = t.dispute
        JOIN disputes d ON d.stripe_id = t.dispute
        LEFT JOIN moves m ON m.object = t.dispute CROSS JOIN due
        LEFT JOIN ledger l ON l.posting = 'dispute:' || t.id AND l.account = 'stripe'
        LEFT JOIN ledger f ON f.posting = 'fee:' || t.id AND f.account = 'stripe'
        -- Where the account settles in another currency, the ledger has what was disputed, in the payment's.
        WHERE coalesce(m.at, t.created) <= due.there
          AND (l.currency IS DISTINCT FROM s.currency OR coalesce(f.amount, 0) <> -t.fee
               OR l.amount IS DISTINCT FROM
                  CASE WHEN t.currency = s.currency THEN t.amount ELSE sign(t.amount) * s.amount END)
        UNION ALL
        SELECT l.posting, NULL, NULL, NULL, l.amount, NULL FROM ledger l JOIN audited o ON o.id = l.order_id
        JOIN known_before b ON b.kind = 'posting' AND b.id = l.posting
        WHERE l.account = 'stripe' AND l.posting LIKE 'dispute:%'
          AND NOT EXISTS (SELECT FROM listed_movements t WHERE 'dispute:' || t.id = l.posting)""",
        Source.STRIPE,
    ),
    Rule(
        "events-complete",
        "Each event of the last 30 days at Stripe that moves money of ours was recorded here.",
        """
        SELECT e.id AS event, e.type, e.object, i.order_id AS "order", to_timestamp(e.created) AS at
        FROM listed_events e JOIN listed_intents i ON i.id = e.intent
        JOIN orders o ON o.id::text = i.order_id
        CROSS JOIN due
        WHERE e.created <= due.there
          AND NOT EXISTS (SELECT FROM stripe_events s WHERE s.id = e.id)""",
        Source.STRIPE,
    ),
)
