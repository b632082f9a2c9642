"""The shards of the outbox.

Revision ID: 0013
"""

from chassis import table_changes

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    table_changes.divide_the_outbox()
