"""Preferences, mails and digests of notices, and what comes of them.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

TIME = sa.DateTime(timezone=True)
STATES = "state IN ('waiting', 'sent', 'void', 'refused', 'given_up', 'returned')"


def upgrade() -> None:
    op.add_column("notices", sa.Column("told_at", TIME, nullable=True))
    op.add_column("notices", sa.Column("mailed_at", TIME, nullable=True))
    op.create_index(
        "ix_notices_unmailed",
        "notices",
        ["member_id"],
        postgresql_where=sa.text("is_unread AND mailed_at IS NULL AND told_at IS NOT NULL"),
    )
    _create_choices()
    _create_mails()


def _create_choices() -> None:
    op.create_table(
        "preferences",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("choices", postgresql.JSONB(), nullable=False),
        sa.Column("undone", postgresql.JSONB(), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_preferences")),
    )
    op.create_table(
        "agendas",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("look_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_agendas")),
    )
    op.create_index(
        "ix_agendas_due",
        "agendas",
        ["look_at"],
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_table(
        "visits",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_visits")),
    )


def _create_mails() -> None:
    op.create_table(
        "mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("notice_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("planned_at", TIME, nullable=False),
        sa.Column("sent_at", TIME, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint(STATES, name=op.f("ck_mails_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )
    op.create_index("ix_mails_member_id", "mails", ["member_id", "planned_at"])
    op.create_index(
        "ix_mails_planned",
        "mails",
        ["planned_at"],
        postgresql_where=sa.text("member_id IS NOT NULL"),
    )
    op.create_table(
        "mail_tries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", TIME, nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'dead')", name=op.f("ck_mail_tries_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_tries")),
    )
    op.create_index(
        "ix_mail_tries_due",
        "mail_tries",
        ["next_try_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_mail_tries_member_id", "mail_tries", ["member_id"])
    op.create_table(
        "digests",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "day", name=op.f("pk_digests")),
    )
    op.create_table(
        "mail_returns",
        sa.Column("mail_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("is_permanent", sa.Boolean(), nullable=False),
        sa.Column("returned_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("mail_id", name=op.f("pk_mail_returns")),
    )
    op.create_index("ix_mail_returns_member_id", "mail_returns", ["member_id", "returned_at"])
    op.create_table(
        "mailboxes",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("bounced_at", TIME, nullable=True),
        sa.Column("well_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_mailboxes")),
    )
