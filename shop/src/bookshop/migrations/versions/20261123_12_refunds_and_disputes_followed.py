"""What following refunds and disputes needs: tries, keys, whose payment, and orders that were called off."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_12"
down_revision = "20261123_11"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "refunds", sa.Column("is_of_the_rest", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("refunds", sa.Column("tries", sa.Integer(), server_default="0", nullable=False))
    op.add_column("refunds", sa.Column("spent_keys", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_refunds_payment_intent_id", "refunds", ["payment_intent_id"])
    op.add_column("disputes", sa.Column("payment_intent_id", sa.String(), server_default="", nullable=False))
    op.add_column(
        "disputes", sa.Column("is_refundable", sa.Boolean(), server_default="false", nullable=False)
    )
    op.create_index("ix_disputes_payment_intent_id", "disputes", ["payment_intent_id"])
    op.add_column("orders", sa.Column("called_off_at", MOMENT, nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("orders", "called_off_at")
    op.drop_index("ix_disputes_payment_intent_id", table_name="disputes")
    op.drop_column("disputes", "is_refundable")
    op.drop_column("disputes", "payment_intent_id")
    op.drop_index("ix_refunds_payment_intent_id", table_name="refunds")
    op.drop_column("refunds", "spent_keys")
    op.drop_column("refunds", "tries")
    op.drop_column("refunds", "is_of_the_rest")
