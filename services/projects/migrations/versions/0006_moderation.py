"""Reports of what stands in projects, and what moderators do there.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    time = sa.DateTime(timezone=True)
    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("project_title", sa.String(), nullable=False),
        sa.Column("is_from_inside", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("reported_at", time, nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), server_default="", nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", time, nullable=True),
        sa.CheckConstraint(
            "(outcome IS NULL) = (answered_at IS NULL)", name=op.f("ck_reports_answered_once")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_reports_{column}"))
            for column, table in (
                ("reporter_id", "member_refs"),
                ("project_id", "projects"),
                ("subject_id", "member_refs"),
                ("answered_by_id", "member_refs"),
            )
        ),
    )
    op.create_index(
        "ix_reports_open",
        "reports",
        ["reporter_id", "object_id"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_index("ix_reports_reporter", "reports", ["reporter_id", "reported_at", "id"])
    op.create_index("ix_reports_newest", "reports", ["reported_at", "id"])
    op.create_index("ix_reports_project", "reports", ["project_id"])
    op.create_table(
        "moderation_acts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("moderator_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("acted_at", time, nullable=False),
        sa.Column("changed_at", time, nullable=False),
        sa.Column("undone_by_id", sa.Uuid(), nullable=True),
        sa.Column("undone_at", time, nullable=True),
        sa.Column("undo_reason", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint(
            "kind IN ('hide', 'close', 'replace_owner')",
            name=op.f("ck_moderation_acts_kind_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_acts")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_moderation_acts_{column}")
            )
            for column, table in (
                ("project_id", "projects"),
                ("member_id", "member_refs"),
                ("moderator_id", "member_refs"),
                ("undone_by_id", "member_refs"),
            )
        ),
    )
    op.create_index(
        "ix_moderation_acts_standing",
        "moderation_acts",
        ["object_id", "kind"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL AND kind <> 'replace_owner'"),
    )
    op.create_index(
        "ix_moderation_acts_project", "moderation_acts", ["project_id", "acted_at", "id"]
    )
    op.create_index("ix_moderation_acts_member", "moderation_acts", ["member_id"])
    # Words with a name get an id, by which one of them can be reported and hidden.
    op.add_column(
        "opinion_answers",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
    )
    op.create_index("ix_opinion_answers_id", "opinion_answers", ["id"], unique=True)
    op.add_column(
        "projects",
        sa.Column("owner_acted_at", time, server_default=sa.func.now(), nullable=False),
    )
