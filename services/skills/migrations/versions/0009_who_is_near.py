"""Who follows whom, and where members work and are.

Revision ID: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "follow_refs",
        sa.Column("follower_id", sa.Uuid(), nullable=False),
        sa.Column("followed_id", sa.Uuid(), nullable=False),
        sa.Column("is_following", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("follower_id", "followed_id", name="pk_follow_refs"),
    )
    for name in ("company_words", "location_words"):
        op.add_column(
            "member_refs", sa.Column(name, sa.String(), server_default="", nullable=False)
        )
        op.create_index(
            f"ix_member_refs_{name}",
            "member_refs",
            [name],
            postgresql_using="gin",
            postgresql_ops={name: "gin_trgm_ops"},
        )
