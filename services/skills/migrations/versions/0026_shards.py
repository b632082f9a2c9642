"""The shards of the outbox.

Revision ID: 0026
"""

from chassis import table_changes

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    table_changes.divide_the_outbox()
