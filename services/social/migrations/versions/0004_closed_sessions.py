"""What a closed session's access token may still write is refused.

Revision ID: 0004
"""

from chassis import table_changes

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    table_changes.know_closed_sessions()
