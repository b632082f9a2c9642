"""Which likes were imported, so that they are told again as such.

Revision ID: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column(
        "likes",
        sa.Column("is_imported", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
