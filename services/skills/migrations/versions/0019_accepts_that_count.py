"""Accepts by the answer on which they count: each like of it asks for them.

Revision ID: 0019
"""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_index("ix_accept_refs_counted_id", "accept_refs", ["counted_id"])
