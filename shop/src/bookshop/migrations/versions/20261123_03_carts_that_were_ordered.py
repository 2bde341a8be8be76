"""When an order's books left the cart that it came from."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_03"
down_revision = "20261123_02"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("orders", sa.Column("left_cart_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_orders_cart_id", "orders", ["cart_id"], postgresql_where=sa.text("cart_id IS NOT NULL")
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_orders_cart_id", table_name="orders")
    op.drop_column("orders", "left_cart_at")
