"""What moderators take out of the evidence, what holders contest, and alarms.

Revision ID: 0018
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0018"
down_revision = "0017"


def _uuid(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _at(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, default: str | None = None, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), server_default=default, nullable=nullable)


def _skill(table: str) -> list[Any]:
    return [
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f(f"fk_{table}_skill_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    op.add_column("due_likers", _text("cause", default="like"))
    op.create_table(
        "discounts",
        *(_uuid("id"), *_skill("discounts"), _uuid("post_id", nullable=True)),
        sa.Column("member_ids", ARRAY(sa.Uuid()), server_default="{}", nullable=False),
        *(_text("reason"), _uuid("made_by_id"), _at("made_at")),
        *(_uuid("ended_by_id", nullable=True), _at("ended_at", nullable=True)),
        _text("end_reason", default=""),
        _check("discounts", "post_or_group", "(post_id IS NULL) = (member_ids <> '{}')"),
        _check("discounts", "ended_once", "(ended_at IS NULL) = (ended_by_id IS NULL)"),
    )
    op.create_index("ix_discounts_skill_id", "discounts", ["skill_id"])
    op.create_index("ix_discounts_newest", "discounts", ["made_at", "id"])
    op.create_index(
        "ix_discounts_post",
        "discounts",
        ["post_id", "skill_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL AND post_id IS NOT NULL"),
    )
    op.create_table(
        "discounted_members",
        *(_uuid("member_id"), _uuid("discount_id")),
        sa.ForeignKeyConstraint(
            ["discount_id"], ["discounts.id"], name=op.f("fk_discounted_members_discount_id")
        ),
        sa.PrimaryKeyConstraint("member_id", "discount_id", name=op.f("pk_discounted_members")),
    )
    _contests()
    _alarms()


def _answered(table: str) -> list[Any]:
    return [
        *(_uuid("answered_by_id", nullable=True), _at("answered_at", nullable=True)),
        _check(table, "answered_once", "(outcome IS NULL) = (answered_at IS NULL)"),
    ]


def _contests() -> None:
    op.create_table(
        "contests",
        *(_uuid("id"), _uuid("member_id"), *_skill("contests"), _uuid("post_id")),
        *(_text("word"), _at("contested_at"), _text("outcome", nullable=True)),
        *(_text("answer", default=""), *_answered("contests")),
    )
    op.create_index("ix_contests_skill_id", "contests", ["skill_id"])
    op.create_index(
        "ix_contests_open",
        "contests",
        ["post_id", "skill_id"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_index("ix_contests_member", "contests", ["member_id", "contested_at", "id"])
    op.create_index("ix_contests_newest", "contests", ["contested_at", "id"])


def _alarms() -> None:
    op.create_table(
        "skill_alarms",
        *(_uuid("id"), *_skill("skill_alarms")),
        sa.Column("member_ids", ARRAY(sa.Uuid()), nullable=False),
        sa.Column("own_count", sa.Integer(), nullable=False),
        sa.Column("like_count", sa.Integer(), nullable=False),
        *(_at("raised_at"), _at("seen_at"), _text("outcome", nullable=True)),
        *(_text("reason", default=""), *_answered("skill_alarms")),
        _uuid("discount_id", nullable=True),
    )
    op.create_index("ix_skill_alarms_skill_id", "skill_alarms", ["skill_id"])
    op.create_index("ix_skill_alarms_newest", "skill_alarms", ["raised_at", "id"])
