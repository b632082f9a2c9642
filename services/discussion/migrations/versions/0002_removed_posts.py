"""Posts can be removed; what a member wrote and likes is found by them.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("posts", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_posts_written", "posts", ["author_id", "id"], unique=False)
    op.create_index("ix_likes_given", "likes", ["member_id", "post_id"], unique=False)
