"""The moves of a post's keywords are found by the post.

Revision ID: 0018
"""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_index("ix_keyword_moves_post_id", "keyword_moves", ["post_id"])
