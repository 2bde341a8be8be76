"""Damages to ledger, refunds, mails, follow-ups and events, and secrets where none belong; see damages.py."""

from damages import Damage

MONEY = (
    Damage(
        "one side of a charge deleted",
        "DELETE FROM ledger WHERE order_id = @paid AND account = 'sales'",
        {"ledger-balances", "ledger-charges"},
    ),
    Damage(
        "one side of a charge changed",
        "UPDATE ledger SET amount = amount + 1 WHERE order_id = @paid AND account = 'stripe'",
        {"ledger-balances", "takings-agree"},
    ),
    Damage(
        "a charge deleted",
        "DELETE FROM ledger WHERE order_id = @paid",
        {"ledger-charges", "takings-agree"},
    ),
    Damage(
        "a charge of another amount",
        "UPDATE ledger SET amount = amount * 2 WHERE order_id = @paid",
        {"ledger-charges", "takings-agree"},
    ),
    Damage(
        "a charge nobody made",
        """INSERT INTO ledger SELECT 'charge:pi_x', account, order_id, amount, currency, at FROM ledger
           WHERE posting LIKE 'charge:%' AND order_id = @paid""",
        {"ledger-charges", "stray-money-refunded", "takings-agree"},
    ),
    Damage(
        "a charge in another currency",
        "UPDATE ledger SET currency = 'eur' WHERE order_id = @paid",
        {"one-currency", "takings-agree"},
    ),
    Damage("ledger unguarded", "DROP TRIGGER append_only ON ledger", {"ledger-guarded"}),
    Damage("guard asleep", "ALTER TABLE ledger DISABLE TRIGGER append_only", {"ledger-guarded"}),
    Damage(
        "refund deleted",
        "DELETE FROM refunds WHERE order_id = @flagged",
        {"ledger-refunds", "stray-money-refunded", "refunds-mirrored", "no-notice-unrefunded"},
    ),
    Damage(
        "refund of another amount",
        "UPDATE refunds SET amount = amount - 1 WHERE order_id = @flagged",
        {"ledger-refunds", "stray-money-refunded", "refunds-mirrored"},
    ),
    Damage(
        "refund above the payment",
        "UPDATE refunds SET amount = amount + 1 WHERE order_id = @flagged",
        {"ledger-refunds", "refunds-within-payment", "refunds-mirrored"},
    ),
    Damage(
        "refund of another currency",
        "UPDATE refunds SET currency = 'eur' WHERE order_id = @flagged",
        {"one-currency", "refunds-mirrored"},
    ),
    Damage(
        "refund that Stripe never made",
        "UPDATE refunds SET stripe_id = 're_of_nobody' WHERE order_id = @flagged",
        {"ledger-refunds", "refunds-mirrored"},
    ),
    Damage(
        "refund never carried out",
        """INSERT INTO refunds (id, order_id, payment_intent_id, amount, currency, state, cause,
                                requested_at, changed_at)
           SELECT gen_random_uuid(), id, payment_intent_id, 1, 'sgd', 'requested', 'x', now(), now()
           FROM orders WHERE id = @paid""",
        {"refund-carried-out", "follow-up-owed"},
    ),
)

DISPUTES = (
    Damage(
        "dispute that nobody sees",
        "UPDATE orders SET review_reason = NULL WHERE id = @lost",
        {"dispute-seen"},
    ),
    Damage(
        "failed refund that nobody sees",
        """INSERT INTO refunds (id, order_id, payment_intent_id, amount, currency, state, cause,
                                requested_at, changed_at)
           SELECT gen_random_uuid(), id, payment_intent_id, 1, 'sgd', 'failed', 'x', now(), now()
           FROM orders WHERE id = @paid""",
        {"failed-refund-seen"},
    ),
    Damage(
        "called off without a refund",
        """UPDATE orders SET called_off_at = now() WHERE id = @paid;
           UPDATE stock_holds SET state = 'released' WHERE order_id = @paid;
           UPDATE stock SET sold = sold - 1""",
        {"stray-money-refunded"},
    ),
    Damage(
        "notice of a refund missing",
        "DELETE FROM mails WHERE order_id = @refunded AND purpose <> 'confirmation'",
        {"refund-told"},
    ),
    Damage(
        "notice of no refund",
        """INSERT INTO mails (order_id, purpose, message_id, state, attempts, claimed_at)
           VALUES (@paid, 'refund.' || gen_random_uuid(), 'x', 'sent', 1, now())""",
        {"no-notice-unrefunded"},
    ),
    Damage(
        "notice of a refund not owed",
        """DELETE FROM dbos.workflow_status WHERE name = 'deliver_refund_notice' AND workflow_uuid IN (
               SELECT 'deliver_refund_notice:' || id FROM refunds WHERE order_id = @refunded)""",
        {"follow-up-owed"},
    ),
    Damage(
        "fee of a dispute left out",
        """DELETE FROM ledger WHERE posting IN (
               SELECT replace(posting, 'dispute:', 'fee:') FROM ledger
               WHERE order_id = @lost AND posting LIKE 'dispute:%')""",
        {"ledger-disputes"},
    ),
    Damage("dispute deleted", "DELETE FROM disputes WHERE order_id = @disputed", {"disputes-mirrored"}),
    Damage(
        "dispute of another amount",
        "UPDATE disputes SET amount = amount - 1 WHERE order_id = @disputed",
        {"disputes-mirrored"},
    ),
    Damage(
        "dispute that stayed open",
        "UPDATE disputes SET status = 'needs_response' WHERE order_id = @lost",
        {"disputes-mirrored"},
    ),
    Damage(
        "dispute that Stripe has not",
        "UPDATE disputes SET stripe_id = 'du_of_nobody' WHERE order_id = @disputed",
        {"disputes-mirrored", "dispute-seen"},
    ),
    Damage(
        "what the bank took left out",
        "DELETE FROM ledger WHERE order_id = @lost AND posting LIKE 'dispute:%'",
        {"ledger-disputes"},
    ),
    Damage(
        "the bank took more",
        "UPDATE ledger SET amount = amount * 2 WHERE order_id = @disputed AND posting LIKE 'dispute:%'",
        {"ledger-disputes"},
    ),
    Damage(
        "a movement that Stripe has not",
        """UPDATE ledger SET posting = 'dispute:txn_of_nobody'
           WHERE order_id = @disputed AND posting LIKE 'dispute:%'""",
        {"ledger-disputes"},
    ),
    Damage(
        "refund beside a lost dispute",
        """INSERT INTO refunds (id, order_id, payment_intent_id, amount, currency, state, cause,
                                requested_at, changed_at)
           SELECT gen_random_uuid(), id, payment_intent_id, 1, 'sgd', 'requested', 'x', now(), now()
           FROM orders WHERE id = @lost""",
        {"refunds-within-payment", "refund-carried-out", "follow-up-owed"},
    ),
    Damage(
        "shipped while a bank asked for the money",
        """UPDATE orders SET state = 'shipped' WHERE id = @disputed;
           INSERT INTO order_changes (order_id, at, from_state, to_state, cause)
           VALUES (@disputed, now(), 'paid', 'shipped', 'x')""",
        {"goods-against-money"},
    ),
    Damage(
        "shipped after the money went back",
        """UPDATE orders SET state = 'shipped' WHERE id = @refunded;
           INSERT INTO order_changes (order_id, at, from_state, to_state, cause)
           VALUES (@refunded, now(), 'paid', 'shipped', 'x')""",
        {"goods-against-money"},
    ),
)

FOLLOW_UPS = (
    Damage("mail missing", "DELETE FROM mails WHERE order_id = @paid", {"one-receipt"}),
    Damage("mail not sent", "UPDATE mails SET state = 'sending' WHERE order_id = @paid", {"one-receipt"}),
    Damage(
        "mail doubled",
        """ALTER TABLE mails DROP CONSTRAINT pk_mails, DROP CONSTRAINT uq_mails_message_id;
           INSERT INTO mails SELECT * FROM mails WHERE order_id = @paid""",
        {"one-receipt"},
    ),
    Damage(
        "another Message-ID",
        "UPDATE mails SET message_id = '<x@example.com>' WHERE order_id = @paid",
        {"one-receipt"},
    ),
    Damage(
        "mail without payment",
        """INSERT INTO mails (order_id, purpose, message_id, state, attempts, claimed_at)
           VALUES (@open, 'confirmation', 'x', 'sent', 1, now())""",
        {"no-receipt-unpaid"},
    ),
    Damage(
        "follow-up missing",
        "DELETE FROM dbos.workflow_status WHERE workflow_uuid = 'deliver_confirmation:' || @paid",
        {"follow-up-owed"},
    ),
    Damage(
        "follow-up in error",
        """UPDATE dbos.workflow_status SET status = 'ERROR'
           WHERE workflow_uuid = 'deliver_confirmation:' || @paid""",
        {"no-workflow-failed"},
    ),
    Damage(
        "follow-up that nobody takes up",
        """UPDATE dbos.workflow_status SET status = 'ENQUEUED'
           WHERE workflow_uuid = 'deliver_confirmation:' || @paid""",
        {"no-workflow-stuck"},
    ),
    Damage(
        "event without outcome",
        "UPDATE stripe_events SET outcome = '' WHERE type = 'payment_intent.canceled'",
        {"events-concluded"},
    ),
    Damage(
        "event lost",
        "DELETE FROM stripe_events WHERE type = 'payment_intent.succeeded'",
        {"events-complete"},
    ),
    Damage(
        "event of live mode",
        """INSERT INTO stripe_events (id, type, created, received_at, outcome, payload)
           VALUES ('evt_live', 'payment_intent.succeeded', now(), now(), 'paid', '{"livemode": true}')""",
        {"no-foreign-mode"},
    ),
)

SECRETS = (
    Damage(
        "client secret on an order",
        "UPDATE orders SET payment_failure = 'pi_3Tabc_secret_Q0rVbT4wZx' WHERE id = @open",
        {"no-secrets"},
    ),
    Damage(
        "client secret in an event",
        """UPDATE stripe_events SET payload = jsonb_set(
               payload, '{data,object,url}', '"https://x/?s=pi_1_secret_Q0rVbT4wZx"')
           WHERE type = 'payment_intent.canceled'""",
        {"no-secrets"},
    ),
    Damage(
        "key in a reason",
        "UPDATE orders SET review_reason = review_reason || ' rk_live_51QmProofOfThe' WHERE id = @flagged",
        {"no-secrets"},
    ),
    Damage(
        "card number in an address",
        """UPDATE orders SET shipping_address =
               jsonb_set(shipping_address, '{line2}', '"4242 4242 4242 4242"')
           WHERE id = @open""",
        {"no-secrets"},
    ),
    Damage(
        "webhook's secret in a workflow's pickle",
        """UPDATE dbos.workflow_status SET error =
               encode('\\x80049516000000'::bytea || 'whsec_4f0c1b6a2d9e8f7a6b5c'::bytea, 'base64')
           WHERE workflow_uuid = 'deliver_confirmation:' || @paid""",
        {"no-secrets"},
    ),
    Damage(
        "key in a table of somebody else's",
        """CREATE SCHEMA notes; CREATE TABLE notes.pad (words text[]);
           INSERT INTO notes.pad VALUES ('{sk_test_51QmProofOfTheShop00}')""",
        {"no-secrets"},
    ),
)
