"""First tables of discussion.

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
        "follow_refs",
        sa.Column("follower_id", sa.Uuid(), nullable=False),
        sa.Column("followed_id", sa.Uuid(), nullable=False),
        sa.Column("is_following", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("follower_id", "followed_id", name=op.f("pk_follow_refs")),
    )
    op.create_table(
        "keywords",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keywords")),
        sa.UniqueConstraint("slug", name=op.f("uq_keywords_slug")),
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
        "posts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("body_html", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("like_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("answer_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'answer') = (question_id IS NOT NULL)",
            name=op.f("ck_posts_answers_a_question"),
        ),
        sa.CheckConstraint("kind IN ('question', 'answer')", name=op.f("ck_posts_kind_known")),
        sa.ForeignKeyConstraint(["author_id"], ["member_refs.id"], name=op.f("fk_posts_author_id")),
        sa.ForeignKeyConstraint(["question_id"], ["posts.id"], name=op.f("fk_posts_question_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
    )
    op.create_index(
        "ix_posts_answers",
        "posts",
        ["question_id", "published_at", "id"],
        unique=False,
        postgresql_where=sa.text("question_id IS NOT NULL"),
    )
    op.create_index(
        "ix_posts_author",
        "posts",
        ["author_id", "published_at", "id"],
        unique=False,
        postgresql_where=sa.text("question_id IS NULL"),
    )
    op.create_index(
        "ix_posts_newest",
        "posts",
        ["published_at", "id"],
        unique=False,
        postgresql_where=sa.text("question_id IS NULL"),
    )
    op.create_table(
        "likes",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("is_liked", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("liked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member_refs.id"], name=op.f("fk_likes_member_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_likes_post_id")),
        sa.PrimaryKeyConstraint("post_id", "member_id", name=op.f("pk_likes")),
    )
    op.create_table(
        "post_keywords",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("keyword_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["keyword_id"], ["keywords.id"], name=op.f("fk_post_keywords_keyword_id")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_post_keywords_post_id")),
        sa.PrimaryKeyConstraint("post_id", "keyword_id", name=op.f("pk_post_keywords")),
        sa.UniqueConstraint("post_id", "position", name=op.f("uq_post_keywords_post_id_position")),
    )
    op.create_index(
        "ix_post_keywords_keyword_id", "post_keywords", ["keyword_id", "post_id"], unique=False
    )
