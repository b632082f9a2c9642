"""What was told of a project's sleep: that it is idle, asleep, or awake again.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column(
        "projects", sa.Column("told_sleep", sa.String(), server_default="awake", nullable=False)
    )
    op.add_column(
        "projects", sa.Column("sleep_revision", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("projects", sa.Column("sleep_told_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_projects_sleep_known"), "projects", "told_sleep IN ('awake', 'idle', 'asleep')"
    )
    op.create_index(
        "ix_projects_sleep",
        "projects",
        ["told_sleep", "sleeps_at"],
        postgresql_where=sa.text("stage <> 'closed'"),
    )
