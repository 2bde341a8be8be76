"""What an address has spent of its allowance, and where an order was placed from."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_10"
down_revision = "20261123_06"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "spendings",
        sa.Column("allowance", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("quick_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("slow_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("allowance", "subject", name=op.f("pk_spendings")),
    )
    op.add_column("orders", sa.Column("placed_from", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_orders_created_at"), "orders", ["created_at"])
    op.create_index(
        "ix_orders_placed_from",
        "orders",
        ["placed_from"],
        postgresql_where=sa.text("placed_from IS NOT NULL"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_orders_placed_from", table_name="orders")
    op.drop_index(op.f("ix_orders_created_at"), table_name="orders")
    op.drop_column("orders", "placed_from")
    op.drop_table("spendings")
