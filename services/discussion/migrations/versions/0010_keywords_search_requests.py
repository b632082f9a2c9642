"""Keywords with their counts and followers, posts found by their words, and who was asked.

The words of what an earlier release wrote are gathered by the worker's chore, which renders all
posts anew.

Revision ID: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for name in ("post_count", "follower_count"):
        op.add_column("keywords", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE keywords SET post_count = counted.posts FROM (SELECT keyword_id, count(*) AS posts"
        " FROM post_keywords GROUP BY keyword_id) AS counted WHERE keyword_id = keywords.id"
    )
    op.create_index("ix_keywords_most_used", "keywords", [sa.text("post_count DESC"), "slug"])
    op.create_index(
        "ix_keywords_like",
        "keywords",
        ["slug"],
        postgresql_using="gin",
        postgresql_ops={"slug": "gin_trgm_ops"},
    )
    op.add_column(
        "posts", sa.Column("search", postgresql.TSVECTOR(), nullable=False, server_default="")
    )
    op.create_index("ix_posts_search", "posts", ["search"], postgresql_using="gin")
    op.create_index(
        "ix_posts_there",
        "posts",
        ["published_at", "id"],
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "keyword_follow_refs",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("is_following", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "slug", name=op.f("pk_keyword_follow_refs")),
    )
    op.create_index(
        "ix_keyword_follow_refs_slug",
        "keyword_follow_refs",
        ["slug"],
        postgresql_where=sa.text("is_following"),
    )
    op.create_table(
        "skill_refs",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("slug_en", sa.String(), nullable=False),
        sa.Column("slug_fr", sa.String(), nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "slug", name=op.f("pk_skill_refs")),
    )
    op.create_table(
        "answer_requests",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("requester_id", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["posts.id"], name=op.f("fk_answer_requests_question_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member_refs.id"], name=op.f("fk_answer_requests_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["requester_id"], ["member_refs.id"], name=op.f("fk_answer_requests_requester_id")
        ),
        sa.PrimaryKeyConstraint("question_id", "member_id", name=op.f("pk_answer_requests")),
    )
    op.create_index("ix_answer_requests_member", "answer_requests", ["member_id", "requested_at"])
