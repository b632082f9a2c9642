"""Members follow keywords.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "keyword_follows",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("is_following", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member_refs.id"], name=op.f("fk_keyword_follows_member_id")
        ),
        sa.PrimaryKeyConstraint("member_id", "slug", name=op.f("pk_keyword_follows")),
    )
