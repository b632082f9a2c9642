"""The shards of the outbox.

Revision ID: 0008
"""

from chassis import table_changes

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    table_changes.divide_the_outbox()
