"""First tables of notifications.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

from chassis import first_tables, table_changes

revision = "0001"
down_revision = None


def upgrade() -> None:
    first_tables.create()
    table_changes.wait_for_each_listener()
    table_changes.know_closed_sessions()
    _accept_refs()
    _block_refs()
    _broadcasts()
    _follow_refs()
    _hidden_refs()
    _member_refs()
    _notice_actors()
    _notices()
    _object_refs()
    _project_person_refs()


def _accept_refs() -> None:
    op.create_table(
        "accept_refs",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("is_accepted", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_accept_refs")),
    )
    op.create_index("ix_accept_refs_answer", "accept_refs", ["answer_id"], unique=False)


def _block_refs() -> None:
    op.create_table(
        "block_refs",
        sa.Column("blocker_id", sa.Uuid(), nullable=False),
        sa.Column("blocked_id", sa.Uuid(), nullable=False),
        sa.Column("is_blocking", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("blocker_id", "blocked_id", name=op.f("pk_block_refs")),
    )
    op.create_index(
        "ix_block_refs_blocked", "block_refs", ["blocked_id", "blocker_id"], unique=False
    )


def _broadcasts() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_unread", sa.Boolean(), nullable=False),
        sa.Column("after_id", sa.Uuid(), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("object_id", "kind", "part", name=op.f("pk_broadcasts")),
    )
    op.create_index(
        "ix_broadcasts_source", "broadcasts", ["source_id", "happened_at"], unique=False
    )
    op.create_index(
        "ix_broadcasts_waiting",
        "broadcasts",
        ["happened_at"],
        unique=False,
        postgresql_where=sa.text("NOT is_done"),
    )


def _follow_refs() -> None:
    op.create_table(
        "follow_refs",
        sa.Column("follower_id", sa.Uuid(), nullable=False),
        sa.Column("followed_id", sa.Uuid(), nullable=False),
        sa.Column("is_following", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("follower_id", "followed_id", name=op.f("pk_follow_refs")),
    )
    op.create_index(
        "ix_follow_refs_followed", "follow_refs", ["followed_id", "follower_id"], unique=False
    )


def _hidden_refs() -> None:
    op.create_table(
        "hidden_refs",
        sa.Column("act_id", sa.Uuid(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("is_standing", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("act_id", name=op.f("pk_hidden_refs")),
    )
    op.create_index(
        "ix_hidden_refs_object",
        "hidden_refs",
        ["object_id"],
        unique=False,
        postgresql_where=sa.text("is_standing"),
    )


def _member_refs() -> None:
    op.create_table(
        "member_refs",
        sa.Column("locale", sa.String(), server_default="fr", nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("headline", sa.String(), nullable=False),
        sa.Column("portrait_url", sa.String(), nullable=True),
        sa.Column("state", sa.String(), server_default="active", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "state IN ('active', 'suspended', 'left')", name=op.f("ck_member_refs_state_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_refs")),
    )


def _notice_actors() -> None:
    op.create_table(
        "notice_actors",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("is_acting", sa.Boolean(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "member_id", "object_id", "kind", "actor_id", "source_id", name=op.f("pk_notice_actors")
        ),
    )
    op.create_index("ix_notice_actors_done", "notice_actors", ["done_at"], unique=False)
    op.create_index(
        "ix_notice_actors_group",
        "notice_actors",
        ["member_id", "object_id", "kind", "part"],
        unique=False,
        postgresql_where=sa.text("is_acting"),
    )


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("class", sa.String(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_unread", sa.Boolean(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_happened", "notices", ["happened_at"], unique=False)
    op.create_index(
        "ix_notices_key", "notices", ["member_id", "object_id", "kind", "part"], unique=True
    )
    op.create_index(
        "ix_notices_latest", "notices", ["member_id", "happened_at", "id"], unique=False
    )
    op.create_index(
        "ix_notices_unread",
        "notices",
        ["member_id"],
        unique=False,
        postgresql_where=sa.text("is_unread"),
    )


def _object_refs() -> None:
    op.create_table(
        "object_refs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("title_fr", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("named", sa.String(), nullable=False),
        sa.Column("is_there", sa.Boolean(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_object_refs")),
    )
    op.create_index(
        "ix_object_refs_author", "object_refs", ["author_id", "type", "happened_at"], unique=False
    )
    op.create_index("ix_object_refs_parent", "object_refs", ["parent_id", "type"], unique=False)


def _project_person_refs() -> None:
    op.create_table(
        "project_person_refs",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("is_follow", sa.Boolean(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "project_id", "member_id", "is_follow", name=op.f("pk_project_person_refs")
        ),
    )
