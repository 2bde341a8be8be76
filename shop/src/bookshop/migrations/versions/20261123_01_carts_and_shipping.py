"""Carts, shipping, languages, and what a payment waits for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_01"
down_revision = "20261122_01"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "carts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carts")),
        sa.UniqueConstraint("token", name=op.f("uq_carts_token")),
    )
    op.create_index(op.f("ix_carts_changed_at"), "carts", ["changed_at"])
    op.create_table(
        "cart_lines",
        sa.Column("cart_id", sa.Uuid(), nullable=False),
        sa.Column("book_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_cart_lines_quantity_positive")),
        sa.ForeignKeyConstraint(["book_id"], ["books.id"], name=op.f("fk_cart_lines_book_id_books")),
        sa.ForeignKeyConstraint(
            ["cart_id"], ["carts.id"], name=op.f("fk_cart_lines_cart_id_carts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cart_id", "book_id", name=op.f("pk_cart_lines")),
    )
    op.add_column("orders", sa.Column("shipping_amount", sa.Integer(), server_default="0", nullable=False))
    op.add_column("orders", sa.Column("shipping_address", postgresql.JSONB(none_as_null=True), nullable=True))
    op.add_column("orders", sa.Column("locale", sa.String(length=16), server_default="en", nullable=False))
    op.add_column("orders", sa.Column("cart_id", sa.Uuid(), nullable=True))
    op.add_column("orders", sa.Column("payment_next_action", sa.String(), nullable=True))
    op.add_column("orders", sa.Column("wallet", sa.String(), nullable=True))
    op.create_check_constraint(op.f("ck_orders_shipping_not_negative"), "orders", "shipping_amount >= 0")
    op.create_foreign_key(
        op.f("fk_orders_cart_id_carts"), "orders", "carts", ["cart_id"], ["id"], ondelete="SET NULL"
    )


def downgrade() -> None:
    """Take back."""
    op.drop_constraint(op.f("fk_orders_cart_id_carts"), "orders", type_="foreignkey")
    op.drop_constraint(op.f("ck_orders_shipping_not_negative"), "orders", type_="check")
    for column in (
        "wallet",
        "payment_next_action",
        "cart_id",
        "locale",
        "shipping_address",
        "shipping_amount",
    ):
        op.drop_column("orders", column)
    op.drop_table("cart_lines")
    op.drop_table("carts")
