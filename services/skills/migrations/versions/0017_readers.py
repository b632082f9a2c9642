"""What counts of a member's evidence for the order, by who likes it.

Revision ID: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column(
        "attributions",
        sa.Column("kept", sa.SmallInteger(), server_default="100", nullable=False),
    )
