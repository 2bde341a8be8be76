"""How many copies of a mail may have arrived beside the one that did."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_11"
down_revision = "20261123_10"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("mails", sa.Column("copies", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Take back."""
    op.drop_column("mails", "copies")
