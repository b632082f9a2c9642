"""Standing and voices by the tree of invitations, from when there are enough members.

Who invited whom is told by identity: republish its members once. Until trust begins nothing
that is there changes.

Revision ID: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("member_refs", sa.Column("sponsor_id", sa.Uuid(), nullable=True))
    op.create_index("ix_member_refs_sponsor_id", "member_refs", ["sponsor_id"])
    op.create_table(
        "standings",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("voice_id", sa.Uuid(), nullable=False),
        sa.Column("thousandths", sa.SmallInteger(), nullable=True),
        sa.Column("before", sa.SmallInteger(), nullable=True),
        sa.Column("night", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_standings")),
    )
    op.create_table(
        "nights",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), server_default="0", nullable=False),
        sa.Column("trust_began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("founder_ids", ARRAY(sa.Uuid()), server_default="{}", nullable=False),
        sa.Column("unseen", sa.SmallInteger(), server_default="1000", nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage", sa.String(), server_default="done", nullable=False),
        sa.Column("levelling", sa.Integer(), server_default="1", nullable=False),
        sa.Column("after_id", sa.Uuid(), nullable=True),
        sa.Column("after_skill_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_nights_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nights")),
    )
    op.create_index(
        "ix_like_refs_voice_id",
        "like_refs",
        ["voice_id", "post_id"],
        postgresql_where=sa.text("voice_id IS NOT NULL"),
    )
    _sums()


def _sums() -> None:
    """What counts as one's own branch, and what a voice was counted for."""
    zero = {"server_default": "0", "nullable": False}
    op.add_column("post_refs", sa.Column("branch", sa.Integer(), **zero))  # type: ignore[arg-type]
    op.add_column(
        "post_voices",
        sa.Column("weight", sa.SmallInteger(), server_default="100", nullable=False),
    )
    op.add_column(
        "post_voices",
        sa.Column("is_branch", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    for table, kind in (
        ("contributions", sa.Integer()),
        ("fortnights", sa.BigInteger()),
        ("supporters", sa.Integer()),
    ):
        op.add_column(table, sa.Column("branch", kind, **zero))  # type: ignore[arg-type]
    op.add_column("attributions", sa.Column("by_branch", sa.Float(), **zero))  # type: ignore[arg-type]
