"""Evidence as sums that add and subtract exactly: voices, contributions, fortnights.

What is there is weighed anew by the worker, in pages. `evidence` stays for the previous release,
whose processes may run beside these; what it names may go before its rows do.

Revision ID: 0006
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def _int(name: str, kind: Any = sa.Integer) -> sa.Column[Any]:
    return sa.Column(name, kind(), server_default="0", nullable=False)


def _float(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Float(), server_default="0", nullable=False)


def _key(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind(), nullable=False)


def upgrade() -> None:
    op.add_column("post_refs", _int("support"))
    op.add_column("post_refs", _int("like_count"))
    op.add_column("post_refs", _int("weighing"))
    op.create_index("ix_post_refs_weighing", "post_refs", ["weighing", "id"])
    op.create_index("ix_post_refs_written", "post_refs", ["author_id", "published_at"])
    op.drop_index("ix_post_refs_author_id", table_name="post_refs")
    op.add_column("like_refs", sa.Column("voice_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_like_refs_latest",
        "like_refs",
        ["post_id", "liked_at", "liker_id"],
        postgresql_where=sa.text("voice_id IS NOT NULL"),
    )
    op.create_table(
        "accept_refs",
        *(_key("question_id", sa.Uuid), _key("answer_id", sa.Uuid), _key("asker_id", sa.Uuid)),
        _key("is_accepted", sa.Boolean),
        sa.Column("counted_id", sa.Uuid(), nullable=True),
        sa.Column("voice_id", sa.Uuid(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        _key("revision", sa.Integer),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_accept_refs")),
    )
    op.create_index("ix_accept_refs_answer_id", "accept_refs", ["answer_id"])
    op.create_table(
        "post_voices",
        *(_key("post_id", sa.Uuid), _key("voice_id", sa.Uuid), _key("like_count", sa.Integer)),
        sa.ForeignKeyConstraint(["post_id"], ["post_refs.id"], name=op.f("fk_post_voices_post_id")),
        sa.PrimaryKeyConstraint("post_id", "voice_id", name=op.f("pk_post_voices")),
    )
    _contributions()
    of_skill = (["skill_id"], ["skills.id"])
    op.create_table(
        "fortnights",
        *(_key("member_id", sa.Uuid), _key("skill_id", sa.Integer), _key("number", sa.Integer)),
        *(_int(name, sa.BigInteger) for name in ("backed", "shared", "asked", "unbacked")),
        *(_int(name) for name in ("like_count", "answer_count")),
        sa.ForeignKeyConstraint(*of_skill, name=op.f("fk_fortnights_skill_id")),
        sa.PrimaryKeyConstraint("member_id", "skill_id", "number", name=op.f("pk_fortnights")),
    )
    op.create_table(
        "supporters",
        *(_key("member_id", sa.Uuid), _key("skill_id", sa.Integer), _key("voice_id", sa.Uuid)),
        *(_int(name) for name in ("answers", "shares", "questions")),
        sa.ForeignKeyConstraint(*of_skill, name=op.f("fk_supporters_skill_id")),
        sa.PrimaryKeyConstraint("member_id", "skill_id", "voice_id", name=op.f("pk_supporters")),
    )
    op.create_table(
        "due_likers",
        *(_key("member_id", sa.Uuid), sa.Column("after_post_id", sa.Uuid(), nullable=True)),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_due_likers")),
    )
    _attributions()
    for name in ("fk_evidence_post_id", "fk_evidence_skill_id"):
        op.drop_constraint(op.f(name), "evidence")


def _contributions() -> None:
    op.create_table(
        "contributions",
        *(_key("post_id", sa.Uuid), _key("skill_id", sa.Integer), _key("member_id", sa.Uuid)),
        *(_key("number", sa.Integer), _key("kind", sa.String)),
        *(_key(name, sa.Integer) for name in ("backed", "shared", "asked", "unbacked")),
        _key("like_count", sa.Integer),
        sa.Column("liked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post_refs.id"], name=op.f("fk_contributions_post_id")
        ),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_contributions_skill_id")
        ),
        sa.PrimaryKeyConstraint("post_id", "skill_id", name=op.f("pk_contributions")),
    )
    columns = ["member_id", "skill_id", "liked_at", "post_id"]
    op.create_index("ix_contributions_proof", "contributions", columns)


def _attributions() -> None:
    for column in (_float("evidence"), _float("by_answers")):
        op.add_column("attributions", column)
    for name in ("all_voices", "answer_count", "fortnight_count"):
        op.add_column("attributions", _int(name))
    op.create_index(
        "ix_attributions_order",
        "attributions",
        ["skill_id", "evidence", "member_id"],
        postgresql_where=sa.text("evidence > 0"),
    )
    # Nothing is known of them until their posts are weighed; levels stay as announced.
    op.execute(
        "UPDATE attributions SET strength = 0, voices = 0, liker_count = 0, evidence_count = 0"
    )
