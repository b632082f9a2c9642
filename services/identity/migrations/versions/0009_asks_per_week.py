"""How often a week a member may be asked.

Revision ID: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column(
        "members", sa.Column("asks_per_week", sa.Integer(), server_default="3", nullable=False)
    )
