"""Thanks for help in a project prove skills, as an answer that one voice likes.

Revision ID: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("post_refs", sa.Column("call_id", sa.Uuid(), nullable=True))
