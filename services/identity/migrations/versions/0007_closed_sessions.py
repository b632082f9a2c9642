"""Sessions know when the password was given, tokens that a sibling took their place.

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op

from chassis import table_changes

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    table_changes.know_closed_sessions()
    # Null: as old as the session; a token whose sibling took its place.
    op.add_column("sessions", sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "refresh_tokens", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True)
    )
