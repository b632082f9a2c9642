"""What a listener's missing queue keeps from travelling waits for that listener alone.

Revision ID: 0006
"""

from chassis import table_changes

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    table_changes.wait_for_each_listener()
