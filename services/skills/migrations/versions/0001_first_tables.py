"""First tables of skills.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

from chassis import first_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    first_tables.create()
    op.create_table(
        "catalogue_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_catalogue_version_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_version")),
    )
    op.create_table(
        "like_refs",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("liker_id", sa.Uuid(), nullable=False),
        sa.Column("is_liked", sa.Boolean(), nullable=False),
        sa.Column("liked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", "liker_id", name=op.f("pk_like_refs")),
    )
    op.create_table(
        "member_refs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("headline", sa.String(), nullable=False),
        sa.Column("portrait_url", sa.String(), nullable=True),
        sa.Column("state", sa.String(), server_default="active", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "state IN ('active', 'suspended', 'left')", name=op.f("ck_member_refs_state_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_refs")),
    )
    op.create_table(
        "post_refs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("question_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(), server_default="", nullable=False),
        sa.Column("text", sa.String(), server_default="", nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "revision = 0 OR author_id IS NOT NULL", name=op.f("ck_post_refs_told_with_author")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_refs")),
    )
    op.create_index("ix_post_refs_question_id", "post_refs", ["question_id"], unique=False)
    op.create_table(
        "skills",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("label_en", sa.String(), nullable=False),
        sa.Column("label_fr", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("post_count", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skills")),
        sa.UniqueConstraint("slug", name=op.f("uq_skills_slug")),
    )
    op.create_table(
        "attributions",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("strength", sa.Double(), server_default="0", nullable=False),
        sa.Column("voices", sa.Double(), server_default="0", nullable=False),
        sa.Column("liker_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("evidence_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_evidence_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("level", sa.Integer(), server_default="0", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f("fk_attributions_skill_id")),
        sa.PrimaryKeyConstraint("member_id", "skill_id", name=op.f("pk_attributions")),
    )
    op.create_index(
        "ix_attributions_skill",
        "attributions",
        ["skill_id", "strength", "member_id"],
        unique=False,
        postgresql_where=sa.text("strength > 0"),
    )
    op.create_table(
        "evidence",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("liker_id", sa.Uuid(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("strength", sa.Double(), nullable=False),
        sa.Column("liked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post_refs.id"], name=op.f("fk_evidence_post_id")),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f("fk_evidence_skill_id")),
        sa.PrimaryKeyConstraint("post_id", "liker_id", "skill_id", name=op.f("pk_evidence")),
    )
    op.create_index(
        "ix_evidence_attribution", "evidence", ["member_id", "skill_id", "liked_at"], unique=False
    )
    op.create_table(
        "mentions",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post_refs.id"], name=op.f("fk_mentions_post_id")),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f("fk_mentions_skill_id")),
        sa.PrimaryKeyConstraint("post_id", "skill_id", name=op.f("pk_mentions")),
    )
    op.create_index("ix_mentions_skill_id", "mentions", ["skill_id"], unique=False)
    op.create_table(
        "skill_pairs",
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("post_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("skill_id < other_id", name=op.f("ck_skill_pairs_ordered")),
        sa.ForeignKeyConstraint(["other_id"], ["skills.id"], name=op.f("fk_skill_pairs_other_id")),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f("fk_skill_pairs_skill_id")),
        sa.PrimaryKeyConstraint("skill_id", "other_id", name=op.f("pk_skill_pairs")),
    )
    op.create_index("ix_skill_pairs_other_id", "skill_pairs", ["other_id"], unique=False)
    op.create_table(
        "skill_terms",
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f("fk_skill_terms_skill_id")),
        sa.PrimaryKeyConstraint("term", name=op.f("pk_skill_terms")),
    )
    op.create_index(op.f("ix_skill_terms_skill_id"), "skill_terms", ["skill_id"], unique=False)
