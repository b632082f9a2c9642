"""Pushes: devices, what was pushed to them, and what waits.

Revision ID: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("notices", sa.Column("pushed_at", TIME, nullable=True))
    op.add_column("agendas", sa.Column("push_at", TIME, nullable=True))
    due = sa.text("push_at IS NOT NULL")
    op.create_index("ix_agendas_push_due", "agendas", ["push_at"], postgresql_where=due)
    op.create_table(
        "push_subscriptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("auth_secret", sa.String(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscriptions")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_subscriptions_endpoint")),
    )
    for name in ("member_id", "session_id"):
        op.create_index(f"ix_push_subscriptions_{name}", "push_subscriptions", [name])
    op.create_table(
        "pushes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("notice_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("planned_at", TIME, nullable=False),
        sa.Column("sent_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pushes")),
    )
    op.create_index("ix_pushes_member_id", "pushes", ["member_id", "planned_at"])
    op.create_index("ix_pushes_planned", "pushes", ["planned_at"])
    _create_tries()


def _create_tries() -> None:
    op.create_table(
        "push_tries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", TIME, nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("push_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'dead')", name=op.f("ck_push_tries_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_tries")),
    )
    waits = sa.text("state = 'waiting'")
    op.create_index("ix_push_tries_due", "push_tries", ["next_try_at"], postgresql_where=waits)
    for name in ("push_id", "subscription_id"):
        op.create_index(f"ix_push_tries_{name}", "push_tries", [name])
