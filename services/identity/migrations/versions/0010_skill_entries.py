"""What skills are called by moderators, and where they lead.

Revision ID: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "skill_entry_refs",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("slug_en", sa.String(), nullable=False),
        sa.Column("slug_fr", sa.String(), nullable=False),
        sa.Column("label_en", sa.String(), nullable=False),
        sa.Column("label_fr", sa.String(), nullable=False),
        sa.Column("into_slug", sa.String(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_skill_entry_refs")),
    )
