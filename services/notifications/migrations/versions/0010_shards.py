"""The shards of the outbox.

Revision ID: 0010
"""

from chassis import table_changes

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    table_changes.divide_the_outbox()
