"""Which owner removed somebody.

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("belongings", sa.Column("removed_by_id", sa.Uuid(), nullable=True))
