"""What a listener's missing queue keeps from travelling waits for that listener alone.

Revision ID: 0003
"""

from chassis import table_changes

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    table_changes.wait_for_each_listener()
