"""Why an attempt failed, until when it can be finished, and what became of a wish to cancel."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_02"
down_revision = "20261123_01"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("orders", sa.Column("payment_failure_code", sa.String(), nullable=True))
    op.add_column("orders", sa.Column("payment_action_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("orders", sa.Column("cancel_attempts", sa.Integer(), server_default="0", nullable=False))
    op.add_column("orders", sa.Column("cancel_refused_by", sa.String(), nullable=True))
    op.execute("UPDATE orders SET payment_failure_code = 'unknown' WHERE payment_failure IS NOT NULL")


def downgrade() -> None:
    """Take back."""
    for column in ("cancel_refused_by", "cancel_attempts", "payment_action_until", "payment_failure_code"):
        op.drop_column("orders", column)
