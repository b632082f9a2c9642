"""Posts can be removed; what a member wrote and likes is found by them.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("post_refs", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_post_refs_author_id", "post_refs", ["author_id"], unique=False)
    op.create_index("ix_like_refs_liker_id", "like_refs", ["liker_id", "post_id"], unique=False)
