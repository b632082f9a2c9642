"""Lists find their pages in an index: a keyword's questions by time, an author's listed ones.

The previous release inserts keywords of posts without their time: a trigger gives it.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column(
        "post_keywords", sa.Column("published_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.execute(
        """CREATE FUNCTION set_published_at() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            SELECT published_at INTO NEW.published_at FROM posts WHERE id = NEW.post_id;
            RETURN NEW;
        END $$"""
    )
    op.execute(
        """CREATE TRIGGER set_published_at BEFORE INSERT ON post_keywords
        FOR EACH ROW WHEN (NEW.published_at IS NULL) EXECUTE FUNCTION set_published_at()"""
    )
    op.execute(
        "UPDATE post_keywords SET published_at = posts.published_at"
        " FROM posts WHERE posts.id = post_keywords.post_id"
    )
    op.create_index(
        "ix_post_keywords_newest", "post_keywords", ["keyword_id", "published_at", "post_id"]
    )
    for name, columns in (("newest", []), ("author", ["author_id"])):
        op.drop_index(f"ix_posts_{name}", table_name="posts")
        op.create_index(
            f"ix_posts_{name}",
            "posts",
            [*columns, "published_at", "id"],
            postgresql_where=sa.text("question_id IS NULL AND removed_at IS NULL"),
        )
