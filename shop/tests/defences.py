"""The shop's defences, each with a way to switch it off and the scenario that must go red without it.

A defence is switched off in a copy of the shop's source, so that nothing in the shop itself can be. What an
edit replaces has to stand in its file exactly once: whoever rewrites a defence brings its edit along.
docs/reliability.md lists them for people, by `name`.
"""

from dataclasses import dataclass

TABLES = "migrations/versions/20261122_01_the_first_tables.py"
MONEY_TABLES = "migrations/versions/20261123_04_stock_money_and_invoices.py"


@dataclass(frozen=True)
class Edit:
    """`was` becomes `becomes` in a file below `bookshop`."""

    file: str
    was: str
    becomes: str


@dataclass(frozen=True)
class Defence:
    """`test` is a pytest node below shop/tests."""

    name: str
    test: str
    edits: tuple[Edit, ...]


def _defence(name: str, test: str, *edits: tuple[str, str, str]) -> Defence:
    return Defence(name, test, tuple(Edit(*edit) for edit in edits))


RACES, STORIES = "integration/test_races.py", "integration/test_stories.py"
SETTLEMENT, SIGNATURES = "integration/test_settlement.py", "unit/test_signatures.py"

AT_THE_SAME_MOMENT = (
    _defence(
        "row lock on the order",
        f"{RACES}::test_the_same_news_at_once",
        ("orders.py", ".with_for_update(of=Order)", ""),
    ),
    _defence(
        "unique checkout key",
        f"{RACES}::test_one_checkout_pressed_many_times_at_once",
        (TABLES, 'sa.UniqueConstraint("checkout_key", name=op.f("uq_orders_checkout_key")),', ""),
        ("new_orders.py", ".on_conflict_do_nothing(index_elements=[Order.checkout_key])", ""),
    ),
    _defence(
        "inbox of events",
        f"{RACES}::test_one_event_delivered_many_times_at_once",
        (
            "workflows/take_event.py",
            "if not await events.record(session, event, outcome):",
            "if not await events.record(session, event, outcome) and False:",
        ),
        (
            "workflows/take_event.py",
            "if effect and await events.is_recorded(session, event.id):",
            "if False:",
        ),
    ),
    _defence(
        "lock on the shelf",
        f"{RACES}::test_the_last_copies_wanted_at_once",
        ("stock.py", ".with_for_update()", ""),
    ),
    _defence(
        "stock guard",
        f"{RACES}::test_the_last_copies_wanted_at_once",
        ("stock.py", "for row in counted if row.free < copies[row.book_id]}", "for row in counted if False}"),
    ),
    _defence(
        "the invoice counter's lock",
        "integration/test_invoice_numbers.py::test_no_gap_and_no_rush",
        (MONEY_TABLES, "PERFORM pg_advisory_xact_lock('invoice_counter'::regclass::oid::bigint);", ""),
        (
            MONEY_TABLES,
            "UPDATE invoice_counter SET last = last + 1 RETURNING last INTO STRICT next;",
            "SELECT count(*) + 1 INTO STRICT next FROM invoices;",
        ),
    ),
    _defence(
        "never more back than was paid",
        f"{RACES}::test_two_shopkeepers_refund_at_once",
        ("refunds.py", "not 0 < wanted.amount <= left.amount", "False"),
    ),
    _defence(
        "follow-up in the commit that causes it",
        f"{RACES}::test_what_is_owed_stands_and_falls_with_its_commit",
        (
            "workflows/follow_ups.py",
            """await session.run_sync(
            lambda sync: self._client.enqueue_in_transaction(sync, options, str(subject)),
        )""",
            "await self._client.enqueue_async(options, str(subject))",
        ),
    ),
)

WRITTEN_DOWN = (
    _defence(
        "reconciler",
        f"{STORIES}::test_an_hour_of_lost_webhooks",
        (
            "workflows/reconcile.py",
            "report.reading = await read_events(shop, since=since, until=until)",
            "report.reading = Reading()",
        ),
        (
            "workflows/reconcile.py",
            "report.orders += await rounds.walk(shop, unsettled, lambda order: _ask(shop, order))",
            "pass",
        ),
    ),
    _defence(
        "sweep for missing follow-ups",
        "integration/test_follow_ups.py::test_a_requested_refund_without_a_workflow_is_found",
        (
            "workflows/sweep_follow_ups.py",
            "missing = await check.missing(session)",
            "missing = list[uuid.UUID]()",
        ),
    ),
    _defence(
        "mail claim",
        f"{RACES}::test_a_mail_that_was_sent_is_never_claimed_again",
        ("mail.py", 'where=Mail.state != "sent",', ""),
    ),
    _defence(
        "append-only trigger on the ledger",
        f"{RACES}::test_the_ledger_is_only_added_to",
        (MONEY_TABLES, "BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger", "BEFORE TRUNCATE ON orders"),
    ),
    _defence(
        "secrets stay out of the inbox",
        f"{RACES}::test_no_client_secret_is_kept",
        (
            "events.py",
            "for key, item in value.items() if key != CLIENT_SECRET}",
            "for key, item in value.items()}",
        ),
    ),
    _defence(
        "JPY is never multiplied",
        "unit/test_money.py::test_story_14_figures_become_stripes_integers",
        ("money.py", '"gnf", "jpy", "kmf"', '"gnf", "kmf"'),
    ),
)

BELIEVED = (
    _defence(
        "signature check",
        f"{SIGNATURES}::test_headers_that_prove_nothing",
        ("payments.py", "if not any(_signed(text, signature, secret) for secret in secrets):", "if False:"),
    ),
    _defence(
        "signatures dated ahead",
        f"{SIGNATURES}::test_five_minutes_in_both_directions",
        ("payments.py", "return signed_at <= time.time() + SIGNATURE_TOLERANCE", "return signed_at > 0"),
    ),
    _defence(
        "stale payloads are read again",
        f"{STORIES}::test_a_stale_payload_is_not_believed",
        ("workflows/take_event.py", "if payment.order_id is not None and not payment.is_final:", "if False:"),
    ),
    _defence(
        "events of the other mode",
        f"{RACES}::test_an_event_of_the_other_mode",
        ("workflows/take_event.py", "if event.livemode != shop.settings.live:", "if False:"),
    ),
    _defence(
        "the page's total is only compared",
        f"{RACES}::test_a_total_that_the_page_did_not_show",
        ("placing.py", "if isinstance(quoted, Quote) and quoted.total != draft.shown_total:", "if False:"),
    ),
    _defence(
        "amount check",
        f"{SETTLEMENT}::test_another_amount_is_given_back_not_kept",
        ("settlement.py", "if payment.received != order.money:", "if False:"),
    ),
    _defence(
        "no secret for an order closed meanwhile",
        "integration/test_cancellation.py::test_a_payment_that_is_being_opened_is_put_away",
        ("settlement.py", ".where(Order.state == State.AWAITING_PAYMENT, ", ".where("),
    ),
    _defence(
        "no adoption of a payment of another amount",
        f"{SETTLEMENT}::test_an_order_adopts_no_intent_that_asks_for_something_else",
        ("settlement.py", "_intent_id is None and payment.total == order.money:", "_intent_id is None:"),
    ),
    _defence(
        "own PaymentIntent check",
        f"{SETTLEMENT}::test_a_stranger_does_not_pay_an_open_order",
        (
            "settlement.py",
            """if order.payment_intent_id != payment.id:
        return _refuse(""",
            """if False:
        return _refuse(""",
        ),
    ),
)

FINAL = (
    _defence(
        "ask before cancel",
        f"{STORIES}::test_paid_at_stripe_while_we_close_the_order",
        (
            "cancellation.py",
            "if order.payment_intent_id is None:\n        await orders.move",
            "if True:\n        await orders.move",
        ),
    ),
    _defence(
        "idempotency key on opening",
        f"{STORIES}::test_the_answer_to_the_opening_is_lost",
        (
            "payments.py",
            """"metadata": {ORDER_METADATA: order_id},
            },
            {"idempotency_key": idempotency_key},""",
            """"metadata": {ORDER_METADATA: order_id},
            },
            {},""",
        ),
    ),
    _defence(
        "idempotency key on refunds",
        f"{STORIES}::test_one_refund_at_stripe_for_one_written_down",
        ("refund_calls.py", '{"idempotency_key": refund.idempotency_key},', "{},"),
    ),
    _defence(
        "looking before another key, when opening",
        f"{STORIES}::test_a_key_that_stripe_has_forgotten",
        ("workflows/open_payment.py", "(order.opening_since or order.created_at) <", "now() <"),
    ),
    _defence(
        "looking before another key, when refunding",
        f"{STORIES}::test_a_refund_whose_key_stripe_has_forgotten",
        ("workflows/refund_order.py", "if is_doubtful and", "if False and"),
    ),
    _defence(
        "key of the refund's form",
        "integration/test_giving_back.py::test_fault_55_a_double_click_is_one_refund",
        ("workflows/return_money.py", "refund_id=key", "refund_id=None"),
    ),
    _defence(
        "no refund beside a dispute",
        "integration/test_disputed_orders.py::test_fault_59_a_disputed_payment_is_not_refunded_as_well",
        ("refunds.py", "in_the_way(session, payment_intent_id)", 'in_the_way(session, "")'),
    ),
    _defence(
        "failed refunds undone in the ledger",
        "integration/test_refunds.py::test_story_16_a_refund_that_fails_later_is_undone",
        ("refunds.py", 'f"refund undone:{seen.id}"', 'f"refund:{seen.id}"'),
    ),
    _defence(
        "final states of orders",
        f"{SETTLEMENT}::test_late_news_never_downgrades_a_paid_order",
        ("settlement.py", "if order.state not in UNPAID:", "if False:"),
    ),
    _defence(
        "final states of payments",
        f"{SETTLEMENT}::test_late_news_never_downgrades_a_paid_order",
        (
            "settlement.py",
            'if is_late or (order.payment_status == "succeeded" and payment.status == "canceled"):',
            "if False:",
        ),
    ),
    _defence(
        "money for an order that was given up",
        f"{SETTLEMENT}::test_money_after_a_cancellation_is_given_back",
        ("settlement.py", "if order.state == State.CANCELED:", "if False:"),
    ),
    _defence(
        "a refusal is for good",
        f"{SETTLEMENT}::test_money_for_an_expired_order_whose_books_are_gone",
        ("settlement.py", "if any(payment.id in reason for reason in review.reasons(order)):", "if False:"),
    ),
    _defence(
        "copies sold once to a late payment",
        f"{SETTLEMENT}::test_money_for_an_expired_order_whose_books_are_gone",
        ("stock.py", "if any(shelf[hold.book_id].free < hold.quantity for hold in released):", "if False:"),
    ),
    _defence(
        "copies back with the order",
        f"{SETTLEMENT}::test_money_for_an_expired_order_whose_books_are_there",
        ("settlement.py", "if order.state in CLOSED:", "if False:"),
    ),
)

DEFENCES = (*AT_THE_SAME_MOMENT, *WRITTEN_DOWN, *BELIEVED, *FINAL)
