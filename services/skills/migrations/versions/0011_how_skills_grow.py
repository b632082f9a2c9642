"""How many hold a skill and since when, and the latest posts that name one.

Revision ID: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "skill_growths",
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("holder_count", sa.Integer(), nullable=False),
        sa.Column("new_counts", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("skill_id", name="pk_skill_growths"),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name="fk_skill_growths_skill_id"),
    )
    op.create_index("ix_mentions_latest", "mentions", ["skill_id", "post_id"])
    # What it was for, the new one does as well.
    op.drop_index("ix_mentions_skill_id", "mentions")
