"""What identity tells anew counts again: companies and locations of those known already.

Revision ID: 0010
"""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("UPDATE member_refs SET revision = 0")
