"""Which skill a concept of the European classification is.

Revision ID: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "esco_concepts",
        sa.Column("uri", sa.String(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_esco_concepts_skill_id")
        ),
        sa.PrimaryKeyConstraint("uri", name=op.f("pk_esco_concepts")),
    )
    op.create_index(op.f("ix_esco_concepts_skill_id"), "esco_concepts", ["skill_id"])
