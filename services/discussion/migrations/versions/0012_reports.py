"""Reports to the moderators, and how often a week a member may be asked.

Revision ID: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_IS_OPEN = sa.text("answered_at IS NULL")


def upgrade() -> None:
    op.add_column(
        "member_refs", sa.Column("asks_per_week", sa.Integer(), server_default="3", nullable=False)
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), server_default="", nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "object_type IN ('post', 'member')", name=op.f("ck_reports_object_type_known")
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (answered_at IS NULL)", name=op.f("ck_reports_answered_once")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index(
        "ix_reports_open",
        "reports",
        ["reporter_id", "object_type", "object_id"],
        unique=True,
        postgresql_where=_IS_OPEN,
    )
    op.create_index("ix_reports_reporter", "reports", ["reporter_id", "reported_at", "id"])
    op.create_index("ix_reports_newest", "reports", ["reported_at", "id"])
