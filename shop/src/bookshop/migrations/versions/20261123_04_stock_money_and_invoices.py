"""Stock, invoice numbers, the ledger, refunds and disputes."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_04"
down_revision = "20261123_03"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    _stock()
    _invoices()
    _ledger()
    _refunds()
    _disputes()


def downgrade() -> None:
    """Take back."""
    op.execute("DROP TRIGGER issue_invoice ON orders")
    for table in (
        "disputes",
        "refunds",
        "ledger",
        "invoices",
        "invoice_counter",
        "stock_holds",
        "stock_receipts",
        "stock",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change()")
    op.execute("DROP FUNCTION issue_invoice()")


def _stock() -> None:
    op.create_table(
        "stock",
        sa.Column("book_id", sa.Integer(), sa.ForeignKey("books.id", name="fk_stock_book_id_books")),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("sold", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("book_id", name="pk_stock"),
        sa.CheckConstraint("held >= 0", name=op.f("ck_stock_held_not_negative")),
        sa.CheckConstraint("sold >= 0", name=op.f("ck_stock_sold_not_negative")),
        sa.CheckConstraint("held + sold <= received", name=op.f("ck_stock_not_oversold")),
    )
    op.create_table(
        "stock_receipts",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column(
            "book_id",
            sa.Integer(),
            sa.ForeignKey("stock.book_id", name="fk_stock_receipts_book_id_stock"),
            nullable=False,
        ),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stock_receipts"),
    )
    op.create_index("ix_stock_receipts_book_id", "stock_receipts", ["book_id"])
    op.create_table(
        "stock_holds",
        sa.Column("order_id", sa.Uuid(), sa.ForeignKey("orders.id", name="fk_stock_holds_order_id_orders")),
        sa.Column(
            "book_id", sa.Integer(), sa.ForeignKey("stock.book_id", name="fk_stock_holds_book_id_stock")
        ),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("order_id", "book_id", name="pk_stock_holds"),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_holds_quantity_positive")),
    )


def _invoices() -> None:
    op.create_table(
        "invoice_counter",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_invoice_counter"),
        sa.CheckConstraint("id = 1", name=op.f("ck_invoice_counter_one_row")),
    )
    op.create_table(
        "invoices",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "order_id",
            sa.Uuid(),
            sa.ForeignKey("orders.id", name="fk_invoices_order_id_orders"),
            nullable=False,
        ),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_invoices"),
        sa.UniqueConstraint("order_id", name="uq_invoices_order_id"),
    )
    _number_what_was_paid()
    _number_what_will_be_paid()


def _number_what_was_paid() -> None:
    """Orders that were paid before there were numbers get theirs, in the order of their payments."""
    op.execute("""
        INSERT INTO invoices (number, order_id, issued_at)
        SELECT row_number() OVER (ORDER BY paid_at, id), id, paid_at FROM orders WHERE state = 'paid'""")
    op.execute("INSERT INTO invoice_counter (id, last) SELECT 1, count(*) FROM invoices")


def _number_what_will_be_paid() -> None:
    """At the commit, so that one payment keeps the next waiting for no longer than that."""
    op.execute("""
        CREATE FUNCTION issue_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            next integer;
        BEGIN
            -- Whoever came first is next; waiters for a row alone overtake each other, some of them for ever.
            PERFORM pg_advisory_xact_lock('invoice_counter'::regclass::oid::bigint);
            UPDATE invoice_counter SET last = last + 1 RETURNING last INTO STRICT next;
            INSERT INTO invoices (number, order_id, issued_at) VALUES (next, NEW.id, clock_timestamp());
            RETURN NULL;
        END $$""")
    op.execute("""
        CREATE CONSTRAINT TRIGGER issue_invoice AFTER UPDATE OF state ON orders
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        WHEN (NEW.state = 'paid' AND OLD.state <> 'paid') EXECUTE FUNCTION issue_invoice()""")


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("posting", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column(
            "order_id",
            sa.Uuid(),
            sa.ForeignKey("orders.id", name="fk_ledger_order_id_orders"),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("posting", "account", name="pk_ledger"),
    )
    op.create_index("ix_ledger_order_id", "ledger", ["order_id"])
    op.execute("""
        INSERT INTO ledger (posting, account, order_id, amount, currency, at)
        SELECT 'charge:' || payment_intent_id, account, id, sign * total, currency, paid_at
        FROM orders, (VALUES ('stripe', 1), ('sales', -1)) side (account, sign) WHERE state = 'paid'""")
    op.execute("""
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '% is never changed, only added to', TG_TABLE_NAME; END $$""")
    op.execute("""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""")


def _refunds() -> None:
    op.create_table(
        "refunds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "order_id",
            sa.Uuid(),
            sa.ForeignKey("orders.id", name="fk_refunds_order_id_orders"),
            nullable=False,
        ),
        sa.Column("payment_intent_id", sa.String(), nullable=False),
        sa.Column("stripe_id", sa.String(), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_refunds"),
        sa.UniqueConstraint("stripe_id", name="uq_refunds_stripe_id"),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refunds_amount_positive")),
    )
    op.create_index("ix_refunds_order_id", "refunds", ["order_id"])


def _disputes() -> None:
    op.create_table(
        "disputes",
        sa.Column("stripe_id", sa.String(), nullable=False),
        sa.Column(
            "order_id",
            sa.Uuid(),
            sa.ForeignKey("orders.id", name="fk_disputes_order_id_orders"),
            nullable=False,
        ),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("evidence_due_at", MOMENT, nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("stripe_id", name="pk_disputes"),
    )
    op.create_index("ix_disputes_order_id", "disputes", ["order_id"])
