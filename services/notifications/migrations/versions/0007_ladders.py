"""Questions that wait for an answer, who is asked, and who wants no asking.

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "ladders",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("asker_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("stepped_at", TIME, nullable=True),
        sa.Column("wakes_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_ladders")),
    )
    op.create_index(
        "ix_ladders_waking",
        "ladders",
        ["wakes_at", "question_id"],
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_index("ix_ladders_asker", "ladders", ["asker_id"])
    op.create_index("ix_ladders_asked", "ladders", ["asked_at"])
    op.create_table(
        "ladder_steps",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("taken_at", TIME, nullable=False),
        sa.Column("asked_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("question_id", "step", name=op.f("pk_ladder_steps")),
    )
    op.create_table(
        "asks",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("skill", sa.String(), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("declined_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("question_id", "member_id", name=op.f("pk_asks")),
    )
    op.create_index("ix_asks_load", "asks", ["member_id", "asked_at"])
    op.create_table(
        "spared_skills",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("skill", sa.String(), nullable=False),
        sa.Column("until_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "skill", name=op.f("pk_spared_skills")),
    )
