"""Rounds of opinions, and since when members belong, as identity tells.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("member_refs", sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True))
    _rounds()
    _unnamed()
    _named()


def _rounds() -> None:
    op.create_table(
        "opinion_rounds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("concept", sa.String(), nullable=False),
        sa.Column("concept_html", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("is_anonymous", sa.Boolean(), nullable=False),
        sa.Column("results", sa.String(), nullable=False),
        sa.Column("questions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_swept", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("outcome", sa.String(), server_default="", nullable=False),
        sa.Column("outcome_html", sa.String(), server_default="", nullable=False),
        sa.Column("outcome_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "audience IN ('contributors', 'followers', 'members')",
            name=op.f("ck_opinion_rounds_audience_known"),
        ),
        sa.CheckConstraint(
            "results IN ('after_answer', 'after_closing')",
            name=op.f("ck_opinion_rounds_results_known"),
        ),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_opinion_rounds_opens_first")),
        sa.CheckConstraint(
            "results = 'after_closing' OR NOT is_anonymous",
            name=op.f("ck_opinion_rounds_results_wait"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["member_refs.id"], name=op.f("fk_opinion_rounds_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_opinion_rounds_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_rounds")),
    )
    op.create_index("ix_opinion_rounds_author", "opinion_rounds", ["author_id", "id"])
    op.create_index("ix_opinion_rounds_project", "opinion_rounds", ["project_id", "asked_at", "id"])
    _round_index("unsealed", "closes_at", "sealed_at IS NULL")
    _round_index("unswept", "sealed_at", "sealed_at IS NOT NULL AND NOT is_swept")
    _round_index(
        "unasked",
        "closes_at",
        "outcome_due_at IS NULL AND concluded_at IS NULL AND withdrawn_at IS NULL",
    )


def _round_index(name: str, column: str, where: str) -> None:
    op.create_index(
        f"ix_opinion_rounds_{name}", "opinion_rounds", [column], postgresql_where=sa.text(where)
    )


def _unnamed() -> None:
    op.create_table(
        "opinion_participants",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("member_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["opinion_rounds.id"], name=op.f("fk_opinion_participants_round_id")
        ),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_opinion_participants")),
    )
    op.create_table(
        "option_counts",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.SmallInteger(), nullable=False),
        sa.Column("option", sa.SmallInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["opinion_rounds.id"], name=op.f("fk_option_counts_round_id")
        ),
        sa.PrimaryKeyConstraint("round_id", "question", "option", name=op.f("pk_option_counts")),
    )
    op.create_table(
        "opinion_texts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.SmallInteger(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["opinion_rounds.id"], name=op.f("fk_opinion_texts_round_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_texts")),
    )
    op.create_index("ix_opinion_texts_question", "opinion_texts", ["round_id", "question", "id"])


def _named() -> None:
    op.create_table(
        "opinion_participations",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member_refs.id"], name=op.f("fk_opinion_participations_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["opinion_rounds.id"], name=op.f("fk_opinion_participations_round_id")
        ),
        sa.PrimaryKeyConstraint("round_id", "member_id", name=op.f("pk_opinion_participations")),
    )
    op.create_index(
        "ix_opinion_participations_member", "opinion_participations", ["member_id", "round_id"]
    )
    op.create_table(
        "opinion_answers",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.SmallInteger(), nullable=False),
        sa.Column("choices", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member_refs.id"], name=op.f("fk_opinion_answers_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["opinion_rounds.id"], name=op.f("fk_opinion_answers_round_id")
        ),
        sa.PrimaryKeyConstraint(
            "round_id", "member_id", "question", name=op.f("pk_opinion_answers")
        ),
    )
    op.create_index("ix_opinion_answers_member", "opinion_answers", ["member_id", "round_id"])
    op.create_index(
        "ix_opinion_answers_question", "opinion_answers", ["round_id", "question", "member_id"]
    )
