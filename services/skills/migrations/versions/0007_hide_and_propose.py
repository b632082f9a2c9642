"""Who may be proposed, which skills their members hide, and terms that are spelt alike.

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column(
        "member_refs",
        sa.Column("is_proposable", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    op.add_column(
        "attributions",
        sa.Column("is_hidden", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.create_index(
        "ix_skill_terms_alike",
        "skill_terms",
        ["term"],
        postgresql_using="gin",
        postgresql_ops={"term": "gin_trgm_ops"},
    )
