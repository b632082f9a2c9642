"""What a post said before an edit within a day, where somebody liked it; and as skills reads it.

Revision ID: 0015
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("post_versions", sa.Column("prose", sa.String(), nullable=True))
    op.add_column("post_versions", sa.Column("keywords", ARRAY(sa.String()), nullable=True))
    op.add_column(
        "post_versions",
        sa.Column("is_shown", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
