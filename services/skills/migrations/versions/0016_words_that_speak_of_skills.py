"""Words that speak of skills without naming them, and by which rules posts were read.

Revision ID: 0016
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column(
        "skills",
        sa.Column("clues", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
    )
    op.add_column(
        "catalogue_version",
        sa.Column("reading", sa.Integer(), server_default="0", nullable=False),
    )
