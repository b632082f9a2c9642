"""Mails that may be out already, when a member was looked at last, and who was told goodbye.

Revision ID: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

TIME = sa.DateTime(timezone=True)
STATES = "'waiting', 'sending', 'sent', 'void', 'refused', 'given_up', 'returned'"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_mails_state_known"), "mails", type_="check")
    op.create_check_constraint(op.f("ck_mails_state_known"), "mails", f"state IN ({STATES})")
    op.add_column(
        "mails",
        sa.Column("is_delayed", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("agendas", sa.Column("looked_at", TIME, nullable=True))
    op.add_column("mailboxes", sa.Column("farewell_at", TIME, nullable=True))
