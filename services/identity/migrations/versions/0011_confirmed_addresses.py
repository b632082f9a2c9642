"""Which addresses are confirmed, and the links that confirm one's own.

Revision ID: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("credentials", sa.Column("confirmed_at", sa.DateTime(timezone=True)))
    op.add_column(
        "credentials",
        sa.Column("address_revision", sa.Integer(), server_default="0", nullable=False),
    )
    name = op.f("ck_mailed_tokens_purpose_known")
    op.drop_constraint(name, "mailed_tokens")
    op.create_check_constraint(
        name,
        "mailed_tokens",
        "purpose IN ('invitation', 'request', 'old_address', 'new_address', 'own_address',"
        " 'reset')",
    )
