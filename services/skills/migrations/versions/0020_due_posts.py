"""Which posts a night has yet to count anew: found in one reading, counted in pages.

A night that is among its posts measures once more, and finds them so.

Revision ID: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "due_posts",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_due_posts")),
    )
    op.execute("UPDATE nights SET stage = 'flow', after_id = NULL WHERE stage = 'posts'")
