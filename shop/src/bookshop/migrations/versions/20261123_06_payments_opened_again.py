"""The keys under which an order's payment was opened, and how far Stripe's events have been read."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_06"
down_revision = "20261123_05"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.add_column("orders", sa.Column("opening", sa.Integer(), server_default="0", nullable=False))
    op.add_column("orders", sa.Column("opening_since", MOMENT))
    op.create_table(
        "event_mark",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("read_until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event_mark"),
        sa.CheckConstraint("id = 1", name=op.f("ck_event_mark_one_row")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("event_mark")
    op.drop_column("orders", "opening_since")
    op.drop_column("orders", "opening")
