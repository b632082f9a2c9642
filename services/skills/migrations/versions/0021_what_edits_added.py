"""Skills that an edit added count for likes after it. Discussion tells anew what posts said before.

Revision ID: 0021
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("post_refs", sa.Column("earlier", JSONB(), server_default="[]", nullable=False))
    for table in ("mentions", "contributions"):
        op.add_column(table, sa.Column("added_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("contributions", sa.Column("late_support", sa.Integer(), nullable=True))
    op.create_table(
        "late_voices",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("voice_id", sa.Uuid(), nullable=False),
        sa.Column("like_count", sa.Integer(), nullable=False),
        sa.Column("is_branch", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post_refs.id"], name=op.f("fk_late_voices_post_id")),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f("fk_late_voices_skill_id")),
        sa.PrimaryKeyConstraint("post_id", "skill_id", "voice_id", name=op.f("pk_late_voices")),
    )
    # What is told again of a post that was edited counts again.
    op.execute(
        "UPDATE post_refs SET revision = revision - 1 WHERE revision > 1 AND removed_at IS NULL"
    )
