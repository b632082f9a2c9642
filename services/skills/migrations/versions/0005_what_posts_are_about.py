"""What posts say as readers see it, how much they are about each skill, and a larger catalogue.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    def add(table: str, *columns: sa.Column) -> None:  # type: ignore[type-arg]
        for column in columns:
            op.add_column(table, column)

    add(
        "skills",
        sa.Column("broader_id", sa.Integer(), nullable=True),
        sa.Column(
            "related_ids", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False
        ),
    )
    add(
        "skill_terms",
        sa.Column("kind", sa.String(), server_default="plain", nullable=False),
        sa.Column("is_ours", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    op.create_table(
        "skill_aliases",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_skill_aliases_skill_id")
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_skill_aliases")),
    )
    op.create_index("ix_skill_aliases_skill_id", "skill_aliases", ["skill_id"])
    add(
        "post_refs",
        sa.Column("prose", sa.String(), server_default="", nullable=False),
        sa.Column("keywords", sa.String(), server_default="", nullable=False),
        sa.Column("audience", sa.String(), server_default="members", nullable=False),
        sa.Column("catalogue", sa.Integer(), server_default="0", nullable=False),
    )
    # Until discussion tells it again: the words of which there was nothing better.
    op.execute("UPDATE post_refs SET prose = text WHERE text <> ''")
    op.create_index("ix_post_refs_catalogue", "post_refs", ["catalogue", "id"])
    add(
        "mentions",
        sa.Column("relevance", sa.SmallInteger(), server_default="60", nullable=False),
        sa.Column("reason", sa.String(), server_default="body", nullable=False),
    )
