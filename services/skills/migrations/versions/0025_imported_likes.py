"""Which likes were imported: what follows from them alone is no news.

Revision ID: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.add_column(
        "like_refs",
        sa.Column("is_imported", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
