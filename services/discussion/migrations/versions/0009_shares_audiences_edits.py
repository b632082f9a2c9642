"""Shares, audiences, accepted answers, and what posts said before they were edited.

Revision ID: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    for name, kind in (
        ("asker_id", sa.Uuid()),
        ("accepted_answer_id", sa.Uuid()),
        ("form", sa.String()),
        ("link", sa.String()),
    ):
        op.add_column("posts", sa.Column(name, kind, nullable=True))
    # The previous release answers without telling who asked.
    op.execute(
        """CREATE FUNCTION set_asker() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            SELECT author_id INTO NEW.asker_id FROM posts WHERE id = NEW.question_id;
            RETURN NEW;
        END $$"""
    )
    op.execute(
        """CREATE TRIGGER set_asker BEFORE INSERT ON posts FOR EACH ROW
        WHEN (NEW.question_id IS NOT NULL AND NEW.asker_id IS NULL) EXECUTE FUNCTION set_asker()"""
    )
    op.execute(
        "UPDATE posts SET asker_id = questions.author_id FROM posts AS questions"
        " WHERE questions.id = posts.question_id"
    )
    op.drop_constraint(op.f("ck_posts_kind_known"), "posts")
    for name, condition in (
        ("kind_known", "kind IN ('question', 'answer', 'share')"),
        ("form_known", "form IN ('experience', 'watch')"),
        ("audience_known", "audience IN ('members', 'followers', 'followers-only')"),
    ):
        op.create_check_constraint(op.f(f"ck_posts_{name}"), "posts", condition)
    op.create_index(
        "ix_posts_kind",
        "posts",
        ["kind", "published_at", "id"],
        postgresql_where=sa.text("question_id IS NULL AND removed_at IS NULL"),
    )
    op.create_index(
        "ix_posts_author_kind",
        "posts",
        ["author_id", "kind", "published_at", "id"],
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "ix_likes_latest", "likes", ["member_id", "liked_at"], postgresql_where=sa.text("is_liked")
    )
    op.create_index(
        "ix_likes_likers",
        "likes",
        ["post_id", "liked_at", "member_id"],
        postgresql_where=sa.text("is_liked"),
    )
    op.create_table(
        "post_versions",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("body_html", sa.String(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_post_versions_post_id")),
        sa.PrimaryKeyConstraint("post_id", "revision", name=op.f("pk_post_versions")),
    )
    op.create_table(
        "accepts",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("is_accepted", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["posts.id"], name=op.f("fk_accepts_question_id")),
        sa.ForeignKeyConstraint(["answer_id"], ["posts.id"], name=op.f("fk_accepts_answer_id")),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_accepts")),
    )
