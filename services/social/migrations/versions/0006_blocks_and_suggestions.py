"""Blocks, and what suggestions are made of: sponsors, and who was active lately, and where.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("member_refs", sa.Column("sponsor_id", sa.Uuid(), nullable=True))
    op.add_column("member_refs", sa.Column("active_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_member_refs_sponsor_id", "member_refs", ["sponsor_id"])
    op.create_table(
        "blocks",
        sa.Column("blocker_id", sa.Uuid(), nullable=False),
        sa.Column("blocked_id", sa.Uuid(), nullable=False),
        sa.Column("is_blocking", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("blocker_id <> blocked_id", name=op.f("ck_blocks_not_oneself")),
        sa.ForeignKeyConstraint(
            ["blocker_id"], ["member_refs.id"], name=op.f("fk_blocks_blocker_id")
        ),
        sa.ForeignKeyConstraint(
            ["blocked_id"], ["member_refs.id"], name=op.f("fk_blocks_blocked_id")
        ),
        sa.PrimaryKeyConstraint("blocker_id", "blocked_id", name=op.f("pk_blocks")),
    )
    op.create_index(
        "ix_blocks_blocked", "blocks", ["blocked_id"], postgresql_where=sa.text("is_blocking")
    )
    op.create_table(
        "keyword_activities",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("active_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "slug", name=op.f("pk_keyword_activities")),
    )
    op.create_index(
        "ix_keyword_activities_latest", "keyword_activities", ["slug", "active_at", "member_id"]
    )
    op.create_table(
        "dismissals",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("dismissed_id", sa.Uuid(), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member_refs.id"], name=op.f("fk_dismissals_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["dismissed_id"], ["member_refs.id"], name=op.f("fk_dismissals_dismissed_id")
        ),
        sa.PrimaryKeyConstraint("member_id", "dismissed_id", name=op.f("pk_dismissals")),
    )
