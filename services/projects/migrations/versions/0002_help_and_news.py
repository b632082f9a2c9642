"""Calls for help, who is asked, who offers and is thanked, and news.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _calls()
    _project_updates()
    _help_invitations()
    _offers()
    _thanks()
    _update_likes()


def _calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("details", sa.String(), nullable=False),
        sa.Column("details_html", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("skills", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'answered', 'withdrawn')", name=op.f("ck_calls_state_known")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["member_refs.id"], name=op.f("fk_calls_author_id")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_calls_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    op.create_index("ix_calls_project", "calls", ["project_id", "opened_at", "id"], unique=False)
    op.create_index(
        "ix_calls_skills",
        "calls",
        ["skills"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("state = 'open'"),
    )


def _project_updates() -> None:
    op.create_table(
        "project_updates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("body_html", sa.String(), nullable=False),
        sa.Column("excerpt", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("like_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["member_refs.id"], name=op.f("fk_project_updates_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_updates_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_updates")),
    )
    op.create_index(
        "ix_project_updates_author", "project_updates", ["author_id", "id"], unique=False
    )
    op.create_index(
        "ix_project_updates_project",
        "project_updates",
        ["project_id", "published_at", "id"],
        unique=False,
        postgresql_where=sa.text("removed_at IS NULL"),
    )


def _help_invitations() -> None:
    op.create_table(
        "help_invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("inviter_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), server_default="", nullable=False),
        sa.Column("is_never", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('owner', 'contributor')", name=op.f("ck_help_invitations_role_known")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'later', 'accepted', 'declined', 'withdrawn')",
            name=op.f("ck_help_invitations_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_help_invitations_call_id")
        ),
        sa.ForeignKeyConstraint(
            ["inviter_id"], ["member_refs.id"], name=op.f("fk_help_invitations_inviter_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member_refs.id"], name=op.f("fk_help_invitations_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_help_invitations_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_invitations")),
    )
    op.create_index(
        "ix_help_invitations_member",
        "help_invitations",
        ["member_id", "asked_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_help_invitations_pair",
        "help_invitations",
        ["project_id", "member_id", "asked_at"],
        unique=False,
    )
    op.create_index(
        "ix_help_invitations_project",
        "help_invitations",
        ["project_id", "asked_at", "id"],
        unique=False,
    )


def _offers() -> None:
    op.create_table(
        "offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), server_default="", nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'accepted', 'declined', 'withdrawn')",
            name=op.f("ck_offers_state_known"),
        ),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_offers_call_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member_refs.id"], name=op.f("fk_offers_member_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_offers_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
    )
    op.create_index("ix_offers_member", "offers", ["member_id", "offered_at", "id"], unique=False)
    op.create_index("ix_offers_once", "offers", ["call_id", "member_id"], unique=True)
    op.create_index("ix_offers_project", "offers", ["project_id", "offered_at", "id"], unique=False)


def _thanks() -> None:
    op.create_table(
        "thanks",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("skills", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("thanked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_thanks_call_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member_refs.id"], name=op.f("fk_thanks_member_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["member_refs.id"], name=op.f("fk_thanks_owner_id")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_thanks_project_id")),
        sa.PrimaryKeyConstraint("call_id", "member_id", name=op.f("pk_thanks")),
    )
    op.create_index("ix_thanks_member", "thanks", ["member_id", "thanked_at"], unique=False)


def _update_likes() -> None:
    op.create_table(
        "update_likes",
        sa.Column("update_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("is_liked", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("liked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member_refs.id"], name=op.f("fk_update_likes_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["update_id"], ["project_updates.id"], name=op.f("fk_update_likes_update_id")
        ),
        sa.PrimaryKeyConstraint("update_id", "member_id", name=op.f("pk_update_likes")),
    )
