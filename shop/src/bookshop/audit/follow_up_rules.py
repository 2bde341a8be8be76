"""What follows a payment: mails, workflows, Stripe's events and their outcomes."""

from bookshop.audit.rule import Rule

RULES = (
    Rule(
        "one-receipt",
        "Each paid order's confirmation was sent under one Message-ID that names the order, or was refused.",
        """
        SELECT o.id AS "order", o.paid_at, m.state AS mail, m.times, m.message_id
        FROM due, audited o LEFT JOIN (
            SELECT order_id, min(state) AS state, count(*) AS times, min(message_id) AS message_id
            FROM mails WHERE purpose = 'confirmation' GROUP BY order_id
        ) m ON m.order_id = o.id
        WHERE o.state IN ('paid', 'shipped') AND coalesce(o.paid_at, o.created_at) <= due.here
          AND (m.state IS NULL OR m.state NOT IN ('sent', 'refused') OR m.times <> 1
               OR NOT starts_with(m.message_id, '<' || o.id || '.confirmation@'))""",
    ),
    Rule(
        "no-receipt-unpaid",
        "No confirmation without a payment.",
        """
        SELECT m.order_id AS "order", o.state, m.state AS mail, m.message_id
        FROM mails m LEFT JOIN orders o ON o.id = m.order_id
        WHERE m.purpose = 'confirmation' AND (o.state IS NULL OR o.state NOT IN ('paid', 'shipped'))""",
    ),
    Rule(
        "refund-told",
        "The customer of each refund that Stripe made was told once, or the mail was refused.",
        """
        SELECT r.id AS refund, r.order_id AS "order", r.stripe_id, r.state, m.state AS mail, m.times
        FROM due, refunds r JOIN audited o ON o.id = r.order_id LEFT JOIN (
            SELECT order_id, purpose, min(state) AS state, count(*) AS times FROM mails GROUP BY 1, 2
        ) m ON m.order_id = r.order_id AND m.purpose = 'refund.' || r.id
        WHERE r.stripe_id IS NOT NULL AND r.state NOT IN ('failed', 'canceled') AND r.changed_at <= due.here
          AND (m.state IS NULL OR m.state NOT IN ('sent', 'refused') OR m.times <> 1)""",
    ),
    Rule(
        "no-notice-unrefunded",
        "No notice of a refund that does not exist.",
        """
        SELECT m.order_id AS "order", m.purpose, m.state AS mail FROM mails m
        LEFT JOIN refunds r ON m.purpose = 'refund.' || r.id AND r.order_id = m.order_id
        WHERE m.purpose LIKE 'refund.%' AND r.stripe_id IS NULL""",
    ),
    Rule(
        "follow-up-owed",
        "What a commit owes is written down with it: a paid order's mail, a refund, the notice of one.",
        """
        SELECT owed.name || ':' || owed.subject AS workflow, owed.order_id AS "order" FROM (
            SELECT 'deliver_confirmation' AS name, id::text AS subject, id AS order_id FROM orders
                WHERE state IN ('paid', 'shipped')
            UNION ALL SELECT 'refund_order', id::text, order_id FROM refunds WHERE state = 'requested'
            UNION ALL SELECT 'deliver_refund_notice', id::text, order_id FROM refunds
                WHERE stripe_id IS NOT NULL AND state NOT IN ('failed', 'canceled')
        ) owed JOIN audited o ON o.id = owed.order_id
        WHERE NOT EXISTS (SELECT FROM dbos.workflow_status w
            WHERE w.workflow_uuid = owed.name || ':' || owed.subject)""",
    ),
    Rule(
        "no-workflow-failed",
        "No workflow ended in an error.",
        """
        SELECT workflow_uuid AS workflow, name, status, to_timestamp(updated_at / 1000) AS at
        FROM dbos.workflow_status WHERE status IN ('ERROR', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED', 'CANCELLED')""",
    ),
    Rule(
        "no-workflow-stuck",
        "No follow-up but a mail, which waits for mail servers, takes longer than it may; none waits unseen.",
        """
        SELECT w.workflow_uuid AS workflow, w.name, w.status, to_timestamp(w.created_at / 1000) AS since
        FROM dbos.workflow_status w, due
        WHERE (w.status = 'ENQUEUED' OR (w.status IN ('PENDING', 'DELAYED') AND w.name NOT LIKE 'deliver_%'))
          AND to_timestamp(greatest(w.created_at, w.updated_at) / 1000.0) <= due.here
          AND w.schedule_name IS NULL""",
    ),
    Rule(
        "events-concluded",
        "Each recorded event of Stripe's has its outcome.",
        """
        SELECT id AS event, type, received_at FROM stripe_events WHERE coalesce(outcome, '') = ''""",
    ),
    Rule(
        "no-foreign-mode",
        "No event of test mode in a live shop, none of live mode in a shop under test.",
        """
        SELECT e.id AS event, e.type, e.payload -> 'livemode' AS livemode, e.outcome FROM stripe_events e, due
        WHERE e.payload -> 'livemode' IS DISTINCT FROM to_jsonb(due.live)""",
    ),
)
