"""The shards of the outbox.

Revision ID: 0020
"""

from chassis import table_changes

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    table_changes.divide_the_outbox()
