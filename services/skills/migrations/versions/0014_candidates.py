"""Keywords that name no skill, and what moderators made of them.

Revision ID: 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "unknown_keywords",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("written", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post_refs.id"], name=op.f("fk_unknown_keywords_post_id")
        ),
        sa.PrimaryKeyConstraint("post_id", "slug", name=op.f("pk_unknown_keywords")),
    )
    op.create_index("ix_unknown_keywords_published_at", "unknown_keywords", ["published_at"])
    op.create_index("ix_unknown_keywords_slug", "unknown_keywords", ["slug", "published_at"])
    op.create_table(
        "candidate_answers",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=True),
        sa.Column("terms", ARRAY(sa.String()), server_default="{}", nullable=False),
        sa.Column("slugs", ARRAY(sa.String()), server_default="{}", nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_candidate_answers_skill_id")
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_candidate_answers")),
    )
    op.create_index("ix_candidate_answers_newest", "candidate_answers", ["answered_at", "slug"])
    op.create_index(op.f("ix_candidate_answers_skill_id"), "candidate_answers", ["skill_id"])
    # Posts that were read before are read again by the worker, for the keywords that they have.
    op.execute("UPDATE catalogue_version SET version = version + 1")
