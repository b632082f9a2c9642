"""Merged keywords, and the follows that a merge added.

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("keyword_follows", sa.Column("merged_from", sa.String(), nullable=True))
    op.create_index("ix_keyword_follows_slug", "keyword_follows", ["slug"])
    op.create_table(
        "keyword_merge_refs",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("into_slug", sa.String(), nullable=False),
        sa.Column("is_merged", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_keyword_merge_refs")),
    )
