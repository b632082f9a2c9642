"""Rounds of opinions.

Where nobody is named there is no row for each answer: who answered stands in one row of the round,
what they answered in counts and in texts. Closing deletes the first and writes the others anew, so
that no order and no transaction tells what belongs together.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, SmallInteger, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.projects import rules
from services.projects.models.base import Base


class Round(Base):
    """What a project asks, whom, and until when; `concept` and `outcome` are Markdown.

    `questions` are those of `opinions.kept`. `sealed_at`: when its end, or that it was withdrawn,
    was carried out; `is_swept`: that nothing of what is deleted then is left on a page.
    """

    __tablename__ = "opinion_rounds"
    __table_args__ = (
        CheckConstraint(
            "audience IN ('contributors', 'followers', 'members')", name="audience_known"
        ),
        CheckConstraint("results IN ('after_answer', 'after_closing')", name="results_known"),
        CheckConstraint("opens_at < closes_at", name="opens_first"),
        CheckConstraint("results = 'after_closing' OR NOT is_anonymous", name="results_wait"),
        Index("ix_opinion_rounds_project", "project_id", "asked_at", "id"),
        Index(
            "ix_opinion_rounds_unsealed",
            "closes_at",
            postgresql_where=text("sealed_at IS NULL"),
        ),
        Index(
            "ix_opinion_rounds_unswept",
            "sealed_at",
            postgresql_where=text("sealed_at IS NOT NULL AND NOT is_swept"),
        ),
        Index(
            "ix_opinion_rounds_unasked",
            "closes_at",
            postgresql_where=text(
                "outcome_due_at IS NULL AND concluded_at IS NULL AND withdrawn_at IS NULL"
            ),
        ),
        Index("ix_opinion_rounds_author", "author_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"))
    title: Mapped[str]
    concept: Mapped[str]
    concept_html: Mapped[str]
    lang: Mapped[str]
    audience: Mapped[str]
    is_anonymous: Mapped[bool]
    results: Mapped[str]
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    opens_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    closes_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    answer_count: Mapped[int] = mapped_column(server_default="0")
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    sealed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    is_swept: Mapped[bool] = mapped_column(server_default=text("false"))
    outcome: Mapped[str] = mapped_column(server_default="")
    outcome_html: Mapped[str] = mapped_column(server_default="")
    outcome_due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    concluded_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revision: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    def state_at(self, now: datetime) -> str:
        """What it is at a time: `planned`, `open`, `closed` or `withdrawn`."""
        return rules.state_of_round(
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            withdrawn_at=self.withdrawn_at,
            sealed_at=self.sealed_at,
            now=now,
        )


class Participants(Base):
    """Who answered an open round without names: sorted, with no time, all in one row."""

    __tablename__ = "opinion_participants"

    round_id: Mapped[UUID] = mapped_column(ForeignKey("opinion_rounds.id"), primary_key=True)
    member_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))


class OptionCount(Base):
    """How often an option of a question was taken; option 0: how often it was answered at all."""

    __tablename__ = "option_counts"

    round_id: Mapped[UUID] = mapped_column(ForeignKey("opinion_rounds.id"), primary_key=True)
    question: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    option: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    count: Mapped[int]


class OpinionText(Base):
    """Words without a name, under an id that says nothing."""

    __tablename__ = "opinion_texts"
    __table_args__ = (Index("ix_opinion_texts_question", "round_id", "question", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("opinion_rounds.id"))
    question: Mapped[int] = mapped_column(SmallInteger)
    body: Mapped[str]


class Participation(Base):
    """That a member answered a round with names; the row stays when what they said is gone."""

    __tablename__ = "opinion_participations"
    __table_args__ = (Index("ix_opinion_participations_member", "member_id", "round_id"),)

    round_id: Mapped[UUID] = mapped_column(ForeignKey("opinion_rounds.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"), primary_key=True)
    revision: Mapped[int]
    answered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class NamedAnswer(Base):
    """What a member answered to one question of a round with names; `choices` as in `Given`."""

    __tablename__ = "opinion_answers"
    __table_args__ = (
        Index("ix_opinion_answers_question", "round_id", "question", "member_id"),
        Index("ix_opinion_answers_member", "member_id", "round_id"),
        Index("ix_opinion_answers_id", "id", unique=True),
    )

    round_id: Mapped[UUID] = mapped_column(ForeignKey("opinion_rounds.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member_refs.id"), primary_key=True)
    question: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    # By which one of them is reported and hidden.
    id: Mapped[UUID] = mapped_column(server_default=func.gen_random_uuid())
    choices: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    text: Mapped[str]
