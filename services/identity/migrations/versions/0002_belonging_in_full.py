"""Belonging in full: requests, mails, limits, moderation, portraits.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _extend_members()
    _extend_sessions()
    _create_requests()
    _extend_invitations()
    _create_mails()
    _create_limits()
    _create_moderation()
    _create_replicas()


def _extend_members() -> None:
    op.add_column(
        "members",
        sa.Column(
            "name_words",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    op.add_column(
        "members",
        sa.Column("is_proposable", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    op.add_column(
        "members",
        sa.Column(
            "is_sharing_first_steps", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
    )
    op.add_column("members", sa.Column("inviting_stopped_reason", sa.String()))
    op.add_column("members", sa.Column("suspended_by_id", sa.Uuid()))
    op.add_column(
        "members",
        sa.Column("is_without_posts", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_index(
        "ix_members_name_words",
        "members",
        [sa.text("array_to_tsvector(name_words)")],
        postgresql_using="gin",
    )
    op.create_index("ix_members_suspended_by_id", "members", ["suspended_by_id"])
    op.create_table(
        "portraits",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_portraits_member_id"),
        sa.PrimaryKeyConstraint("key", name="pk_portraits"),
        sa.UniqueConstraint("member_id", name="uq_portraits_member_id"),
    )


def _extend_sessions() -> None:
    op.add_column("sessions", sa.Column("device", sa.String(), server_default="", nullable=False))
    op.add_column(
        "sessions",
        sa.Column(
            "used_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
    )
    op.create_index("ix_sessions_member_id", "sessions", ["member_id", "opened_at", "id"])
    op.create_index("ix_refresh_tokens_session_id", "refresh_tokens", ["session_id"])


def _create_requests() -> None:
    op.create_table(
        "invitation_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_key", sa.String(), nullable=False),
        sa.Column("motivation", sa.String(), nullable=False),
        sa.Column("keywords", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("keyword_slugs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("link", sa.String()),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("closed_by_id", sa.Uuid()),
        sa.CheckConstraint("locale IN ('fr', 'en')", name="ck_invitation_requests_locale_known"),
        sa.CheckConstraint(
            "state IN ('unconfirmed', 'waiting', 'sponsored', 'declined', 'replaced')",
            name="ck_invitation_requests_state_known",
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["members.id"], name="fk_invitation_requests_closed_by_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_invitation_requests"),
    )
    op.create_index("ix_invitation_requests_email_key", "invitation_requests", ["email_key"])
    op.create_index(
        "ix_invitation_requests_waiting",
        "invitation_requests",
        ["confirmed_at", "id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )


def _extend_invitations() -> None:
    op.add_column(
        "invitations",
        sa.Column("is_mailed", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("invitations", sa.Column("request_id", sa.Uuid()))
    op.add_column("invitations", sa.Column("reminded_at", sa.DateTime(timezone=True)))
    op.add_column("invitations", sa.Column("place_returned_at", sa.DateTime(timezone=True)))
    op.create_index(
        "ix_invitations_to_remind",
        "invitations",
        ["created_at"],
        postgresql_where=sa.text(
            "is_mailed AND reminded_at IS NULL AND used_at IS NULL AND revoked_at IS NULL"
        ),
    )
    op.create_foreign_key(
        "fk_invitations_request_id", "invitations", "invitation_requests", ["request_id"], ["id"]
    )


def _create_mails() -> None:
    op.create_table(
        "mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_key", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'dead')", name="ck_mails_state_known"),
        sa.PrimaryKeyConstraint("id", name="pk_mails"),
    )
    op.create_index(
        "ix_mails_due", "mails", ["next_try_at"], postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_index("ix_mails_email_key", "mails", ["email_key"])
    op.create_table(
        "mailed_tokens",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('invitation', 'request', 'old_address', 'new_address', 'reset')",
            name="ck_mailed_tokens_purpose_known",
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_mailed_tokens"),
    )
    op.create_index("ix_mailed_tokens_expires_at", "mailed_tokens", ["expires_at"])
    op.create_index("ix_mailed_tokens_subject_id", "mailed_tokens", ["subject_id"])
    op.create_table(
        "address_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_key", sa.String(), nullable=False),
        sa.Column("old_confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("new_confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_address_changes_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_address_changes"),
        sa.UniqueConstraint("member_id", name="uq_address_changes_member_id"),
    )


def _create_limits() -> None:
    op.create_table(
        "limits",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("full_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_limits"),
    )
    op.create_index("ix_limits_full_at", "limits", ["full_at"])


def _create_moderation() -> None:
    op.create_table(
        "moderation_acts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("role", sa.String()),
        sa.Column("affected_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("acted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["members.id"], name="fk_moderation_acts_actor_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_moderation_acts_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_moderation_acts"),
    )
    op.create_index(
        "ix_moderation_acts_member_id", "moderation_acts", ["member_id", "acted_at", "id"]
    )
    op.create_index("ix_moderation_acts_newest", "moderation_acts", ["acted_at", "id"])


def _create_replicas() -> None:
    op.create_table(
        "first_steps",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("post_at", sa.DateTime(timezone=True)),
        sa.Column("skill_slug", sa.String()),
        sa.Column("skill_label_en", sa.String()),
        sa.Column("skill_label_fr", sa.String()),
        sa.Column("skill_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("member_id", name="pk_first_steps"),
    )
    op.create_table(
        "skill_refs",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("slug_en", sa.String(), nullable=False),
        sa.Column("slug_fr", sa.String(), nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "slug", name="pk_skill_refs"),
    )
    op.create_table(
        "keyword_follow_refs",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("is_following", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "slug", name="pk_keyword_follow_refs"),
    )
