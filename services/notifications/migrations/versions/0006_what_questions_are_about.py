"""What questions are about, who knows that, and whom one may ask how often.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column(
        "member_refs",
        sa.Column("is_proposable", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "member_refs",
        sa.Column("asks_per_week", sa.Integer(), server_default="3", nullable=False),
    )
    op.add_column(
        "object_refs", sa.Column("keywords", sa.String(), server_default="", nullable=False)
    )
    op.create_index(
        "ix_object_refs_skill",
        "object_refs",
        ["state", "level"],
        postgresql_where=sa.text("type = 'skill'"),
    )
    op.create_table(
        "understood_refs",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("skills", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_understood_refs")),
    )
