"""First tables of social.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

from chassis import first_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    first_tables.create()
    op.create_table(
        "member_refs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("headline", sa.String(), nullable=False),
        sa.Column("portrait_url", sa.String()),
        sa.Column("state", sa.String(), nullable=False, server_default="active"),
        sa.Column("revision", sa.Integer(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("id", name="pk_member_refs"),
        sa.CheckConstraint(
            "state IN ('active', 'suspended', 'left')", name="ck_member_refs_state_known"
        ),
    )
    op.create_table(
        "follows",
        sa.Column("follower_id", sa.Uuid(), nullable=False),
        sa.Column("followed_id", sa.Uuid(), nullable=False),
        sa.Column("is_following", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("follower_id", "followed_id", name="pk_follows"),
        sa.ForeignKeyConstraint(["follower_id"], ["member_refs.id"], name="fk_follows_follower_id"),
        sa.ForeignKeyConstraint(["followed_id"], ["member_refs.id"], name="fk_follows_followed_id"),
        sa.CheckConstraint("follower_id <> followed_id", name="ck_follows_not_oneself"),
    )
    op.create_index(
        "ix_follows_followers",
        "follows",
        ["followed_id", "changed_at", "follower_id"],
        postgresql_where=sa.text("is_following"),
    )
    op.create_index(
        "ix_follows_following",
        "follows",
        ["follower_id", "changed_at", "followed_id"],
        postgresql_where=sa.text("is_following"),
    )
