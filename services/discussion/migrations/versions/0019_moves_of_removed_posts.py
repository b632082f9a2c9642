"""Of removed posts no word waits for a merge of keywords to be taken back.

Revision ID: 0019
"""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.execute(
        "DELETE FROM keyword_moves USING posts"
        " WHERE posts.id = post_id AND posts.removed_at IS NOT NULL"
    )
