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
        "follow-up-owed",
        "Each paid order has its follow-up, written down in the commit that paid it.",
        """
        SELECT o.id AS "order", o.paid_at FROM audited o
        WHERE o.state IN ('paid', 'shipped') AND NOT EXISTS (
            SELECT FROM dbos.workflow_status w WHERE w.workflow_uuid = 'deliver_confirmation:' || o.id)""",
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
