"""What a listener's missing queue keeps from travelling waits for that listener alone.

Revision ID: 0004
"""

from chassis import table_changes

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    table_changes.wait_for_each_listener()
