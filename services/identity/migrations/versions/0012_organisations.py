"""Organisations with their domains, and which members agreed to be seen in theirs.

Revision ID: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "organisations",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_organisations")),
    )
    op.create_table(
        "organisation_domains",
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name="pk_organisation_domains"),
    )
    op.create_index("ix_organisation_domains_slug", "organisation_domains", ["slug"])
    op.create_table(
        "organisation_acts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("domains", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("acted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "act IN ('register', 'change', 'close', 'reopen')",
            name=op.f("ck_organisation_acts_act_known"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["members.id"], name="fk_organisation_acts_actor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_organisation_acts"),
    )
    op.create_index("ix_organisation_acts_newest", "organisation_acts", ["slug", "acted_at", "id"])
    op.add_column("members", sa.Column("organisation", sa.String()))
    op.create_index(
        "ix_members_organisation",
        "members",
        ["organisation", "id"],
        postgresql_where=sa.text("organisation IS NOT NULL"),
    )
