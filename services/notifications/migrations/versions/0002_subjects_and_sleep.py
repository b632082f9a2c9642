"""Who follows which keyword, and what was told of projects' sleep.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    time = sa.DateTime(timezone=True)
    op.create_table(
        "keyword_follow_refs",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("is_following", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", time, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "slug", name=op.f("pk_keyword_follow_refs")),
    )
    op.create_index("ix_keyword_follow_refs_slug", "keyword_follow_refs", ["slug"])
    op.create_table(
        "project_sleeps",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("told_at", time, nullable=False),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_project_sleeps")),
    )
