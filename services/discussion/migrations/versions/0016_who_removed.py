"""Whether moderators took a post away.

Revision ID: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column(
        "posts",
        sa.Column("is_moderated", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
