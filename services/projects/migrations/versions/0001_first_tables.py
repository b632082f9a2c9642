"""First tables of projects.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis import first_tables, table_changes

revision = "0001"
down_revision = None


def upgrade() -> None:
    first_tables.create()
    table_changes.wait_for_each_listener()
    table_changes.know_closed_sessions()
    _heard_asks()
    _attribution_refs()
    _block_refs()
    _follow_refs()
    _member_refs()
    _projects()
    _belongings()
    _project_changes()
    _project_follows()


def _heard_asks() -> None:
    op.create_table(
        "heard_asks",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("question_id", "member_id", name=op.f("pk_heard_asks")),
    )
    op.create_index("ix_heard_asks_member", "heard_asks", ["member_id", "asked_at"], unique=False)


def _attribution_refs() -> None:
    op.create_table(
        "attribution_refs",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("skill", sa.String(), nullable=False),
        sa.Column("label_en", sa.String(), nullable=False),
        sa.Column("label_fr", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "skill", name=op.f("pk_attribution_refs")),
    )
    op.create_index(
        "ix_attribution_refs_skill",
        "attribution_refs",
        ["skill", "score", "member_id"],
        unique=False,
        postgresql_where=sa.text("is_held AND NOT is_hidden"),
    )


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


def _follow_refs() -> None:
    op.create_table(
        "follow_refs",
        sa.Column("follower_id", sa.Uuid(), nullable=False),
        sa.Column("followed_id", sa.Uuid(), nullable=False),
        sa.Column("is_following", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("follower_id", "followed_id", name=op.f("pk_follow_refs")),
    )


def _member_refs() -> None:
    op.create_table(
        "member_refs",
        sa.Column("is_proposable", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("asks_per_week", sa.Integer(), server_default="3", nullable=False),
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


def _projects() -> None:
    op.create_table(
        "projects",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("pitch", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("description_html", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), server_default="other", nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column(
            "keyword_slugs", postgresql.ARRAY(sa.String()), server_default="{}", nullable=False
        ),
        sa.Column(
            "keyword_labels", postgresql.ARRAY(sa.String()), server_default="{}", nullable=False
        ),
        sa.Column("search", postgresql.TSVECTOR(), server_default="", nullable=False),
        sa.Column("learned", sa.String(), server_default="", nullable=False),
        sa.Column("learned_html", sa.String(), server_default="", nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sleeps_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(stage = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_projects_closed_once")
        ),
        sa.CheckConstraint("lang IN ('fr', 'en', 'other')", name=op.f("ck_projects_lang_known")),
        sa.CheckConstraint(
            "owner_id IS NOT NULL OR stage = 'closed'", name=op.f("ck_projects_owned")
        ),
        sa.CheckConstraint(
            "stage IN ('idea', 'concept', 'test', 'launched', 'closed')",
            name=op.f("ck_projects_stage_known"),
        ),
        sa.CheckConstraint(
            "visibility IN ('members', 'invited')", name=op.f("ck_projects_visibility_known")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["member_refs.id"], name=op.f("fk_projects_owner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
    )
    op.create_index(
        "ix_projects_freshest",
        "projects",
        ["sleeps_at", "id"],
        unique=False,
        postgresql_where=sa.text("stage <> 'closed'"),
    )
    op.create_index(
        "ix_projects_keywords", "projects", ["keyword_slugs"], unique=False, postgresql_using="gin"
    )
    op.create_index("ix_projects_owner", "projects", ["owner_id", "sleeps_at", "id"], unique=False)
    op.create_index(
        "ix_projects_search", "projects", ["search"], unique=False, postgresql_using="gin"
    )
    op.create_index("ix_projects_stage", "projects", ["stage", "sleeps_at", "id"], unique=False)


def _belongings() -> None:
    op.create_table(
        "belongings",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("is_in", sa.Boolean(), nullable=False),
        sa.Column("word", sa.String(), server_default="", nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('owner', 'contributor')", name=op.f("ck_belongings_role_known")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member_refs.id"], name=op.f("fk_belongings_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_belongings_project_id")
        ),
        sa.PrimaryKeyConstraint("project_id", "member_id", name=op.f("pk_belongings")),
    )
    op.create_index(
        "ix_belongings_member",
        "belongings",
        ["member_id", "project_id"],
        unique=False,
        postgresql_where=sa.text("is_in"),
    )
    op.create_index(
        "ix_belongings_owner",
        "belongings",
        ["project_id"],
        unique=True,
        postgresql_where=sa.text("is_in AND role = 'owner'"),
    )


def _project_changes() -> None:
    op.create_table(
        "project_changes",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column(
            "before", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["member_refs.id"], name=op.f("fk_project_changes_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_changes_project_id")
        ),
        sa.PrimaryKeyConstraint("project_id", "revision", name=op.f("pk_project_changes")),
    )


def _project_follows() -> None:
    op.create_table(
        "project_follows",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("is_following", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member_refs.id"], name=op.f("fk_project_follows_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_follows_project_id")
        ),
        sa.PrimaryKeyConstraint("project_id", "member_id", name=op.f("pk_project_follows")),
    )
    op.create_index(
        "ix_project_follows_member",
        "project_follows",
        ["member_id", "project_id"],
        unique=False,
        postgresql_where=sa.text("is_following"),
    )
    op.create_index(
        "ix_project_follows_project",
        "project_follows",
        ["project_id", "member_id"],
        unique=False,
        postgresql_where=sa.text("is_following"),
    )
