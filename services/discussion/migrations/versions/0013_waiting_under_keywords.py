"""Which questions under a keyword wait for an answer, kept by triggers.

Revision ID: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column(
        "post_keywords",
        sa.Column("is_waiting", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.execute(
        """CREATE OR REPLACE FUNCTION set_published_at() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            SELECT published_at, kind = 'question' AND answer_count = 0
                INTO NEW.published_at, NEW.is_waiting FROM posts WHERE id = NEW.post_id;
            RETURN NEW;
        END $$"""
    )
    op.execute(
        """CREATE FUNCTION set_waiting() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE post_keywords SET is_waiting = NEW.kind = 'question' AND NEW.answer_count = 0
                WHERE post_id = NEW.id;
            RETURN NULL;
        END $$"""
    )
    # Of many answers the first alone changes it, and the last that is taken away.
    op.execute(
        """CREATE TRIGGER set_waiting AFTER UPDATE OF answer_count ON posts FOR EACH ROW
        WHEN ((OLD.answer_count = 0) <> (NEW.answer_count = 0))
        EXECUTE FUNCTION set_waiting()"""
    )
    op.execute(
        "UPDATE post_keywords SET is_waiting = true FROM posts WHERE posts.id = post_id"
        " AND posts.kind = 'question' AND posts.answer_count = 0 AND posts.removed_at IS NULL"
    )
    op.create_index(
        "ix_post_keywords_waiting",
        "post_keywords",
        ["keyword_id", "published_at", "post_id"],
        postgresql_where=sa.text("is_waiting"),
    )
