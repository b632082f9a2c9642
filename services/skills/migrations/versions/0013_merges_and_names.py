"""Skills lead to others, are called otherwise, and whose a term is; who did that, and why.

Revision ID: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    for column in (
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("root_id", sa.Integer(), nullable=True),
        sa.Column("own_label_en", sa.String(), nullable=True),
        sa.Column("own_label_fr", sa.String(), nullable=True),
        sa.Column("is_retired", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("skills", column)
    op.create_foreign_key(
        op.f("fk_skills_merged_into_id"), "skills", "skills", ["merged_into_id"], ["id"]
    )
    for table in ("skill_terms", "skill_aliases"):
        source = sa.Column("source", sa.String(), server_default="catalogue", nullable=False)
        op.add_column(table, source)
    op.execute("UPDATE skill_terms SET source = 'added' WHERE NOT is_ours")
    op.create_table(
        "catalogue_acts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("into_slug", sa.String(), nullable=True),
        sa.Column("label_en", sa.String(), nullable=True),
        sa.Column("label_fr", sa.String(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("kept", JSONB(), server_default="{}", nullable=False),
        sa.Column("acted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_acts")),
    )
    op.create_index("ix_catalogue_acts_newest", "catalogue_acts", ["acted_at", "id"])
    op.create_index("ix_catalogue_acts_slug", "catalogue_acts", ["slug", "acted_at", "id"])
