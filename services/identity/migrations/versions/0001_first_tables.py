"""First tables of identity.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

from chassis import first_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    first_tables.create()
    _create_people()
    _create_invitations()
    _create_sessions()


def _create_people() -> None:
    op.create_table(
        "members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("headline", sa.String(), nullable=False),
        sa.Column("company", sa.String(), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("bio", sa.String(), nullable=False),
        sa.Column("portrait_url", sa.String()),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid()),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_members"),
        sa.ForeignKeyConstraint(["sponsor_id"], ["members.id"], name="fk_members_sponsor_id"),
        sa.CheckConstraint("locale IN ('fr', 'en')", name="ck_members_locale_known"),
        sa.CheckConstraint(
            "role IN ('member', 'moderator', 'administrator')", name="ck_members_role_known"
        ),
        sa.CheckConstraint(
            "state IN ('active', 'suspended', 'left')", name="ck_members_state_known"
        ),
    )
    op.create_index("ix_members_invitees", "members", ["sponsor_id", "joined_at", "id"])
    op.create_table(
        "credentials",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_key", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name="pk_credentials"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_credentials_member_id"),
        sa.UniqueConstraint("email_key", name="uq_credentials_email_key"),
    )


def _create_invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid()),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("is_first_start", sa.Boolean(), nullable=False),
        sa.Column("email", sa.String()),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("invitee_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.ForeignKeyConstraint(["sponsor_id"], ["members.id"], name="fk_invitations_sponsor_id"),
        sa.ForeignKeyConstraint(["invitee_id"], ["members.id"], name="fk_invitations_invitee_id"),
        sa.UniqueConstraint("token_hash", name="uq_invitations_token_hash"),
        sa.UniqueConstraint("invitee_id", name="uq_invitations_invitee_id"),
        sa.CheckConstraint("role IN ('member', 'administrator')", name="ck_invitations_role_known"),
        sa.CheckConstraint(
            "(used_at IS NULL) = (invitee_id IS NULL)", name="ck_invitations_used_by_somebody"
        ),
        sa.CheckConstraint("used_at IS NULL OR revoked_at IS NULL", name="ck_invitations_one_end"),
    )
    op.create_index("ix_invitations_sponsored", "invitations", ["sponsor_id", "created_at", "id"])
    op.create_index(
        "uq_invitations_first_start",
        "invitations",
        ["is_first_start"],
        unique=True,
        postgresql_where=sa.text("is_first_start AND used_at IS NULL AND revoked_at IS NULL"),
    )


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_sessions_member_id"),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid()),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rotated_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_refresh_tokens"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_refresh_tokens_session_id"
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["refresh_tokens.id"], name="fk_refresh_tokens_parent_id"
        ),
        sa.UniqueConstraint("token_hash", name="uq_refresh_tokens_token_hash"),
    )
    op.create_index("ix_refresh_tokens_parent_id", "refresh_tokens", ["parent_id"])
