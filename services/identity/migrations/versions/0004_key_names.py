"""Where lists of members sort by, and what names are known by.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column(
        "members",
        sa.Column("name_key", sa.String(collation="C"), server_default="", nullable=False),
    )
    op.add_column("members", sa.Column("keyed_name", sa.String()))
    op.create_index(
        "ix_members_listed",
        "members",
        ["name_key", "id"],
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_index(
        "ix_members_staff", "members", ["id"], postgresql_where=sa.text("role <> 'member'")
    )
    op.create_index(
        "ix_members_unkeyed",
        "members",
        ["id"],
        postgresql_where=sa.text("keyed_name IS DISTINCT FROM name"),
    )
