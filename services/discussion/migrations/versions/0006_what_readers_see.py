"""Beside its HTML, what a post shows as plain text: an excerpt for lists, prose for others;
and how its author spelt a keyword.

What an earlier release wrote has version 0 and is rendered anew by the worker's chore.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    for name in ("excerpt", "prose"):
        op.add_column("posts", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("posts", sa.Column("lang", sa.String(), nullable=False, server_default="other"))
    op.add_column("posts", sa.Column("rendering", sa.Integer(), nullable=False, server_default="0"))
    op.create_check_constraint(
        op.f("ck_posts_lang_known"), "posts", "lang IN ('fr', 'en', 'other')"
    )
    op.add_column(
        "post_keywords", sa.Column("written", sa.String(), nullable=False, server_default="")
    )
    op.create_index(
        "ix_posts_rendering", "posts", ["rendering", "id"], postgresql_where="removed_at IS NULL"
    )
