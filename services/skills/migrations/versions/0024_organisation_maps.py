"""What may be shown of the skills in an organisation, and who follows a member.

Revision ID: 0024
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("member_refs", sa.Column("organisation", sa.String()))
    op.create_index(
        "ix_member_refs_organisation",
        "member_refs",
        ["organisation", "id"],
        postgresql_where=sa.text("organisation IS NOT NULL"),
    )
    op.create_index(
        "ix_follow_refs_followers",
        "follow_refs",
        ["followed_id", "follower_id"],
        postgresql_where=sa.text("is_following"),
    )
    op.create_table(
        "organisation_maps",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("member_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("people_count", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_organisation_maps")),
    )
    op.create_table(
        "organisation_skills",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("people_count", sa.Integer(), nullable=False),
        sa.Column("level_counts", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_organisation_skills_skill_id")
        ),
        sa.PrimaryKeyConstraint("slug", "skill_id", name=op.f("pk_organisation_skills")),
    )
