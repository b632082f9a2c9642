"""Questions that wait for an answer: how far each has come, who was asked, who wants no asking."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.models.base import Base


class Ladder(Base):
    """A question that others are asked to answer, step by step, until somebody does.

    `step` is the last that was taken, at `stepped_at`; a worker looks again at `wakes_at`. The
    states are `rules.LADDER_STATES`; the last is for good.
    """

    __tablename__ = "ladders"
    __table_args__ = (
        Index(
            "ix_ladders_waking",
            "wakes_at",
            "question_id",
            postgresql_where=text("state = 'running'"),
        ),
        Index("ix_ladders_asker", "asker_id"),
        Index("ix_ladders_asked", "asked_at"),
    )

    question_id: Mapped[UUID] = mapped_column(primary_key=True)
    asker_id: Mapped[UUID]
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    state: Mapped[str]
    step: Mapped[int]
    stepped_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    wakes_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class LadderStep(Base):
    """When a step was taken, and how many were asked, or told, by it."""

    __tablename__ = "ladder_steps"

    question_id: Mapped[UUID] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    asked_count: Mapped[int]


class Ask(Base):
    """That a member was asked for an answer, for the sake of a skill (its slug); once a question.

    `declined_at` is when they said that it is not for them.
    """

    __tablename__ = "asks"
    __table_args__ = (Index("ix_asks_load", "member_id", "asked_at"),)

    question_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    step: Mapped[int]
    skill: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    declined_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class SparedSkill(Base):
    """Until when a member is not asked for the sake of a skill (its slug)."""

    __tablename__ = "spared_skills"

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    skill: Mapped[str] = mapped_column(primary_key=True)
    until_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
